"""The lines of deals on the board: signs, amounts and days in the cells there are."""

import datetime as dt

from cardcrm import dates
from cardcrm.dates.date_parts import MONTHS
from cardcrm.money import Money
from cardcrm.records.deals.board import BoardDeal, Total
from cardcrm.records.deals.stage_kinds import LOST, OPEN
from cardcrm.text import cell_width as width_of
from cardcrm.text import sanitize
from cardcrm.tui.widgets.amounts import format_within
from cardcrm.tui.widgets.line_list import Span, fit

ROTTING, STEPLESS = "!", "?"
WON_SIGN, LOST_SIGN = "✓", "✗"
_AMOUNT_CELLS = 9
_WITH_WORD = 26  # cells of a column from which on a word explains a sign
_LEAST_NAME = 6  # cells that a name keeps


def sign_of(deal: BoardDeal) -> Span:
    """Return the sign of a deal that rots, has no next step, or is closed."""
    if deal.status != OPEN:
        return Span(LOST_SIGN, "dim") if deal.status == LOST else Span(WON_SIGN, "good")
    if deal.is_rotting:
        return Span(ROTTING, "late")
    return Span(" ", "") if deal.step_id else Span(STEPLESS, "soon")


def word_of(deal: BoardDeal) -> Span:
    """Return the word for the sign of a deal; a lost deal has its reason."""
    if deal.status != OPEN:
        return Span(deal.lost_reason or deal.status, "dim")
    if deal.is_rotting:
        return Span("rotting", "late")
    return Span("", "") if deal.step_id else Span("no next step", "soon")


def amount_of(money: Money | None, currency: str, cells: int = _AMOUNT_CELLS) -> str:
    """Return an amount in few cells, with its currency unless that is the firm's own."""
    if money is None:
        return "–"
    code = "" if money.currency == currency else f" {money.currency}"
    return format_within(money, cells - len(code)) + code


def title_line(deal: BoardDeal, currency: str, width: int) -> list[Span]:
    """Return the first line of a card: the sign, the title and the amount."""
    amount = amount_of(deal.amount, currency)
    room = width - 4 - width_of(amount)
    if room < _LEAST_NAME:
        return [sign_of(deal), Span(f" {fit(deal.title, width - 2)}", "")]
    return [
        sign_of(deal), Span(f" {fit(deal.title, room)} "), Span(amount, "bold"), Span(" ")
    ]  # fmt: skip


def contact_line(deal: BoardDeal, today: dt.date, width: int) -> list[Span]:
    """Return the second line of a card: the contact, a word, and the expected close.

    Without room for all, the word is left out first, as it explains the sign.
    """
    word = word_of(deal) if width >= _WITH_WORD else Span("", "")
    close = close_of(deal, today)
    for given in ((word, close), (close,), (word,)):
        tail = [each for each in given if each.text]
        room = width - 3 - sum(width_of(each.text) + 1 for each in tail)
        if tail and room >= _LEAST_NAME:
            spans = [Span(f"  {fit(deal.contact, room)}", "dim")]
            for each in tail:
                spans += [Span(" ", ""), each]
            return spans
    return [Span(f"  {fit(deal.contact, width - 3)} ", "dim")]


def close_of(deal: BoardDeal, today: dt.date) -> Span:
    """Return the day of the close; “was” says that an expected one is past."""
    day = deal.close_on if deal.status == OPEN else deal.closed_on
    if day is None:
        return Span("", "")
    shown = dt.date.fromisoformat(day)
    year = "" if dates.is_near(shown, today) else f" {shown.year % 100:02}"
    text = f"{shown.day} {MONTHS[shown.month - 1][:3]}{year}"
    if deal.status == OPEN and shown < today:
        return Span(f"was {text}", "late")
    return Span(text, "dim")


def total_line(total: Total, width: int) -> list[Span]:
    """Return a sum and the weighted one: in words if there is room, else with ≈."""
    currency = total.amount.currency
    cells = (width - len(currency) - 4) // 2
    amount = f"{currency} {format_within(total.amount, cells)}"
    weighted = format_within(total.weighted, cells)
    words = f"{amount}, weighted {weighted}"
    short = f"{amount} ≈{weighted}"
    return [Span(fit(words if len(words) <= width else short, width), "dim")]


def describe(deal: BoardDeal, chance: int, currency: str, today: dt.date) -> list[Span]:
    """Return all that the board knows of a deal in a line, the most important first."""
    spans = [Span(f" {sanitize(deal.title)}", "bold"), Span(f" · {sanitize(deal.contact)}")]
    amount = amount_of(deal.amount, currency, 20) if deal.amount else "no amount"
    spans.append(Span(f" · {amount}"))
    if deal.status == OPEN:
        spans.append(Span(f" · {chance / 1000:g}%"))
    if word := word_of(deal).text:
        spans.append(Span(f" · {word}", word_of(deal).style))
    if deal.status == OPEN and deal.is_rotting:
        days = (today - dt.date.fromisoformat(deal.entered_on)).days
        spans.append(Span(f" for {days} days here", "late"))
        if not deal.step_id:
            spans.append(Span(" · no next step", "soon"))
    if deal.step_id and deal.step_on:
        due = dates.format_day(dt.date.fromisoformat(deal.step_on), today)
        spans.append(Span(f" · next: {sanitize(deal.step)}, {due}"))
    if deal.close_on and deal.status == OPEN:
        due = dates.format_day(dt.date.fromisoformat(deal.close_on), today)
        is_past = deal.close_on < today.isoformat()
        spans.append(Span(f" · close {due}", "late" if is_past else ""))
    return [*spans, Span(f" · {sanitize(deal.owner)}" if deal.owner else "", "dim")]
