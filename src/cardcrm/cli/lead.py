"""`lead`: requests that may become deals, from the first word to the conversion."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import lead_score
from cardcrm.cli.arguments import (
    Source,
    complete_contact,
    is_numbers,
    refuse_options,
    session_of,
)
from cardcrm.cli.lead_output import (
    describe_broken,
    describe_converted,
    describe_new,
    show_lead,
    show_leads,
)
from cardcrm.cli.lead_reference import find_lead_id, number_leads
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.cli.teamwork_warnings import warn_of_colleagues
from cardcrm.errors import UsageError
from cardcrm.records.leads.lead_type import LEAD
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.importing.history_drafts import LeadDraft

_CONTACT = "Contact"
_DEAL = "Deal"


def _option(help_: str, metavar: str, panel: str, *names: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_, rich_help_panel=panel)


Which = Annotated[
    list[str],
    typer.Argument(
        metavar="WHICH…",
        help="Number of a lead, or its contact.",
        autocompletion=Source("ids:lead"),
    ),
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Reason.")]

app = build(LEAD, without=("add", "show", "edit"))
app.add_typer(lead_score.app)


# add


_MORE = [
    Param("email", Annotated[str, _option("Email address.", "ADDRESS", _CONTACT)], ""),
    Param("phone", Annotated[str, _option("Phone number.", "NUMBER", _CONTACT)], ""),
    Param("org", Annotated[str, _option("Organization.", "NAME", _CONTACT)], ""),
    Param(
        "mail",
        Annotated[
            list[Path],
            typer.Option(
                "--mail",
                metavar="FILE",
                help="A message, mbox file or Maildir folder, or - for a pipe: log its messages "
                "and add a lead of each sender; can be repeated.",
                show_default=False,
            ),
        ],
        [],
    ),
]


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a lead; its contact is found by what is given, or added."""
    from cardcrm.records.leads import leads

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    store = session.store(create=True)
    texts = read_texts(session, type_, values)
    if values["mail"]:
        from cardcrm.cli.lead_mail import add_mail

        if words or values["email"] or values["phone"] or texts.get("contact"):
            raise UsageError("use either a contact or --mail, not both")
        return add_mail(session, values["mail"], texts)
    new = leads.add(store, _read_draft(session, words, texts, values))
    return Result(
        lambda: show_lead(session, new.lead.id), describe_new(new), notes=describe_broken(store)
    )


def _read_draft(
    session: Session, words: Sequence[str], texts: Mapping[str, str], values: Mapping[str, Any]
) -> "LeadDraft":
    """Return a typed lead. Raises UsageError."""
    from cardcrm.records.importing.history_drafts import LeadDraft, Party

    store = session.store()
    contact = texts.get("contact", "").strip()
    name = " ".join(words)
    if contact and name:
        raise UsageError("use either a name or --contact, not both")
    columns: dict[str, Any] = {}
    for field in type_fields():
        columns |= field.parse(texts.get(field.key, field.default), store)
    email = values["email"] if "@" in values["email"] else ""
    if values["email"] and not email:
        raise UsageError(f"invalid email address “{values['email']}”", "Write it like jane@doe.uk.")
    party = Party("", email, values["phone"], name, values["org"])
    contact_id = int(contact.removeprefix("#")) if contact else 0
    return LeadDraft(
        0, "", party, columns["text"], columns["source"], columns["owner"], columns["status"],
        columns["reason"], columns["received_on"], columns["received_at"], columns["ref"] or "",
        contact_id=contact_id,
    )  # fmt: skip


def type_fields() -> list[Any]:
    """Return the fields of a lead that a person fills in, its contact aside."""
    return [each for each in LEAD.editable if each.key != "contact"]


_NAME = typer.Argument(metavar="NAME…", help="Full name of the contact; needs no quotes.")

add_command(
    app,
    LEAD,
    "add",
    more=[Param("words", Annotated[list[str], _NAME], []), *_MORE],
    run=_add,
    examples=[
        'add Jane Doe --email jane@x.uk --source web --text "new roof"',
        "add --mail message.eml --source web",
    ],
)


# show


def _show(ctx: typer.Context, type_: RecordType, values: Mapping[str, Any]) -> Result:
    """Show a lead with its history and its score; several as a list."""
    session = session_of(ctx)
    words = list(values["which"])
    if words and not is_numbers(words[0]):
        return Result(show_lead(session, find_lead_id(session, words)))
    ids = choose(session, type_, values).ids
    return Result(show_lead(session, ids[0]) if len(ids) == 1 else show_leads(session, ids))


add_command(app, LEAD, "show", run=_show, examples=["show jane"])


# edit


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit a lead, named by its number or by its contact, or several at once."""
    return run_edit(ctx, type_, _with_numbers(ctx, values))


def _with_numbers(ctx: typer.Context, values: dict[str, Any]) -> dict[str, Any]:
    refuse_options(ctx, values["which"])
    if values.get("where"):
        return values
    return values | {"which": number_leads(session_of(ctx), values["which"])}


add_command(
    app, LEAD, "edit", run=_edit, examples=["edit jane --owner ann", "edit 12 --status dead"]
)


# The ends of a lead


@app.command("convert")
def convert(
    ctx: typer.Context,
    which: Which,
    title: Annotated[str, _option("Title of the deal (default: the request).", "TEXT", _DEAL)] = "",
    amount: Annotated[str, _option("Amount of the deal.", "AMOUNT", _DEAL)] = "",
    close: Annotated[str, _option("Expected day of the close.", "WHEN", _DEAL)] = "",
    pipeline: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Pipeline (default: the first one).",
            autocompletion=Source("names:pipeline"),
            rich_help_panel=_DEAL,
        ),
    ] = "",
    stage: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Stage (default: the first one).",
            autocompletion=Source("names:stage"),
            rich_help_panel=_DEAL,
        ),
    ] = "",
    probability: Annotated[str, _option("Probability of winning it.", "PERCENT", _DEAL)] = "",
    owner: Annotated[str, _option("Owner (default: that of the lead).", "USER", _DEAL)] = "",
    next_: Annotated[str, _option("Next step, a reminder.", "TEXT", _DEAL, "--next")] = "",
    due: Annotated[str, _option("Due date of the next step.", "WHEN", _DEAL)] = "",
    no_deal: Annotated[
        bool, typer.Option("--no-deal", help="Add no deal.", rich_help_panel=_DEAL)
    ] = False,
    org: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Organization of the contact; an unknown one is added.",
            autocompletion=complete_contact,
        ),
    ] = "",
) -> Result:
    """Convert a lead: its contact becomes a prospect and gets a deal.

    Interactions, reminders and the history of the lead stay with the contact. Undo reverts all.

    Examples:
        cardcrm lead convert jane --amount 5000 --close 2026-12-15

        cardcrm lead convert 12 --org Acme --next "call her" --due fri

    """
    from cardcrm.cli.deal_steps import parse_step
    from cardcrm.records.leads import leads
    from cardcrm.records.leads.lead_status import get

    session = session_of(ctx)
    lead_id = find_lead_id(session, which)
    texts = {
        "title": title, "amount": amount, "close": close, "pipeline": pipeline, "stage": stage,
        "own_probability": probability, "owner": owner,
    }  # fmt: skip
    if no_deal and (any(texts.values()) or next_ or due):
        raise UsageError("--no-deal adds no deal", "Leave out the options of the deal.")
    step = parse_step(session, next_, due)
    store = session.store()
    colleagues = warn_of_colleagues(session, str(get(store, lead_id).contact_id))
    converted = leads.convert(store, lead_id, texts, org=org, step=step, has_deal=not no_deal)
    return Result(
        lambda: show_lead(session, lead_id),
        describe_converted(session, converted),
        warnings=colleagues,
    )


@app.command("drop")
def drop(ctx: typer.Context, which: Which, reason: Reason = "") -> Result:
    """Close a lead as dead.

    To work on it again, give it another status: `cardcrm lead edit ID --status new`.

    Example:
        cardcrm lead drop jane --reason "no budget"

    """
    return _close(session_of(ctx), which, reason, is_recycled=False)


@app.command("recycle")
def recycle(ctx: typer.Context, which: Which, reason: Reason = "") -> Result:
    """Set a lead aside for a later time; a new request makes it new again.

    Example:
        cardcrm lead recycle jane --reason "next season"

    """
    return _close(session_of(ctx), which, reason, is_recycled=True)


def _close(session: Session, which: Sequence[str], reason: str, *, is_recycled: bool) -> Result:
    from cardcrm.records.leads import leads

    lead_id = find_lead_id(session, which)
    lead = leads.close(session.store(), lead_id, reason, is_recycled=is_recycled)
    verb = "recycled" if is_recycled else "closed"
    message = f"{verb} lead {lead.id} of {lead.contact}{f': {reason}' if reason else ''}"
    return Result(lambda: show_lead(session, lead_id), message)
