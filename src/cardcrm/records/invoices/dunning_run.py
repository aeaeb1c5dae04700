"""Run dunning: plan the steps of overdue invoices, carry them out, and withdraw what is moot."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.money import Money, format_money
from cardcrm.records.activity import reminders
from cardcrm.records.invoices.dunning_rules import LastNotice, Step, find_step, load_steps
from cardcrm.records.mail import outbox
from cardcrm.records.mail.message_status import CANCELED, QUEUED
from cardcrm.records.mail.outbox import Draft
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import pluralize

MAIL: Final = "mail"
REMINDER: Final = "reminder"
_WITHDRAWAL_REASON: Final = "paid, disputed or in an open case"


class Planned(NamedTuple):
    """A step that an invoice gets now, unless it is ``held`` for a reason."""

    invoice_id: int
    number: str
    contact_id: int
    contact: str
    owner: str
    due_on: dt.date
    days_overdue: int
    open: Money
    level: int
    step: Step
    held: str = ""


class Notice(NamedTuple):
    """A step that was carried out, as a mail or as a reminder.

    ``reason`` says why a step with a template became a reminder.
    """

    planned: Planned
    action: str
    reason: str = ""


class Run(NamedTuple):
    """The notices of a run, what was held, and how many earlier ones were withdrawn."""

    notices: tuple[Notice, ...]
    held: tuple[Planned, ...]
    withdrawn: int


# Returns the mail of a step, or the reason why it cannot be written.
Compose = Callable[[Planned], Draft | str]

_OPEN_CASE: Final = (
    "SELECT min(k.id) FROM service_case k WHERE k.contact_id = v.contact_id AND k.solved_at IS NULL"
)
_SELECT: Final = (
    "SELECT v.id, v.number, v.contact_id, c.name AS contact, v.owner, v.due_on, "
    "v.amount - coalesce(v.paid, 0) AS open, v.currency, v.disputed, n.level, n.days, n.on_date, "
    f"({_OPEN_CASE}) AS case_id FROM invoice v JOIN contact c ON c.id = v.contact_id "
    "LEFT JOIN dunning_notice n ON n.invoice_id = v.id AND n.level = "
    "(SELECT max(o.level) FROM dunning_notice o WHERE o.invoice_id = v.id) "
    "WHERE v.paid_on IS NULL AND v.due_on < :today AND v.amount > coalesce(v.paid, 0) "
    "ORDER BY v.due_on, v.id"
)


def plan(store: Store) -> list[Planned]:
    """Return the steps that overdue invoices get today, also those that are held."""
    steps = load_steps(store)
    today = dates.today(store.locale.zone)
    rows = store.rows(_SELECT, today=today.isoformat()) if steps else []
    return list(_plan_rows(steps, rows, today))


def _plan_rows(steps: list[Step], rows: Any, today: dt.date) -> Iterator[Planned]:
    for row in rows:
        due_on = dt.date.fromisoformat(row["due_on"])
        last = None
        if row["level"] is not None:
            last = LastNotice(row["days"], dt.date.fromisoformat(row["on_date"]))
        step = find_step(steps, due_on, last, today)
        if step is not None:
            yield Planned(
                row["id"],
                row["number"],
                row["contact_id"],
                row["contact"],
                row["owner"],
                due_on,
                (today - due_on).days,
                Money(row["open"], row["currency"]),
                (row["level"] or 0) + 1,
                step,
                _explain_held(row),
            )


def _explain_held(row: Any) -> str:
    if row["disputed"]:
        return "disputed"
    return "" if row["case_id"] is None else f"open case {row['case_id']}"


@retry_transaction
def run(store: Store, compose: Compose, domain: str = "") -> Run:
    """Carry out the steps of today, all of them or none; a second run finds none left.

    Notices that are moot are withdrawn first. A mail that cannot be written becomes a reminder.
    """
    with store.transaction():
        withdrawn = withdraw(store)
        planned = plan(store)
        done = [_carry_out(store, each, compose, domain) for each in planned if not each.held]
    return Run(tuple(done), tuple(each for each in planned if each.held), withdrawn)


def _carry_out(store: Store, planned: Planned, compose: Compose, domain: str) -> Notice:
    step = planned.step
    draft = compose(planned) if step.template_id is not None else ""
    if isinstance(draft, Draft):
        [message_id] = outbox.enqueue(store, [draft], domain)
        _store_notice(store, planned, message_id=message_id)
        return Notice(planned, MAIL)
    today = DayTime(dates.today(store.locale.zone), None)
    owner = planned.owner or store.author.name
    text = describe_task(planned, draft)
    added = reminders.add(store, planned.contact_id, text, today, owner=owner)
    _store_notice(store, planned, reminder_id=added.id)
    return Notice(planned, REMINDER, draft)


def _store_notice(store: Store, planned: Planned, **columns: int) -> None:
    store.insert(
        "dunning_notice",
        invoice_id=planned.invoice_id,
        level=planned.level,
        dunning_id=planned.step.id,
        days=planned.step.days,
        on_date=dates.today(store.locale.zone).isoformat(),
        **columns,
    )


def describe_task(planned: Planned, reason: str) -> str:
    """Return the text of a reminder; ``reason`` says why it is not a mail."""
    step = planned.step
    days = pluralize(planned.days_overdue, "day")
    text = f"Invoice {planned.number}: {format_money(planned.open)} open, {days} overdue"
    text += f": {step.text}" if step.text else ""
    text += f" ({step.fee})" if step.fee else ""
    return f"{text}; not mailed: {reason}" if reason else text


# What is moot


_WITHDRAWN: Final = (
    "SELECT n.id, v.paid_on, m.id AS message_id, r.id AS reminder_id FROM dunning_notice n "
    "JOIN invoice v ON v.id = n.invoice_id "
    "LEFT JOIN message m ON m.id = n.message_id AND m.status = :queued "
    "LEFT JOIN reminder r ON r.id = n.reminder_id AND r.done_at IS NULL "
    "WHERE (m.id IS NOT NULL OR r.id IS NOT NULL) AND (:invoice = 0 OR v.id = :invoice) "
    f"AND (v.paid_on IS NOT NULL OR v.disputed = 1 OR ({_OPEN_CASE}) IS NOT NULL) ORDER BY n.id"
)


def withdraw(store: Store, invoice_id: int = 0) -> int:
    """Cancel mails and close reminders that are moot, inside a transaction; return their number.

    These are the notices of invoices that were paid or disputed meanwhile, or whose contact has an
    open case: of all invoices or of one. Unless it was paid, the step can come again.
    """
    rows = store.rows(_WITHDRAWN, queued=QUEUED, invoice=invoice_id)
    for row in rows:
        if row["message_id"] is not None:
            store.update("message", row["message_id"], status=CANCELED, error=_WITHDRAWAL_REASON)
        if row["reminder_id"] is not None:
            store.update("reminder", row["reminder_id"], done_at=dates.current_instant())
        if row["paid_on"] is None:
            store.delete("dunning_notice", row["id"])
    return len(rows)


class PastNotice(NamedTuple):
    """A notice of an invoice, with the name of its step and what it was."""

    level: int
    on_date: str
    step: str
    action: str
    message_id: int | None
    reminder_id: int | None
    status: str

    def to_json(self) -> dict[str, Any]:
        """Return the notice as JSON carries it."""
        found = self._asdict()
        return {"level": self.level, "on": found.pop("on_date"), **found, "step": self.step or None}


def list_notices(store: Store, invoice_id: int) -> list[PastNotice]:
    """Return the notices of an invoice, the first one first."""
    sql = (
        "SELECT n.level, n.on_date, coalesce(d.name, '') AS step, n.message_id, n.reminder_id, "
        "m.status, r.done_at FROM dunning_notice n LEFT JOIN dunning d ON d.id = n.dunning_id "
        "LEFT JOIN message m ON m.id = n.message_id LEFT JOIN reminder r ON r.id = n.reminder_id "
        "WHERE n.invoice_id = :id ORDER BY n.level"
    )
    return [
        PastNotice(
            row["level"],
            row["on_date"],
            row["step"],
            MAIL if row["message_id"] is not None else REMINDER,
            row["message_id"],
            row["reminder_id"],
            row["status"] or ("done" if row["done_at"] else "open"),
        )
        for row in store.rows(sql, id=invoice_id)
    ]
