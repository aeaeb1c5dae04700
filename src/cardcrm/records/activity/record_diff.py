"""Edit interactions, reminders and sales by the texts that a form shows of them.

The texts are read when a form opens and passed back together with the wanted texts. Only changed
texts are written; if another user has changed the same texts meanwhile, the error names
both. The texts are parsed like those of the shell, with its messages.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, format_quantity, parse_money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.conflicts import merge_texts
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.sales import sales
from cardcrm.records.sales.sales import LineDraft, Sale, SaleLine
from cardcrm.store import Store
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

Texts = Mapping[str, str]

_NAMES = {"text": "what", "on": "when", "due": "when", "every": "every", "lines": "products"}


def _when(store: Store, text: str, *, past: bool = False) -> DayTime:
    return dates.parse_date(text, dates.now(store.locale.zone), past=past)


def _when_text(when: DayTime) -> str:
    return when.day.isoformat() + (f" {when.time:%H:%M}" if when.time else "")


def _day_text(store: Store, day: str, at: str | None) -> str:
    """Return a stored day and instant as you type them."""
    if at is None:
        return day
    return f"{dates.from_instant(at, store.locale.zone):%Y-%m-%d %H:%M}"


# interactions


def interaction_texts(store: Store, record: Interaction) -> dict[str, str]:
    """Return an interaction as you type it; ``with`` has a line ``#12`` for each participant."""
    return {
        "text": record.text,
        "kind": record.kind,
        "direction": record.direction,
        "on": _day_text(store, record.on_date, record.at),
        "minutes": "" if record.minutes is None else str(record.minutes),
        "outcome": record.outcome,
        "with": "\n".join(f"#{id_}" for id_, _ in interactions.participants(store, record.id)),
    }


def parse_minutes(text: str) -> int | None:
    """Return minutes as typed, or None for an empty text. Raises UsageError."""
    said = text.strip()
    if not said:
        return None
    number = said.removeprefix("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise UsageError(f"minutes must be a whole number, not “{said}”", "Write it like 20.")
    return interactions.check_minutes(int(said))


def revise_interaction(store: Store, interaction_id: int, seen: Texts, said: Texts) -> Interaction:
    """Write what was changed. Raises NotFoundError, UsageError, ClashError."""
    with store.transaction():
        now = interaction_texts(store, interactions.get(store, interaction_id))
        wanted = {name: text.strip() for name, text in said.items()} | {"text": said["text"]}
        wanted["on"] = _moment(store, seen["on"], said["on"], past=True)
        # Each participant is added or removed separately, so two users can change the list.
        before = _seen(seen.get("with", now["with"]))
        after = _who(store, wanted.get("with", now["with"]), before)
        seen = {**seen, "with": now["with"]}
        wanted["with"] = now["with"]
        by = _by(store, "interaction", interaction_id)
        write = merge_texts(seen, wanted, now, _NAMES, by)
        minutes = parse_minutes(write.get("minutes", ""))
        if "minutes" in write and minutes is None:
            store.update("interaction", interaction_id, minutes=None)
        return interactions.edit(
            store,
            interaction_id,
            text=write.get("text"),
            kind=write.get("kind"),
            when=_when(store, write["on"], past=True) if "on" in write else None,
            direction=write.get("direction"),
            outcome=write.get("outcome"),
            minutes=minutes,
            joined=[each for each in after if each not in before],
            left=[each for each in before if each not in after],
        )


def _seen(text: str) -> list[int]:
    """Return the participants at the time when the form opened."""
    return [int(line.removeprefix("#")) for line in text.split("\n") if line]


def _who(store: Store, text: str, before: list[int]) -> list[int]:
    """Return the contacts that lines of text name. Raises NotFoundError, AmbiguousError.

    Earlier participants stay, even if their contacts were deleted meanwhile.
    """
    found = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        number = line.removeprefix("#")
        known = line.startswith("#") and number.isdecimal() and int(number) in before
        found.append(int(number) if known else resolve(store, line).id)
    return found


_COLUMNS = {"on": "on_date", "due": "due_on", "every": "rule"}


def _by(store: Store, table: str, row_id: int) -> "Callable[[str], Step | None]":
    """Return a function that finds the last step that wrote a text, if the journal has it."""

    def by(name: str) -> "Step | None":
        from cardcrm.store.journal import last_to_write

        column = _COLUMNS.get(name, name)
        found = last_to_write(store, table, row_id=row_id, column=column)
        return found or last_to_write(store, table, row_id=row_id)

    return by


def _moment(store: Store, seen: str, said: str, *, past: bool = False) -> str:
    """Return a typed date in ISO format; an empty one stays unchanged. Raises UsageError."""
    if not said.strip() or said.strip() == seen:
        return seen
    return _when_text(_when(store, said, past=past))


# reminders


def reminder_texts(store: Store, reminder: Reminder) -> dict[str, str]:
    """Return a reminder as you type it."""
    return {
        "text": reminder.text,
        "due": _day_text(store, reminder.due_on, reminder.due_at),
        "promise": "yes" if reminder.promise else "no",
        "every": _rule_text(reminder.rule),
        "priority": str(reminder.priority or ""),
        "owner": reminder.owner,
    }


def _rule_text(rule: str) -> str:
    """Return a rule in words if these parse to the same rule."""
    if not rule:
        return ""
    from cardcrm.dates.recurrence import describe_recurrence, parse_recurrence

    words = describe_recurrence(rule)
    try:
        return words if parse_recurrence(words) == rule else rule
    except UsageError:
        return rule


def revise_reminder(store: Store, reminder_id: int, seen: Texts, said: Texts) -> Reminder:
    """Write what was changed. Raises NotFoundError, UsageError, ClashError."""
    with store.transaction():
        now = reminder_texts(store, reminders.get(store, reminder_id))
        wanted = {name: text.strip() for name, text in said.items()}
        wanted["due"] = _moment(store, seen["due"], said["due"])
        by = _by(store, "reminder", reminder_id)
        write = merge_texts(seen, wanted, now, _NAMES, by)
        return reminders.edit(
            store,
            reminder_id,
            text=write.get("text"),
            due=_when(store, write["due"]) if "due" in write else None,
            every=write.get("every"),
            promise=write["promise"] == "yes" if "promise" in write else None,
            priority=parse_priority(write["priority"]) if "priority" in write else None,
            owner=write.get("owner"),
        )


def parse_priority(text: str) -> int:
    """Return a priority as typed, or 0 for an empty text. Raises UsageError."""
    said = text.strip()
    if said and not (said.isascii() and said.isdigit() and len(said) == 1):
        raise UsageError("priority must be between 0 (none) and 9 (highest)")
    return int(said or 0)


# sales


def sale_texts(store: Store, sale: Sale) -> dict[str, str]:
    """Return a sale as you type it; ``lines`` has a line of text for each of its lines."""
    own = store.locale.currency
    return {
        "amount": _money_text(sale.amount, own),
        "text": sale.text,
        "lines": "\n".join(line_text(line, own) for line in sales.lines_of(store, sale.id)),
        "on": sale.on_date,
        "cost": _money_text(_size(sale.cost), own) if sale.cost else "",
        "ref": sale.ref,
    }


def _size(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)


def _money_text(amount: Money, own: str) -> str:
    """Return an amount as you type it: without a code in the firm's currency."""
    text = format_money(amount, code=amount.currency != own)
    return text.replace(",", "")


def line_text(line: SaleLine, own: str) -> str:
    """Return a line as ``2 x Rose bouquet @ 24.50 -10%``, which `sales.parse_line` reads."""
    many = "" if abs(line.quantity) == 1000 else f"{format_quantity(abs(line.quantity))} x "
    discount = f" -{line.discount / 1000:g}%" if line.discount else ""
    return f"{many}{line.product} @ {_money_text(line.price, own)}{discount}"


def revise_sale(store: Store, sale_id: int, seen: Texts, said: Texts) -> Sale:
    """Write what was changed. Raises NotFoundError, UsageError, ConflictError, ClashError."""
    own = store.locale.currency
    with store.transaction():
        now = sale_texts(store, sales.get(store, sale_id))
        wanted = {name: text.strip() for name, text in said.items()}
        wanted["on"] = _moment(store, seen["on"], said["on"], past=True)[:10]
        for name in ("amount", "cost"):
            wanted[name] = _same_money(wanted[name], seen[name], own)
        write = merge_texts(seen, wanted, now, _NAMES, _by(store, "sale", sale_id))
        if write.get("cost") == "":
            store.update("sale", sale_id, cost=None)
        amount, cost = write.get("amount"), write.get("cost")
        return sales.edit(
            store,
            sale_id,
            amount=parse_money(amount, own, negative=True) if amount else None,
            text=write.get("text"),
            when=_when(store, write["on"], past=True) if "on" in write else None,
            cost=parse_money(cost, own) if cost else None,
            lines=_lines(store, sale_id, write["lines"]) if "lines" in write else None,
            ref=write.get("ref"),
        )


def _same_money(text: str, seen: str, own: str) -> str:
    """Return a typed amount in the format of the form. Raises UsageError."""
    if not text or text == seen:
        return text
    return _money_text(parse_money(text, own, negative=True), own)


def _lines(store: Store, sale_id: int, text: str) -> list[LineDraft]:
    """Return lines as typed; a product keeps the cost that it had before."""
    costs = {fold(line.product): line.cost for line in sales.lines_of(store, sale_id)}
    drafts = [
        sales.parse_line(line, store.locale.currency) for line in text.split("\n") if line.strip()
    ]
    return [replace(each, cost=costs.get(fold(each.product))) for each in drafts]
