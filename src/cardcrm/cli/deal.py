"""`deal`: opportunities in pipelines, from the first talk to a sale."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import deal_move
from cardcrm.cli.arguments import (
    Source,
    complete_contact,
    complete_from,
    parse_when,
    refuse_options,
    session_of,
)
from cardcrm.cli.deal_move import DealId, parse_deal, show_deal
from cardcrm.cli.record_edit import edit_rows, refuse_two_texts, run_rm
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts
from cardcrm.cli.removal_effects import find_of_deals
from cardcrm.cli.result import Result
from cardcrm.cli.sell import Line
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.cli.teamwork_warnings import warn_of_colleagues, warn_of_doubles
from cardcrm.errors import UsageError
from cardcrm.records.deals.deal_type import DEAL, REASONS, ROLE, ROLES
from cardcrm.records.deals.deals import Added, Role
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.sales.sale_lines import LineDraft

_NEXT = "Next step"
_OWN = "Lines and people"

NextText = Annotated[
    str,
    typer.Option(
        "--next", metavar="TEXT", help="Next step, which becomes a reminder.", rich_help_panel=_NEXT
    ),
]
Due = Annotated[
    str,
    typer.Option(
        metavar="WHEN",
        help="Due date of the next step (default: tomorrow).",
        rich_help_panel=_NEXT,
    ),
]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar="ROLE=WHO",
        help=f"Role of a person: {', '.join(ROLES)}; can be repeated.",
        rich_help_panel=_OWN,
        autocompletion=Source("relation"),
    ),
]
NoRoles = Annotated[
    list[str],
    typer.Option(
        "--without-role",
        metavar="WHO",
        help="Person whose roles to remove; can be repeated.",
        rich_help_panel=_OWN,
        autocompletion=complete_contact,
    ),
]
On = Annotated[str, typer.Option(metavar="WHEN", help="Day on which it happened (default: today).")]

app = build(DEAL, without=("add", "show", "edit", "rm"))
app.add_typer(deal_move.app)


# add and edit


_MORE = [
    Param("next_", NextText, ""),
    Param("due", Due, ""),
    Param("line", Line, []),
    Param("role", Roles, []),
]


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a deal, with its lines, the roles of people and the next step."""
    from cardcrm.cli.deal_steps import parse_step
    from cardcrm.records.deals import deals

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    if not words:
        example = 'For example: cardcrm deal add "New roof" --contact jane --amount 5000'
        raise UsageError("a deal needs a title", example)
    store = session.store(create=True)
    texts = read_texts(session, type_, values) | {"title": " ".join(words)}
    lines = _parse_lines(session, values["line"])
    roles = _parse_roles(session, values["role"])
    step = parse_step(session, values["next_"], values["due"])
    colleagues = warn_of_colleagues(session, texts.get("contact", ""))
    added = deals.add(store, texts, lines=lines, roles=roles, step=step)
    warnings = (*_warn_of(session, added), *warn_of_doubles(session, added.record.id), *colleagues)
    return Result(
        lambda: show_deal(session, added.record.id),
        _describe_new(session, added),
        warnings=warnings,
    )


def _parse_lines(session: Session, lines: Sequence[str]) -> "list[LineDraft]":
    from cardcrm.records.sales.sale_lines import parse_line

    return [parse_line(each, session.store().locale.currency) for each in lines]


def _parse_roles(session: Session, words: Sequence[str]) -> list[Role]:
    """Return the roles that options such as ``champion=jane`` name. Raises UsageError."""
    found = []
    for word in words:
        role, equals, who = word.partition("=")
        if not (equals and role.strip() and who.strip()):
            raise UsageError(
                f"“{word}” must name a role and a person", "Write --role champion=jane"
            )
        name = ROLE.normalize(role.strip())
        found.append(Role(session.find_contact(who.strip()).id, name))
    return found


def _describe_new(session: Session, added: Added) -> str:
    """Return a new deal in a sentence."""
    from cardcrm.money import format_money

    values, store = added.record.values, session.store()
    fields = (DEAL.field("amount"), DEAL.field("probability"), DEAL.field("close"))
    facts = [each.format(values[each.key], store) for each in fields if each is not None]
    partner = values["partner"]
    facts = [
        values["stage"],
        *facts[:2],
        f"close {facts[2]}" if facts[2] else "",
        f"partner {partner}" if partner else "",
    ]
    deal = f"added deal {added.record.id} {values['title']} ({values['contact']})"
    message = f"{deal}: {', '.join(filter(None, facts))}"
    if added.sale is not None:
        message += f"; sale {added.sale.id} over {format_money(added.sale.amount)}"
    if added.reminder is None:
        return message
    from cardcrm.cli.remind import describe_due

    due = describe_due(session, added.reminder)
    return f"{message}; next step {added.reminder.id}, {due}: {added.reminder.text}"


def _warn_of(session: Session, added: Added) -> list[str]:
    """Return what is doubtful about a new deal: an expected close that is past."""
    from cardcrm import dates

    close, status = added.record.values["close"], added.record.values["status"]
    if status == "open" and close and close < dates.today(session.store().locale.zone):
        edit = f"cardcrm deal edit {added.record.id} --close WHEN"
        return [f"the expected close {close.isoformat()} is past; to change it: {edit}"]
    return []


add_command(
    app,
    DEAL,
    "add",
    more=_MORE,
    run=_add,
    examples=[
        "add New roof --contact jane --amount 5000 --close 2026-12-15",
        'add New roof --contact jane --next "call her" --due fri',
        'add Fair --contact acme --line "2 x Vase" --role champion=ann',
    ],
)


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit deals: their fields, their lines, the roles of people, and the next step."""
    from cardcrm.cli.deal_steps import parse_step
    from cardcrm.records.deals import deal_lines, deals

    session = session_of(ctx)
    refuse_options(ctx, values["which"])
    ids, words = choose(session, type_, values, takes_text=True)
    texts = read_texts(session, type_, values)
    if words:
        refuse_two_texts(type_, texts)
        texts["title"] = " ".join(words)
    lines = _parse_lines(session, values["line"])
    roles = _parse_roles(session, values["role"])
    gone = [session.find_contact(each).id for each in values["without_role"]]
    step = parse_step(session, values["next_"], values["due"])

    def change(deal_id: int) -> None:
        store = session.store()
        if lines:
            deal_lines.write_lines(store, deal_id, lines)
        if roles or gone:
            deals.set_roles(store, deal_id, roles, gone)
        if step is not None:
            deals.add_step(store, deal_id, step)

    own = change if lines or roles or gone or step else None
    result = edit_rows(session, type_, ids, values, texts, change=own)
    if not lines or values["dry_run"]:
        return result
    doubles = [text for each in ids for text in warn_of_doubles(session, each)]
    return result._replace(warnings=(*result.warnings, *doubles))


add_command(
    app,
    DEAL,
    "edit",
    more=[*_MORE, Param("without_role", NoRoles, [])],
    run=_edit,
    examples=['edit 12 --next "send the offer" --due fri'],
)


def _show(ctx: typer.Context, type_: RecordType, values: Mapping[str, Any]) -> Result:
    """Show a deal with its lines, people, steps and history; several as a list."""
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_deal(session, ids[0]))


add_command(app, DEAL, "show", run=_show)
add_command(app, DEAL, "rm", run=partial(run_rm, find_effects=find_of_deals))


# The ends of a deal


@app.command("win")
def win(
    ctx: typer.Context,
    which: DealId,
    on: On = "",
    no_sale: Annotated[
        bool, typer.Option("--no-sale", help="Record no sale, such as for one that is there.")
    ] = False,
) -> Result:
    """Win a deal: it becomes a sale, with its lines.

    Undo reverts both.

    Examples:
        cardcrm deal win 12

        cardcrm deal win 12 --on fri --no-sale

    """
    from cardcrm.cli.deal_output import describe_won, note_late_steps, note_sent_quote
    from cardcrm.records.deals import moves

    session = session_of(ctx)
    when = parse_when(session, on, past=True) if on else None
    deal_id = parse_deal(which)
    moved = moves.win(session.store(), deal_id, when=when, has_sale=not no_sale)
    return Result(
        lambda: show_deal(session, deal_id),
        describe_won(session, moved),
        notes=(*note_sent_quote(session.store(), moved), *note_late_steps(session, deal_id)),
    )


@app.command("lose")
def lose(
    ctx: typer.Context,
    which: DealId,
    reason: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help=f"Reason: {', '.join(REASONS)}.",
            autocompletion=complete_from(*REASONS),
        ),
    ] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Note on the reason.")] = "",
    competitor: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Competitor who won it.",
            autocompletion=Source("field:deal.competitor"),
        ),
    ] = "",
    on: On = "",
) -> Result:
    """Lose a deal, for a reason.

    Examples:
        cardcrm deal lose 12 --reason pricing

        cardcrm deal lose 12 --reason competition --note "half the price"

    """
    from cardcrm.cli.deal_output import describe_quotes, note_late_steps
    from cardcrm.records.deals import moves

    session = session_of(ctx)
    deal_id = parse_deal(which)
    when = parse_when(session, on, past=True) if on else None
    if not reason.strip() and session.can_ask:
        reason = session.ask(f"Reason ({', '.join(REASONS)}): ").strip()
    moved = moves.lose(
        session.store(), deal_id, reason, note=note, competitor=competitor, when=when
    )
    deal = moved.after
    message = f"lost deal {deal.id} {deal.title} ({deal.contact}): {deal.lost_reason}"
    message += describe_quotes(moved, "canceled")
    notes = note_late_steps(session, deal_id)
    return Result(lambda: show_deal(session, deal_id), message, notes=notes)


@app.command("reopen")
def reopen(
    ctx: typer.Context,
    which: DealId,
    stage: Annotated[
        str,
        typer.Option(
            metavar="STAGE",
            help="Stage (default: the one that it was closed from).",
            autocompletion=Source("names:stage"),
        ),
    ] = "",
) -> Result:
    """Open a deal that was won or lost again.

    The sale that it became is removed. Its accepted and canceled quotes are open again.

    Example:
        cardcrm deal reopen 9

    """
    from cardcrm.cli.deal_output import describe_reopened
    from cardcrm.records.deals import moves

    session = session_of(ctx)
    deal_id = parse_deal(which)
    moved = moves.reopen(session.store(), deal_id, stage)
    deal = moved.after
    message = f"reopened deal {deal.id} {deal.title} ({deal.contact}) in {deal.stage}"
    effects = describe_reopened(session.store(), moved)
    return Result(lambda: show_deal(session, deal_id), message, warnings=effects)
