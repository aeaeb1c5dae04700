"""The rows of the digest of what is due, each with its contact and the latest interaction.

The records are named tuples, because dataclasses would slow the command down by 5%.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from cardcrm import dates
from cardcrm.dates.anniversaries import age_on, next_anniversary
from cardcrm.records.contacts.cadence_rules import WantedTouch
from cardcrm.reports.alerts.alert_queries import Alert
from cardcrm.reports.due_cases import DueCase
from cardcrm.reports.due_contacts import (
    DueContact,
    LastInteraction,
    build_due_contacts,
    find_last_interactions,
)
from cardcrm.reports.due_contracts import DueContract, select_days
from cardcrm.reports.due_deals import DealRows, DueDeal, build_deal
from cardcrm.reports.due_invoices import DueInvoice, build_invoice
from cardcrm.reports.due_leads import DueLead, build_lead
from cardcrm.reports.mail_alarms import SilentAccount, TroubledMail
from cardcrm.store.engine import Row

T = TypeVar("T")


class DueReminder(NamedTuple):
    """A reminder that is due.

    ``due_at`` is the UTC instant and ``time`` the local time of a reminder with a time of day.
    ``rule`` is the RRULE of a recurring reminder.
    """

    id: int
    text: str
    due_on: dt.date
    due_at: str | None
    time: dt.time | None
    rule: str
    promise: bool
    priority: int
    owner: str
    contact: DueContact | None
    last: LastInteraction | None


class OverdueContact(NamedTuple):
    """A contact whose cadence ran out on ``touch_by``, or will within the days of the digest."""

    contact: DueContact
    touch_by: dt.date
    days_late: int
    cadence_days: int
    last: LastInteraction | None


class UpcomingAnniversary(NamedTuple):
    """A birthday or other anniversary; ``age`` is in full years, None if the year is unknown."""

    label: str
    on: dt.date
    age: int | None
    contact: DueContact
    last: LastInteraction | None


class DigestPart(NamedTuple, Generic[T]):
    """One part of the digest: its first rows, and their total (a minimum unless ``exact``)."""

    rows: tuple[T, ...] = ()
    total: int = 0
    exact: bool = True


class Digest(NamedTuple):
    """Everything due on a day and the ``ahead`` days after it. Alerts are not due by themselves."""

    date: dt.date
    ahead: int
    overdue: DigestPart[DueReminder]
    today: DigestPart[DueReminder]
    coming: DigestPart[DueReminder]
    losing_touch: DigestPart[OverdueContact]
    touch_soon: DigestPart[OverdueContact]
    days: DigestPart[UpcomingAnniversary]
    deals: DigestPart[DueDeal] = DigestPart()
    alerts: tuple[Alert, ...] = ()
    invoices: DigestPart[DueInvoice] = DigestPart()
    leads: DigestPart[DueLead] = DigestPart()
    silent: DigestPart[SilentAccount] = DigestPart()
    troubled: DigestPart[TroubledMail] = DigestPart()
    cases: DigestPart[DueCase] = DigestPart()
    contracts: DigestPart[DueContract] = DigestPart()

    def only(self, *, overdue: bool, today: bool) -> "Digest":
        """Return what is overdue, or due today, or both.

        Contacts losing touch, deals without a step, unpaid invoices and leads that came in before
        today are overdue.
        """
        days = [each for each in self.days.rows if each.on == self.date]
        leads = [
            each for each in self.leads.rows if (overdue, today)[each.received_on == self.date]
        ]
        cases = [each for each in self.cases.rows if (overdue if each.is_late else today)]
        contracts = select_days(self.contracts.rows, self.date, overdue=overdue, today=today)
        return self._replace(
            ahead=0,
            overdue=self.overdue if overdue else DigestPart(),
            today=self.today if today else DigestPart(),
            coming=DigestPart(),
            losing_touch=self.losing_touch if overdue else DigestPart(),
            touch_soon=DigestPart(),
            days=DigestPart(tuple(days), len(days)) if today else DigestPart(),
            deals=self.deals if overdue else DigestPart(),
            alerts=(),
            invoices=self.invoices if overdue else DigestPart(),
            leads=self.leads if overdue and today else DigestPart(tuple(leads), len(leads)),
            silent=self.silent if overdue else DigestPart(),
            troubled=self.troubled if overdue else DigestPart(),
            cases=DigestPart(tuple(cases), self.cases.total if overdue and today else len(cases)),
            contracts=DigestPart(contracts, len(contracts)),
        )

    def __bool__(self) -> bool:
        """Return whether anything is due."""
        return any(part.rows for part in self if isinstance(part, DigestPart))


class DueRows:
    """The contacts of all rows of a digest, from the results of `build_contact_queries`."""

    def __init__(self, zone: str, results: Sequence[list[Row]]) -> None:
        self.zone = zone
        self.contacts: dict[int, DueContact] = {}
        self.last_interactions: dict[int, LastInteraction] = {}
        for start in range(0, len(results), 4):
            points, heads, own, employees = results[start : start + 4]
            self.contacts |= build_due_contacts(points, heads)
            self.last_interactions |= find_last_interactions(own, employees)

    def reminder(self, row: Row) -> DueReminder:
        """Return a reminder with its contact."""
        due = dates.parse_stored(row["due_on"], row["due_at"], self.zone)
        return DueReminder(
            id=row["id"],
            text=row["text"],
            due_on=due.day,
            due_at=row["due_at"],
            time=due.time,
            rule=row["rule"],
            promise=bool(row["promise"]),
            priority=row["priority"],
            owner=row["owner"],
            contact=self.contacts.get(row["contact_id"]),
            last=self.last_interactions.get(row["contact_id"]),
        )

    def deals(self, found: DealRows) -> Iterator[DueDeal]:
        """Yield the deals with their contacts, the late ones first."""
        for is_rotting, rows in ((False, found.late), (True, found.rotting)):
            for row in rows:
                who = row["contact_id"]
                last = self.last_interactions.get(who)
                yield build_deal(row, self.contacts[who], last, is_rotting=is_rotting)

    def invoice(self, row: Row) -> DueInvoice:
        """Return an invoice with its contact."""
        who = row["contact_id"]
        return build_invoice(row, self.contacts[who], self.last_interactions.get(who))

    def lead(self, row: Row) -> DueLead:
        """Return a lead with its contact."""
        who = row["contact_id"]
        return build_lead(row, self.contacts[who], self.last_interactions.get(who), self.zone)

    def losing_touch(self, wanted: WantedTouch, today: dt.date) -> OverdueContact:
        """Return a contact that is losing touch, or soon will."""
        touch_by = dt.date.fromisoformat(wanted.touch_by)
        return OverdueContact(
            self.contacts[wanted.contact_id],
            touch_by,
            (today - touch_by).days,
            wanted.cadence_days,
            self.last_interactions.get(wanted.contact_id),
        )

    def anniversary(self, row: Row, today: dt.date) -> UpcomingAnniversary:
        """Return an anniversary with its contact."""
        on = next_anniversary(row["day"], today) or today  # all that are found have a day
        contact_id = row["contact_id"]
        return UpcomingAnniversary(
            row["label"],
            on,
            age_on(row["day"], on),
            self.contacts[contact_id],
            self.last_interactions.get(contact_id),
        )
