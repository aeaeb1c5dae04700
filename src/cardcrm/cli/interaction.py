"""`interaction`: add, list, show, edit and remove interactions."""

from collections.abc import Sequence
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    edit_text,
    parse_when,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import DryRun, Yes, choose, edit_many, refuse_no_change
from cardcrm.cli.contact_output import describe_participants
from cardcrm.cli.log import (
    Incoming,
    Kind,
    Minutes,
    On,
    Options,
    Outcome,
    With,
    interaction_card,
    log,
    read_direction,
    read_text,
)
from cardcrm.cli.record_group import add_command
from cardcrm.cli.record_options import where_option
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.activity.log_and_plan import Logged
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.cli.conflict_prompt import Values
    from cardcrm.records.activity.interactions import Interaction

app = typer.Typer()

_OPTIONS = ("kind", "on", "incoming", "minutes", "outcome", "with_")

app.command(
    "add",
    help=(getdoc(log) or "").replace("cardcrm log ", "cardcrm interaction add "),
    context_settings={"ignore_unknown_options": True},
)(log)
add_command(app, INTERACTION, "list")
add_command(app, INTERACTION, "show")


@app.command("edit", context_settings={"ignore_unknown_options": True})
def edit(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID [TEXT…]",
            help="The number of an interaction, unless --where is given; text, if it changes.",
        ),
    ] = [],
    kind: Kind = "",
    on: On = "",
    incoming: Incoming = None,
    minutes: Minutes = None,
    outcome: Outcome = None,
    with_: With = [],
    without: Annotated[
        list[str],
        typer.Option(
            "--without",
            metavar="WHO",
            help="A participant to remove; can be repeated.",
            autocompletion=complete_contact,
        ),
    ] = [],
    where: Annotated[str, where_option(INTERACTION)] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Edit an interaction, or several at once: text, options or participants.

    Without a text or an option, $EDITOR opens, or the text comes from a pipe.

    Examples:
        cardcrm interaction edit 12 asked for two quotes --with ann --without bob

        cardcrm interaction edit --where kind:note --kind call --dry-run

    """
    refuse_options(ctx, words)
    session = session_of(ctx)
    chosen = choose(session, INTERACTION, words, where, yes=yes, dry=dry_run)
    options = Options(kind, on, read_direction(incoming), minutes, outcome, with_)
    text = " ".join(chosen.words)
    if chosen.one is not None and not where.strip():
        return _edit(session, chosen.one, text, options, without)
    if not text:
        refuse_no_change(ctx, INTERACTION, (*_OPTIONS, "without"))
    joined = [session.find_contact(each).id for each in with_]
    left = [session.find_contact(each).id for each in without]

    def change(interaction_id: int) -> None:
        _write(session, interaction_id, text, options, joined, left)

    return edit_many(session, INTERACTION, chosen, change)


def _edit(
    session: Session, interaction_id: int, text: str, options: Options, without: Sequence[str]
) -> Result:
    store = session.store()
    before = _read(store, interaction_id)
    joined = [session.find_contact(each).id for each in options.with_]
    left = [_participant(session, interaction_id, each) for each in without]
    if not (text or joined or left) and options[:-1] == ("", "", None, None, None):
        if session.can_ask:
            _rewrite(session, before.interaction)
            return _report_edit(session, interaction_id, before)
        text = read_text(session)
    _write(session, interaction_id, text, options, joined, left)
    return _report_edit(session, interaction_id, before)


def _write(
    session: Session,
    interaction_id: int,
    text: str,
    options: Options,
    joined: Sequence[int],
    left: Sequence[int],
) -> None:
    interactions.edit(
        session.store(),
        interaction_id,
        text=text or None,
        kind=options.kind or None,
        when=parse_when(session, options.on, past=True) if options.on else None,
        direction=options.direction,
        outcome=options.outcome,
        minutes=options.minutes,
        joined=joined,
        left=left,
    )


def _report_edit(session: Session, interaction_id: int, before: Logged) -> Result:
    """Report an edited interaction, and whether it was changed."""
    after = _read(session.store(), interaction_id)
    state = "changed" if after != before else "no change to"
    edited, names = after.interaction, describe_participants(after.participants)
    return Result(
        lambda: interaction_card(after), f"{state} {edited.kind} {edited.id} with {names}"
    )


def _read(store: Store, interaction_id: int) -> Logged:
    """Return an interaction with its participants. Raises NotFoundError."""
    interaction = interactions.get(store, interaction_id)
    return Logged(interaction, tuple(interactions.participants(store, interaction_id)))


def _participant(session: Session, interaction_id: int, who: str) -> int:
    """Return the id of a participant. Raises UsageError for a contact that is not one."""
    contact = session.find_contact(who)
    people = dict(interactions.participants(session.store(), interaction_id))
    if contact.id not in people:
        raise UsageError(
            f"{contact.name} is not a participant of interaction {interaction_id}",
            f"The participants are: {', '.join(people.values())}.",
        )
    return contact.id


def _rewrite(session: Session, interaction: "Interaction") -> None:
    """Let the user edit the text, and ask if others changed it meanwhile."""
    from cardcrm.cli.conflict_prompt import resolve_conflicts
    from cardcrm.records.record_diff import revise_interaction

    def write(seen: "Values", typed: "Values") -> None:
        before, after = {"text": seen["text"][0]}, {"text": typed["text"][0]}
        revise_interaction(session.store(), interaction.id, before, after)

    text = edit_text(session, interaction.text)
    resolve_conflicts(session, write, {"text": (interaction.text,)}, {"text": (text,)})


for _name in ("rm", "export"):
    add_command(app, INTERACTION, _name)
