"""What is done with several cards: tags, owners, the same reminder, removing, and files of them.

Few cards are changed at once; many are long work, which shows how far it is and can be stopped.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.errors import ConflictError, ServiceError, UsageError
from cardcrm.formats.atomic_write import check_folder, whole
from cardcrm.records.contacts import contacts, to_draft, update
from cardcrm.records.query_sql import columns, compiler
from cardcrm.store import Store
from cardcrm.tui import jobs
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import add_reminder, command_words, remind_fields
from cardcrm.tui.forms.confirm_dialog import MANY, confirm
from cardcrm.tui.forms.form import Field, Form, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

Act = Callable[[Store, Sequence[int]], int]
FEW = 50  # cards; a change to more is long work


def _whom(meant: dict[int, str]) -> str:
    if len(meant) != 1:
        return f"{len(meant):,} cards"
    ((contact_id, name),) = meant.items()
    return name or f"card {contact_id}"


async def _sure(app: "CardApp", question: str, meant: dict[int, str]) -> None:
    """Ask before a change to three or more cards. Raises UsageError for a no."""
    if len(meant) >= MANY and not await confirm(app, f"{question} {len(meant):,} cards?"):
        raise UsageError("nothing was changed")


async def _change(
    app: "CardApp",
    doing: str,
    meant: dict[int, str],
    command: str,
    act: Act,
    told: Callable[[int], str],
) -> str:
    """Change cards as one step; what is to be said of it, "" when that is said at its end."""
    ids = list(meant)
    if len(ids) <= FEW:
        return told(await app.change(command, lambda store: act(store, ids)))
    job = jobs.Job(f"{doing} {_whom(meant)}", len(ids), changes=True)

    def work(store: Store) -> int:
        with store.transaction(command):
            return sum(act(store, part) for part in job.parts(ids))

    jobs.start(app, job, work, told)
    return ""


async def tag(app: "CardApp", meant: dict[int, str]) -> None:
    """Put tags on cards, or take them off."""
    if not meant:
        raise UsageError("no card is chosen")

    async def save(values: Values) -> str:
        on, off = validators.tags_in(values["tags"])
        await _sure(app, "Tag", meant)
        return await put_tags(app, meant, on, off)

    field = Field(
        "tags", "tags", hint="vip -cold", check=validators.some_tags, must="For example: vip -cold"
    )
    await app.push_screen(Form(f"Tags for {_whom(meant)}", [field], save))


async def put_tags(
    app: "CardApp", meant: dict[int, str], on: Sequence[str], off: Sequence[str] = ()
) -> str:
    """Put tags on cards and take others off; what is to be said of it."""
    change = update.Edit(tags=tuple(on), untag=tuple(off))
    typed = " ".join([*on, *(f"-{each}" for each in off)])
    words = " ".join([*(f"+{each}" for each in on), *(f"-{each}" for each in off)])
    return await _change(
        app,
        "tagging",
        meant,
        command_words("tag", _whom(meant), typed),
        lambda store, ids: update.edit(store, ids, change),
        lambda changed: f"{words}: changed {changed:,} of {_whom(meant)}",
    )


async def assign(app: "CardApp", meant: dict[int, str]) -> None:
    """Say who looks after cards."""
    if not meant:
        raise UsageError("no card is chosen")

    async def save(values: Values) -> str:
        owner = values["owner"].strip()
        await _sure(app, "Assign", meant)
        change = update.Edit(values=(("owner", owner),))
        return await _change(
            app,
            "assigning",
            meant,
            command_words("edit", _whom(meant), f"--set owner={owner}"),
            lambda store, ids: update.edit(store, ids, change),
            lambda changed: (
                f"{owner or 'nobody'} looks after them: changed {changed:,} of {_whom(meant)}"
            ),
        )

    field = Field("owner", "owner", hint="nobody")
    await app.push_screen(Form(f"Who looks after {_whom(meant)}", [field], save))


async def remind(app: "CardApp", meant: dict[int, str]) -> None:
    """Plan the same for several contacts."""

    async def save(values: Values) -> str:
        await _sure(app, "Remind of", meant)

        def act(store: Store, ids: Sequence[int]) -> int:
            for contact_id in ids:
                add_reminder(store, contact_id, values)
            return len(ids)

        return await _change(
            app,
            "planning for",
            meant,
            command_words("remind", _whom(meant), values["text"]),
            act,
            lambda made: f"planned for {made:,} cards: {values['text']}",
        )

    title = f"What comes next for {_whom(meant)}"
    await app.push_screen(Form(title, remind_fields(app), save))


async def remove(app: "CardApp", meant: dict[int, str], gone: Callable[[], None]) -> None:
    """Remove cards with everything on them, after a yes; ``gone`` is called when that is done."""
    if not meant:
        return
    them = "it" if len(meant) == 1 else "them"
    if not await confirm(app, f"Remove {_whom(meant)} with everything on {them}?"):
        return

    def act(store: Store, ids: Sequence[int]) -> int:
        contacts.remove(store, ids)
        return len(ids)

    def told(_removed: int) -> str:
        gone()
        return f"removed {_whom(meant)}; u brings {them} back"

    command = command_words("rm", *(meant if len(meant) < 10 else [_whom(meant)]))
    if said := await _change(app, "removing", meant, command, act, told):
        app.say(said)


# files


async def export(app: "CardApp", marked: list[int], words: str) -> None:
    """Write cards to a file: the marked ones, else those that the words find."""

    def find(store: Store) -> list[int]:
        return marked or columns.find_ids(store, compiler.parse(store, words))

    async def save(values: Values) -> str:
        path = _free(values["path"])
        jobs.refuse_two(app)
        ids = await app.desk.aside(find)
        if not ids:
            raise UsageError("no card fits", "Nothing was written.")
        if len(ids) >= MANY and not await confirm(app, f"Write {len(ids):,} cards to {path}?"):
            raise UsageError("nothing was written")
        job = jobs.Job(f"writing {len(ids):,} cards to {path.name}", len(ids), changes=False)
        jobs.start(
            app,
            job,
            lambda store: _write(store, job, path, ids),
            lambda count: f"wrote {count:,} card{'s' * (count != 1)} to {path}",
        )
        return ""

    what = f"{len(marked):,} marked cards" if marked else words.strip() or "all cards"
    field = Field(
        "path", "file", hint="customers.csv, or .vcf for vCards", must="Name a file to write."
    )
    await app.push_screen(Form(f"Write {what} to a file", [field], save))


def _free(text: str) -> Path:
    """The path of a file that is not there yet, in a folder that is. Raises ConflictError,
    NotFoundError.
    """
    path = Path(text.strip()).expanduser()
    if path.exists():
        raise ConflictError(f"{path} is there already", "Name another file.")
    check_folder(path.parent)
    return path


def _write(store: Store, job: jobs.Job, path: Path, ids: list[int]) -> int:
    """Write the cards as they are at this moment; how many. Raises ServiceError, StoppedError."""
    from cardcrm.formats.csv.reader import write_csv
    from cardcrm.formats.vcard.writer import write_vcard

    found = (draft for part in job.parts(ids) for draft in to_draft.read_drafts(store, part))
    try:
        with store.engine.snapshot(), whole(path) as stream:
            if path.suffix.lower() in (".vcf", ".vcard"):
                return write_vcard(found, stream, "4.0")
            return write_csv(found, stream)
    except OSError as error:
        raise ServiceError(f"{path} cannot be written: {error.strerror or error}") from error
