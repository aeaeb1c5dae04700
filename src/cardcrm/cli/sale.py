"""`sell`: sales and refunds, noted in one line; and those noted wrongly, removed."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cardcrm.cli.common import Session, WhoArgument, refuse_options, session_of, when
from cardcrm.errors import CardError, UsageError
from cardcrm.money import (
    Money,
    format_money,
    format_quantity,
    parse_money,
    parse_percent,
    parse_quantity,
)

if TYPE_CHECKING:
    from cardcrm.dates import When
    from cardcrm.records.sales.sales import LineDraft, Sale
    from cardcrm.sheet import Card

app = typer.Typer()

LINES = "What was sold"
WRONG = "Noted wrongly"

# Codes of currencies that are words of a shop's day as well: in small letters they are text.
_WORDS = frozenset(
    ("all", "bam", "bob", "cad", "cop", "cup", "gel", "mad", "mop", "nad", "pen", "ron", "rub")
) | {"sos", "top", "try"}


@app.command("sell", context_settings={"ignore_unknown_options": True})
def sell(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="The card.", autocompletion=WhoArgument)
    ] = "",
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[AMOUNT] [WHAT…]",
            help="The amount, unless products make it; then what it was for.",
        ),
    ] = [],
    on: Annotated[str, typer.Option(metavar="WHEN", help="The day, if not today.")] = "",
    cost: Annotated[
        str, typer.Option(metavar="AMOUNT", help="What it cost the firm, without a sign.")
    ] = "",
    currency: Annotated[
        str, typer.Option(metavar="CODE", help="Currency of amounts that name none, such as EUR.")
    ] = "",
    ref: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Outside reference; the same one again changes nothing."),
    ] = "",
    refund: Annotated[
        bool, typer.Option("--refund", help="Money back; so is a negative amount.")
    ] = False,
    product: Annotated[
        list[str],
        typer.Option(
            metavar="NAME",
            help="A product, by name or article number; may be repeated.",
            rich_help_panel=LINES,
        ),
    ] = [],
    qty: Annotated[
        str, typer.Option(metavar="N", help="How many of it; 1 if not said.", rich_help_panel=LINES)
    ] = "",
    price: Annotated[
        str,
        typer.Option(
            metavar="AMOUNT",
            help="Price of one; from the catalogue if not said.",
            rich_help_panel=LINES,
        ),
    ] = "",
    discount: Annotated[
        str, typer.Option(metavar="PERCENT", help="Such as 10%.", rich_help_panel=LINES)
    ] = "",
    line: Annotated[
        list[str],
        typer.Option(
            metavar="LINE",
            help="“2 x Rose bouquet @ 24.50 -10%”; may be repeated.",
            rich_help_panel=LINES,
        ),
    ] = [],
    edit: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            help="Mend a sale (WHO is not named then): its amount, text and what is given.",
            rich_help_panel=WRONG,
        ),
    ] = None,
    drop: Annotated[
        bool,
        typer.Option("--drop", help="Remove sales by their numbers.", rich_help_panel=WRONG),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.", rich_help_panel=WRONG)] = False,
) -> None:
    """Note a sale or a refund.

    Whoever was a lead or prospect is a customer from then on.

    Examples:
        cardcrm sell jane 12.50 flowers

        cardcrm sell jane --product "Rose bouquet" --qty 2 --discount 10%

        cardcrm sell acme --line "2 x Rose bouquet @ 24.50" --line Vase

        cardcrm sell jane -12 wilted, money back

        cardcrm sell --edit 17 14.50 flowers

        cardcrm sell --drop 17

    """
    session = session_of(ctx)
    said = [who, *words] if who else list(words)
    refuse_options(ctx, said)
    if drop:
        _drop(session, said, yes=yes)
        return
    given = _Given(product, qty, price, discount, line, on, cost, currency, ref, refund)
    if edit is not None:
        _edit(session, edit, said, given)
    else:
        _sell(session, [who, *words], given)


class _Given(NamedTuple):
    """What the options say of a sale, as it was typed."""

    product: Sequence[str]
    qty: str
    price: str
    discount: str
    line: Sequence[str]
    on: str
    cost: str
    currency: str
    ref: str
    refund: bool


class _Read(NamedTuple):
    """The same with the words, understood."""

    amount: Money | None
    text: str
    when: "When | None"
    cost: Money | None
    lines: "list[LineDraft]"


def _read(
    session: Session, words: Sequence[str], given: _Given, currency: str, *, needed: bool
) -> _Read:
    """What words and options say, in a currency unless they name another.

    An amount is ``needed`` where no lines make it. Raises UsageError.
    """
    default = (given.currency or currency).upper()
    lines = _lines(given, default)
    amount, text = read_amount(words, default, needed=needed and not lines)
    cost = parse_money(given.cost, default) if given.cost else None
    if given.currency:
        _refuse_other(default, [amount, *(each.price for each in lines), cost])
    day = when(session, given.on, past=True) if given.on else None
    return _Read(amount, text, day, cost, lines)


def _sell(session: Session, words: Sequence[str], given: _Given) -> None:
    """Note a sale, and answer with it."""
    from cardcrm.records.sales import sales

    contact, said = session.who_first(words)
    store = session.store()
    read = _read(session, said, given, store.locale.currency, needed=True)
    unknown = _unknown(session, read.lines)
    sale, new = sales.sell(store, contact.id, **read._asdict(), ref=given.ref, refund=given.refund)
    session.answer(
        _told(session, sale, contact.name, new=new), lambda: sale_card(session, sale, new=new)
    )
    for words_ in unknown if new else ():
        session.say(words_)


def _edit(session: Session, sale_id: int, words: Sequence[str], given: _Given) -> None:
    """Mend a sale, and answer with what it says now."""
    from cardcrm.records.contacts import contacts
    from cardcrm.records.sales import sales

    store = session.store()
    before = sales.get(store, sale_id)
    read = _read(session, words, given, before.amount.currency, needed=False)
    after = sales.edit(
        store,
        sale_id,
        amount=read.amount,
        text=read.text or None,
        when=read.when,
        cost=read.cost,
        lines=read.lines or None,
        ref=given.ref or None,
        refund=given.refund,
    )
    name = contacts.get(store, after.contact_id).name
    word = "changed" if after != before else "unchanged:"
    session.answer(
        f"{word} sale {sale_id}: {_told(session, after, name, new=True)}",
        lambda: sale_card(session, after, new=False),
    )


def _refuse_other(currency: str, amounts: Sequence[Money | None]) -> None:
    for amount in amounts:
        if amount is not None and amount.currency != currency:
            raise UsageError(f"{format_money(amount)} is not in {currency}", "Leave out one.")


def read_amount(words: Sequence[str], default: str, *, needed: bool) -> tuple[Money | None, str]:
    """The amount that the words begin with, if they do, and the text that is left.

    A currency may stand beside the figures as a word of its own. Raises UsageError where there is
    no amount though it is ``needed``, and where figures could be an amount but are garbled.
    """
    if not words:
        return None, ""
    if len(words) > 1 and _is_currency(words[0], words[1], default):
        return parse_money(" ".join(words[:2]), default, negative=True), " ".join(words[2:])
    try:
        amount = parse_money(words[0], default, negative=True)
    except CardError:
        if needed or _looks_like_money(words[0]):
            raise
        return None, " ".join(words)
    return amount, " ".join(words[1:])


def _is_currency(first: str, second: str, default: str) -> bool:
    """Whether one of two words is figures and the other the name or sign of a currency."""
    figures, mark = (first, second) if re.search(r"[0-9]", first) else (second, first)
    if not _looks_like_money(figures) or re.search(r"[0-9]", mark):
        return False
    if mark.lower() in _WORDS and mark.isalpha() and not mark.isupper():
        return mark.upper() == default and mark.lower() not in ("all", "top", "try")
    try:
        parse_money(f"1 {mark}", default)
    except CardError:
        return False
    return True


def _looks_like_money(word: str) -> bool:
    """Figures with no more than signs about them, so that nobody means it as text."""
    return re.fullmatch(r"[^\w\s]{0,3}[0-9][0-9.,' ]*[^\w\s]{0,2}", word) is not None


def _lines(given: _Given, default: str) -> "list[LineDraft]":
    from cardcrm.records.sales.sales import LineDraft, parse_line

    named = [name for name in given.product if name.strip()]
    told = given.qty or given.price or given.discount
    if told and not named:
        raise UsageError("of what product?", "--qty, --price and --discount go with a --product.")
    if told and len(named) > 1:
        raise UsageError(
            "of which product?", 'Give each a line: --line "2 x Rose bouquet -10%" --line Vase'
        )
    own = [
        LineDraft(
            name,
            parse_quantity(given.qty) if given.qty else 1000,
            parse_money(given.price, default) if given.price else None,
            discount=parse_percent(given.discount) if given.discount else 0,
        )
        for name in named
    ]
    return own + [parse_line(each, default) for each in given.line]


def _unknown(session: Session, lines: "Sequence[LineDraft]") -> list[str]:
    """What to say of products that the catalogue does not have yet."""
    from cardcrm.records.sales import products

    store = session.store()
    words = []
    for name in dict.fromkeys(" ".join(line.product.split()) for line in lines):
        if products.find(store, name) is None:
            like = products.alike(store, name)
            meant = f"; if you meant {like[0]}, `cardcrm undo`" if like else ""
            words.append(f"  “{name}” is new in the catalogue{meant}")
    return words


def _told(session: Session, sale: "Sale", name: str, *, new: bool) -> str:
    if not new:
        return f"sale {sale.id} has the reference {sale.ref} already; nothing was changed"
    from cardcrm.records.sales.sales import lines_of

    lines = [
        f"{format_quantity(abs(line.quantity))} x {line.product}"
        + (f" -{format_quantity(line.discount)}%" if line.discount else "")
        for line in lines_of(session.store(), sale.id)
    ]
    amount = format_money(Money(abs(sale.amount.minor), sale.amount.currency))
    done = f"refunded {amount} to" if sale.amount.minor < 0 else f"sold {amount} to"
    what = ", ".join(lines) or sale.text
    from cardcrm import dates

    day = dates.show_day(
        dt.date.fromisoformat(sale.on_date), dates.today(session.store().locale.zone)
    )
    return (
        f"{done} {sale.contact_id} {name} on {day}"
        + (f": {what}" if what else "")
        + f" (sale {sale.id})"
    )


def sale_card(session: Session, sale: "Sale", *, new: bool) -> "Card":
    """A sale with its lines, for formats other than words."""
    from cardcrm.records.contacts import contacts
    from cardcrm.records.sales import sales
    from cardcrm.sheet import Card

    store = session.store()
    name = contacts.get(store, sale.contact_id).name
    margin = sale.cost and Money(sale.amount.minor - sale.cost.minor, sale.amount.currency)
    lines = [
        {
            "product": line.product,
            "quantity": line.quantity / 1000,
            "price": line.price,
            "cost": line.cost,
            "discount": line.discount / 1000,
            "amount": line.amount,
        }
        for line in sales.lines_of(store, sale.id)
    ]
    data = {
        "id": sale.id,
        "uid": sale.uid,
        "contact_id": sale.contact_id,
        "contact": name,
        "on": sale.on_date,
        "amount": sale.amount,
        "cost": sale.cost,
        "margin": margin,
        "text": sale.text,
        "ref": sale.ref,
        "new": new,
        "lines": lines,
    }
    facts = (
        ("sale", str(sale.id)),
        ("on", sale.on_date),
        ("amount", format_money(sale.amount)),
        ("cost", format_money(sale.cost) if sale.cost else ""),
        ("for", sale.text),
        ("reference", sale.ref),
    )
    return Card(name, facts=tuple(fact for fact in facts if fact[1]), data=data)


def _drop(session: Session, words: Sequence[str], *, yes: bool) -> None:
    """Remove the sales of those numbers, after showing them."""
    from cardcrm.records.contacts import contacts
    from cardcrm.records.sales import sales

    store = session.store()
    found = [sales.get(store, each) for each in dict.fromkeys(map(_number, words))]
    shown = ", ".join(
        f"{sale.id} ({format_money(sale.amount)} on {sale.on_date}, "
        f"{contacts.get(store, sale.contact_id).name})"
        for sale in found[:3]
    ) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
    noun = "sale" if len(found) == 1 else "sales"
    session.confirm(f"Remove {noun} {shown}?", yes=yes)
    sales.remove(store, [sale.id for sale in found])
    session.say(f"removed {noun} {shown}; `cardcrm undo` brings back what was removed")


def _number(word: str) -> int:
    text = word.removeprefix("#")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise UsageError(
            f"“{word}” is no number of a sale", "`cardcrm show WHO` lists a card's sales."
        )
    return int(text)
