"""`quote`: what is offered in a deal, in versions, until it is accepted or refused."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import quote_states, quote_write
from cardcrm.cli.arguments import Source, refuse_options, session_of
from cardcrm.cli.quote_states import QuoteId, parse_quote, show_quote
from cardcrm.cli.record_edit import edit_rows, refuse_two_texts, run_rm
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, field_params, read_texts
from cardcrm.cli.removal_effects import find_of_quotes
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import REQUIRED, Param, give_signature
from cardcrm.cli.teamwork_warnings import warn_of_colleagues, warn_of_doubles
from cardcrm.errors import UsageError
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.quotes.offered_line import OfferedLine
    from cardcrm.records.records import Record

_OWN = "Lines"

Lines = Annotated[
    list[str],
    typer.Option(
        "--line",
        metavar="LINE",
        help="Line such as “2 x roof @ 500 -10% tax 20%”; only the name is required. Can be "
        "repeated.",
        rich_help_panel=_OWN,
    ),
]
OptionalLines = Annotated[
    list[str],
    typer.Option(
        "--optional",
        metavar="LINE",
        help="Line that is offered beside, outside of the total; can be repeated.",
        rich_help_panel=_OWN,
    ),
]
Discount = Annotated[
    str,
    typer.Option(
        metavar="PERCENT", help="Discount on lines without their own.", rich_help_panel=_OWN
    ),
]
Tax = Annotated[
    str,
    typer.Option(
        metavar="PERCENT",
        help="Rate of the tax in lines without their own (default: of the products).",
        rich_help_panel=_OWN,
    ),
]
Reason = Annotated[
    str,
    typer.Option(
        metavar="TEXT", help="Reason for prices and discounts that you give.", rich_help_panel=_OWN
    ),
]
app = build(QUOTE, without=("add", "show", "edit", "rm"))
app.add_typer(quote_states.app)
app.add_typer(quote_write.app)
_LINES = [
    Param("line", Lines, []),
    Param("optional", OptionalLines, []),
    Param("discount", Discount, ""),
    Param("tax", Tax, ""),
    Param("reason", Reason, ""),
]


# add and edit


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a quote in a deal, with its lines."""
    from cardcrm.cli.quote_output import describe_quote, note_other_amount
    from cardcrm.money import format_money
    from cardcrm.records.quotes import quotes
    from cardcrm.records.quotes.quote_rules import find_deal

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    texts = read_texts(session, type_, values)
    store = session.store(create=True)
    if "deal" not in texts:
        if not words:
            example = 'For example: cardcrm quote add 12 --line "2 x roof @ 500"'
            raise UsageError("which deal?", example)
        texts["deal"], words = _split_deal(words)
    if words:
        texts["title"] = " ".join(words)
    deal = find_deal(store, texts["deal"])
    texts["deal"] = f"#{deal.id}"
    offered = _parse_lines(session, values, deal.amount.currency if deal.amount else "")
    colleagues = warn_of_colleagues(session, str(deal.contact_id))
    added = quotes.add(store, texts, offered)
    message = f"added {describe_quote(session, added.record)}"
    if added.deal_amount is not None:
        message += f"; deal {deal.id} now has the amount {format_money(added.deal_amount)}"
    warnings = (*warn_of_doubles(session, deal.id), *colleagues)
    return Result(
        lambda: show_quote(session, added.record.id),
        message,
        notes=(*note_other_amount(deal.amount, added.record), *_before(session, added.record)),
        warnings=warnings,
    )


def _before(session: Session, record: "Record") -> tuple[str, ...]:
    """Return a note for each product of a new quote that the customer had before."""
    from cardcrm.records.quotes import past_prices

    found = past_prices.list_past_prices(session.store(), record.id)
    return tuple(f"before: {past_prices.describe(each)}" for each in found)


def _split_deal(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the deal among words, and the title after its number."""
    if words[0].removeprefix("#").isdigit():
        return words[0], words[1:]
    return " ".join(words), ()


def _parse_lines(session: Session, values: Mapping[str, Any], currency: str) -> "list[OfferedLine]":
    """Return the lines that options give, in a currency unless they name another."""
    from dataclasses import replace

    from cardcrm.money import parse_percent
    from cardcrm.records.quotes.offered_line import parse_quote_line

    currency = currency or session.store().locale.currency
    found = [parse_quote_line(each, currency) for each in values["line"]]
    found += [parse_quote_line(each, currency, optional=True) for each in values["optional"]]
    discount = parse_percent(values["discount"]) if values["discount"] else 0
    tax = parse_percent(values["tax"]) if values["tax"] else None
    if not found and (values["discount"] or values["tax"]):
        raise UsageError("a discount or a tax needs lines", 'Add one: --line "2 x roof @ 500"')
    lines = []
    for each in found:
        draft = each.draft
        draft = replace(draft, discount=draft.discount or discount)
        draft = replace(draft, tax_rate=tax) if draft.tax_rate is None else draft
        is_own = draft.discount or draft.price is not None
        lines.append(each._replace(draft=draft, reason=values["reason"] if is_own else ""))
    return lines


add_command(
    app,
    QUOTE,
    "add",
    more=[
        Param(
            "words",
            Annotated[
                list[str],
                typer.Argument(
                    metavar="DEAL [TITLE…]",
                    help="Number or title of a deal; a title of the quote may follow the number.",
                    autocompletion=Source("ids:deal"),
                ),
            ],
            [],
        ),
        *_LINES,
    ],
    run=_add,
    examples=[
        'add 12 --line "2 x roof @ 500" --valid 14d',
        'add 12 --line "9 x Vase -10%" --optional "1 x Card @ 3"',
    ],
)


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit drafts: their fields and their lines."""
    from cardcrm.records import records
    from cardcrm.records.quotes import quotes

    session = session_of(ctx)
    refuse_options(ctx, values["which"])
    ids, words = choose(session, type_, values, takes_text=True)
    texts = read_texts(session, type_, values)
    if words:
        refuse_two_texts(type_, texts)
        texts["title"] = " ".join(words)
    store = session.store()

    def change(quote_id: int) -> None:
        amount = records.get(store, type_, quote_id).values["amount"]
        currency = amount.currency if amount is not None else ""
        quotes.edit_lines(store, quote_id, _parse_lines(session, values, currency))

    has_lines = any(values[each.name] for each in _LINES)
    return edit_rows(session, type_, ids, values, texts, change=change if has_lines else None)


add_command(
    app,
    QUOTE,
    "edit",
    more=_LINES,
    run=_edit,
    examples=['edit 12 --line "3 x roof @ 480"'],
)


def _show(ctx: typer.Context, type_: RecordType, values: Mapping[str, Any]) -> Result:
    """Show a quote with its lines, its taxes, and what the customer was offered and paid before."""
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_quote(session, ids[0]))


add_command(app, QUOTE, "show", run=_show)
add_command(app, QUOTE, "rm", run=partial(run_rm, find_effects=find_of_quotes))


# Versions


def _revise(ctx: typer.Context, **values: Any) -> Result:
    """Add the next version of a quote that was sent, with other lines or days.

    The former version stays as it was, and is marked as replaced.

    Examples:
        cardcrm quote revise 12 --line "2 x roof @ 450"

        cardcrm quote revise 12 --valid 14d

    """
    from cardcrm.cli.quote_output import describe_quote
    from cardcrm.records import records
    from cardcrm.records.quotes import quotes

    session = session_of(ctx)
    quote_id = parse_quote(session, values["which"])
    store = session.store()
    amount = records.get(store, QUOTE, quote_id).values["amount"]
    lines = _parse_lines(session, values, amount.currency if amount is not None else "")
    record = quotes.revise(store, quote_id, read_texts(session, QUOTE, values), lines)
    return Result(
        lambda: show_quote(session, record.id),
        f"added {describe_quote(session, record)}",
        notes=_before(session, record),
    )


_REVISED = [each for each in QUOTE.editable if each.key in ("title", "on", "valid", "note")]
give_signature(
    _revise,
    [
        Param("which", QuoteId, REQUIRED),
        *field_params(QUOTE, _REVISED, is_new=False),
        *_LINES,
    ],
)
app.command("revise")(_revise)
