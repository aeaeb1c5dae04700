"""Edit interactions, reminders and sales by the texts that a form shows of them.

The texts are read when a form opens and passed back together with the wanted texts. Only changed
texts are written; if another user has changed the same texts meanwhile, the error names both. The
declaration of the noun parses each text. Participants and sale lines, which are rows of other
tables, have one line of text each.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cardcrm import dates
from cardcrm.money import (
    Money,
    UnitPrice,
    format_decimal,
    format_quantity,
    to_unambiguous,
)
from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.conflicts import merge_texts
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.fields import Day, Field, Recurrence, Reference
from cardcrm.records.record_type import RecordType
from cardcrm.records.sales import sales
from cardcrm.records.sales.sale_tax import complete_tax
from cardcrm.records.sales.sale_type import SALE
from cardcrm.records.sales.sales import LineDraft, Sale, SaleLine
from cardcrm.store import Store
from cardcrm.store.journal import Step, last_to_write
from cardcrm.text import fold

Texts = Mapping[str, str]

_LABELS = {"lines": "products"}


def _texts(store: Store, type_: RecordType, row_id: int) -> dict[str, str]:
    """Return what a form shows of a row: not its contact, and not whether it is done."""
    record = records.get(store, type_, row_id)
    return {
        each.key: _show(store, each, record.values[each.key])
        for each in type_.editable
        if not isinstance(each, Reference) and each.column != type_.closed_by
    }


def _show(store: Store, field: Field, value: Any) -> str:
    """Return a value as you type it: money without the firm's currency, a recurrence in words."""
    if isinstance(value, Money | UnitPrice):
        return _money_text(value, store.locale.currency)
    if isinstance(field, Recurrence):
        return field.to_words(value)
    return field.to_text(value, store)


def _money_text(amount: Money | UnitPrice, own: str) -> str:
    figures = format_decimal(amount)
    if isinstance(amount, UnitPrice):
        figures = to_unambiguous(figures)
    return figures if amount.currency == own else f"{figures} {amount.currency}"


def _changes(
    store: Store, type_: RecordType, row_id: int, seen: Texts, typed: Texts, now: Texts
) -> dict[str, Any]:
    """Return the values to write by their keys; a text without a field stays a text.

    Raises UsageError, and EditConflictError where another user has changed the same texts.
    """
    fields = {each.key: each for each in type_.editable}
    wanted = {
        key: _normalize(store, fields[key], seen[key], text) if key in fields else text.strip()
        for key, text in typed.items()
    }

    def last_writer(key: str) -> Step | None:
        column = fields[key].column if key in fields else key
        found = last_to_write(store, type_.table_name, row_id=row_id, column=column)
        return found or last_to_write(store, type_.table_name, row_id=row_id)

    labels = {key: field.label for key, field in fields.items()} | _LABELS
    write = merge_texts(seen, wanted, now, labels, last_writer)
    return {
        key: _parse(store, fields[key], text) if key in fields else text
        for key, text in write.items()
    }


def _normalize(store: Store, field: Field, seen: str, text: str) -> str:
    """Return a typed text as the form would show it; an empty date stays unchanged."""
    if text.strip() == seen or (isinstance(field, Day) and not text.strip()):
        return seen
    return _show(store, field, field.parse_value(text, store))


def _parse(store: Store, field: Field, text: str) -> Any:
    """Return the value of a text; of a date the local day and time."""
    if isinstance(field, Day):
        return dates.parse_date(text, dates.now(store.locale.zone), past=field.is_past)
    return field.parse_value(text, store)


# interactions


def interaction_texts(store: Store, record: Interaction) -> dict[str, str]:
    """Return an interaction as you type it; ``with`` has a line ``#12`` for each participant."""
    people = [f"#{id_}" for id_, _ in interactions.participants(store, record.id)]
    return _texts(store, INTERACTION, record.id) | {"with": "\n".join(people)}


def revise_interaction(store: Store, interaction_id: int, seen: Texts, typed: Texts) -> Interaction:
    """Write the changed values. Raises NotFoundError, UsageError, EditConflictError.

    Each participant is added or removed separately, so that two users can change the list.
    """
    with store.transaction():
        now = interaction_texts(store, interactions.get(store, interaction_id))
        before = _participant_ids(seen.get("with", now["with"]))
        after = _resolve_participants(store, typed.get("with", now["with"]), before)
        people = {"with": now["with"]}
        values = _changes(
            store, INTERACTION, interaction_id, {**seen, **people}, {**typed, **people}, now
        )
        if values.get("minutes", 0) is None:
            store.update("interaction", interaction_id, minutes=None)
        return interactions.edit(
            store,
            interaction_id,
            when=values.pop("on", None),
            **values,
            joined=[each for each in after if each not in before],
            left=[each for each in before if each not in after],
        )


def _participant_ids(text: str) -> list[int]:
    return [int(line.removeprefix("#")) for line in text.split("\n") if line]


def _resolve_participants(store: Store, text: str, before: list[int]) -> list[int]:
    """Return the contacts that lines of text name. Raises NotFoundError, AmbiguousError.

    Earlier participants stay, even if their contacts were deleted meanwhile.
    """
    found = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        number = line.removeprefix("#")
        known = line.startswith("#") and number.isdecimal() and int(number) in before
        found.append(int(number) if known else resolve(store, line).id)
    return found


# reminders


def reminder_texts(store: Store, reminder: Reminder) -> dict[str, str]:
    """Return a reminder as you type it."""
    return _texts(store, REMINDER, reminder.id) | {"priority": str(reminder.priority or "")}


def revise_reminder(store: Store, reminder_id: int, seen: Texts, typed: Texts) -> Reminder:
    """Write the changed values. Raises NotFoundError, UsageError, EditConflictError."""
    with store.transaction():
        now = reminder_texts(store, reminders.get(store, reminder_id))
        values = _changes(store, REMINDER, reminder_id, seen, typed, now)
        return reminders.edit(store, reminder_id, **values)


# sales


def sale_texts(store: Store, sale: Sale) -> dict[str, str]:
    """Return a sale as you type it; ``lines`` has a line of text for each of its lines.

    ``code`` is that of its promotion.
    """
    texts = _texts(store, SALE, sale.id)
    code = records.get(store, SALE, sale.id).values["promotion"]
    lines = [line_text(line, store.locale.currency) for line in sales.lines_of(store, sale.id)]
    # The cost of a refund is typed without a sign.
    cost = texts["cost"].removeprefix("-")
    return texts | {"cost": cost, "lines": "\n".join(lines), "code": code or ""}


def line_text(line: SaleLine, own: str) -> str:
    """Return a line as ``2 x Rose bouquet @ 24.50 -10%``, which `sales.parse_line` reads."""
    quantity = to_unambiguous(format_quantity(abs(line.quantity)))
    # A name that begins with a number would be read as a quantity.
    many = "" if quantity == "1" and not line.product[:1].isdigit() else f"{quantity} x "
    discount = f" -{line.discount / 1000:g}%" if line.discount else ""
    return f"{many}{line.product} @ {_money_text(line.price, own)}{discount}"


def revise_sale(store: Store, sale_id: int, seen: Texts, typed: Texts) -> Sale:
    """Write the changed values. Raises NotFoundError, UsageError, ConflictError."""
    with store.transaction():
        now = sale_texts(store, sales.get(store, sale_id))
        values = _changes(store, SALE, sale_id, seen, typed, now)
        if values.get("cost", 0) is None:
            store.update("sale", sale_id, cost=None)
        if values.get("tax_rate", 0) is None:
            store.update("sale", sale_id, **complete_tax(store, {"tax_rate": None}, sale_id))
        if "lines" in values:
            values["lines"] = _parse_lines(store, sale_id, values["lines"])
        return sales.edit(store, sale_id, when=values.pop("on", None), **values)


def _parse_lines(store: Store, sale_id: int, text: str) -> list[LineDraft]:
    """Return lines as typed; a product keeps its cost and tax, an unchanged line its amount."""
    own = store.locale.currency
    known = sales.lines_of(store, sale_id)
    unchanged = {line_text(line, own): sales.draft_of(line) for line in known}
    stored = {fold(line.product): sales.draft_of(line) for line in known}

    def read(line: str) -> LineDraft:
        draft = sales.parse_line(line, own)
        old = stored.get(fold(draft.product), draft)
        return unchanged.get(line) or _with_cost_and_tax(draft, old)

    return [read(line) for line in map(str.strip, text.split("\n")) if line]


def _with_cost_and_tax(draft: LineDraft, old: LineDraft) -> LineDraft:
    rate = old.tax_rate if draft.tax_rate is None else draft.tax_rate
    return replace(draft, cost=old.cost, tax_rate=rate)
