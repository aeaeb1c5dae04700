"""Actions on several contacts: tags, owner, reminders, deletion and export.

A change to a few contacts is made at once; one to many is a long job, which shows its progress and
can be stopped.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from cardcrm.errors import ConflictError, ServiceError, UsageError
from cardcrm.formats.atomic_write import check_folder, write_atomically
from cardcrm.paths import expand_path
from cardcrm.records.contacts import contacts, stored_drafts, update
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui import bulk_jobs
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.confirm_dialog import MANY, confirm
from cardcrm.tui.forms.declared_form import to_texts
from cardcrm.tui.forms.fields import Field, Item, Values
from cardcrm.tui.forms.form import Form, Save
from cardcrm.tui.forms.record_form import form_of

Act = Callable[[Store, Sequence[int]], int]
Targets = dict[int, str]  # names by id
JOB_THRESHOLD = 50  # contacts; a change to more is a long job
_LISTED_IDS = 10  # contacts up to which the journal lists the ids


def _name_targets(targets: Targets) -> str:
    if len(targets) != 1:
        return f"{len(targets):,} contacts"
    ((contact_id, name),) = targets.items()
    return name or f"contact {contact_id}"


async def _open_form(
    context: AppContext,
    targets: Targets,
    title: str,
    items: Sequence[Item],
    save: Save,
    question: str,
    values: Values | None = None,
) -> None:
    """Open the form of a change, which asks first if the contacts are many."""
    if not targets:
        raise UsageError("no contact is selected")

    async def confirm_and_save(values: Values) -> str:
        is_many = len(targets) >= MANY
        if is_many and not await confirm(context, f"{question} {len(targets):,} contacts?"):
            raise UsageError("nothing was changed")
        return await save(values)

    title = f"{title} {_name_targets(targets)}"
    await context.push_screen(Form(title, items, confirm_and_save, values=values))


async def _change(
    context: AppContext,
    doing: str,
    targets: Targets,
    command: str,
    act: Act,
    describe: Callable[[int], str],
) -> str:
    """Change contacts as one step; return the message, or "" if a job will show it."""
    ids = list(targets)
    if len(ids) <= JOB_THRESHOLD:
        return describe(await context.change(command, lambda store: act(store, ids)))
    job = bulk_jobs.Job(f"{doing} {_name_targets(targets)}", len(ids), changes=True)

    def work(store: Store) -> int:
        with store.transaction(command):
            return sum(act(store, chunk) for chunk in job.chunks(ids))

    bulk_jobs.start(context, job, work, describe)
    return ""


async def tag(context: AppContext, targets: Targets) -> None:
    """Open the form to add and remove tags."""

    async def save(values: Values) -> str:
        return await change_tags(context, targets, *validators.parse_tags(values["tags"]))

    required = "Fill in tags, such as vip -cold."
    field = Field("tags", "tags", hint="vip -cold", check=validators.check_tags, required=required)
    await _open_form(context, targets, "Tags of", [field], save, "Tag")


async def change_tags(
    context: AppContext, targets: Targets, added: Sequence[str], removed: Sequence[str] = ()
) -> str:
    """Add tags to contacts and remove others; return a message."""
    change = update.Edit(tags=tuple(added), untag=tuple(removed))
    typed = " ".join([*added, *(f"-{each}" for each in removed)])
    tags = validators.format_tags(tuple(added), tuple(removed))
    return await _change(
        context,
        "tagging",
        targets,
        journal_command("tag", _name_targets(targets), typed),
        lambda store, ids: update.edit(store, ids, change),
        lambda changed: f"{tags}: changed {changed:,} of {_name_targets(targets)}",
    )


async def assign(context: AppContext, targets: Targets) -> None:
    """Open the form to set the owner."""

    async def save(values: Values) -> str:
        owner = values["owner"].strip()
        change = update.Edit(values=(("owner", owner),))
        done = f"Owner {owner or 'removed'}"
        return await _change(
            context,
            "assigning",
            targets,
            journal_command("edit", _name_targets(targets), f"--set owner={owner}"),
            lambda store, ids: update.edit(store, ids, change),
            lambda changed: f"{done}: changed {changed:,} of {_name_targets(targets)}",
        )

    field = Field("owner", "owner", hint="no owner")
    await _open_form(context, targets, "Owner of", [field], save, "Change the owner of")


async def log(context: AppContext, targets: Targets, kind: str) -> None:
    """Open the form to log the same interaction with several contacts, one each."""
    title, question = "Log an interaction with", "Log this with"
    await _add_to_each(context, targets, "interaction", title, question, kind=kind)


async def remind(context: AppContext, targets: Targets) -> None:
    """Open the form to add the same reminder for several contacts."""
    await _add_to_each(context, targets, "reminder", "Reminder for", "Add this reminder for")


async def _add_to_each(
    context: AppContext, targets: Targets, noun: str, title: str, question: str, **values: str
) -> None:
    """Open the form of a noun, which begins with some values and adds a row to each contact."""
    form = form_of(noun)

    async def save(values: Values) -> str:
        texts = to_texts(values)
        remarks: set[str] = set()

        def act(store: Store, ids: Sequence[int]) -> int:
            for contact_id in ids:
                added = form.add(store, contact_id, texts)
                remarks.update(filter(None, [form.remark(added)]))
            return len(ids)

        def describe(count: int) -> str:
            what = f"Added {count:,} {form.type.plural}: {shorten(texts['text'], 60)}"
            return "; ".join([what, *remarks])

        return await _change(
            context,
            f"adding {form.type.plural} for",
            targets,
            journal_command(form.verb, _name_targets(targets), texts["text"]),
            act,
            describe,
        )

    items = form.new_items(context)
    await _open_form(context, targets, title, items, save, question, values)


async def delete(context: AppContext, targets: Targets, on_deleted: Callable[[], None]) -> None:
    """Delete contacts with all their records, after asking."""
    if not targets:
        return
    question = f"Delete {_name_targets(targets)}, with all interactions, reminders and sales?"
    if not await confirm(context, question):
        return

    def act(store: Store, ids: Sequence[int]) -> int:
        contacts.remove(store, ids)
        return len(ids)

    def describe(_count: int) -> str:
        on_deleted()
        them = "it" if len(targets) == 1 else "them"
        undo = context.key_of("undo")
        return f"Deleted {_name_targets(targets)}; {undo} brings {them} back"

    named = targets if len(targets) < _LISTED_IDS else [_name_targets(targets)]
    command = journal_command("rm", *named)
    if message := await _change(context, "deleting", targets, command, act, describe):
        context.show_message(message)


# export


async def export(context: AppContext, marked: list[int], query: str) -> None:
    """Open the form to export the marked contacts, else those that the query finds."""

    def find(store: Store) -> list[int]:
        return marked or columns.find_ids(store, contact_query.parse(store, query))

    async def save(values: Values) -> str:
        path = _new_file(values["path"])
        bulk_jobs.refuse_second_job(context)
        ids = await context.database.run_separately(find)
        if not ids:
            raise UsageError("no matching contacts", "Nothing was written.")
        question = f"Write {len(ids):,} contacts to {path}?"
        if len(ids) >= MANY and not await confirm(context, question):
            raise UsageError("nothing was written")
        job = bulk_jobs.Job(
            f"writing {len(ids):,} contacts to {path.name}", len(ids), changes=False
        )
        bulk_jobs.start(
            context,
            job,
            lambda store: _write(store, job, path, ids),
            lambda count: f"Wrote {count:,} contact{'s' * (count != 1)} to {path}",
        )
        return ""

    noun = "contact" if len(marked) == 1 else "contacts"
    what = f"{len(marked):,} marked {noun}" if marked else query.strip() or "all contacts"
    field = Field(
        "path", "file", hint="customers.csv, or .vcf for vCards", required="Fill in a file name."
    )
    await context.push_screen(Form(f"Export {what}", [field], save))


def _new_file(text: str) -> Path:
    """Return the path of a new file in an existing folder.

    Raises ConflictError, NotFoundError.
    """
    path = expand_path(text.strip())
    if path.exists():
        raise ConflictError(f"{path} already exists", "Choose another name.")
    check_folder(path.parent)
    return path


def _write(store: Store, job: bulk_jobs.Job, path: Path, ids: list[int]) -> int:
    """Write contacts to a file; return their number. Raises ServiceError, StoppedError."""
    from cardcrm.formats.csv.writer import write_csv
    from cardcrm.formats.vcard.writer import write_vcard

    drafts = (
        draft for chunk in job.chunks(ids) for draft in stored_drafts.read_drafts(store, chunk)
    )
    try:
        with store.engine.snapshot(), write_atomically(path) as stream:
            if path.suffix.lower() in (".vcf", ".vcard"):
                return write_vcard(drafts, stream)
            return write_csv(drafts, stream)
    except OSError as error:
        raise ServiceError(f"can't write {path}: {error.strerror or error}") from error
