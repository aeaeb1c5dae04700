"""Gather the month for the accountant: invoices, payments, refunds, and what is open at its end.

Invoices count by their date, payments and refunds by their day. An invoice is open at the end of
the month by the payments up to then, so that a month gives the same figures whenever it is asked
for. Unlike currencies are never added, and the totals are the sums of the documents.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.reports.invoices.tax_rates import find_rate
from cardcrm.store import Store

ISSUED, PAID, REFUNDED, OPEN = "issued", "paid", "refunded", "open"
SECTIONS: Final = (ISSUED, PAID, REFUNDED, OPEN)
NOT_DUE: Final = "not due"
_AGES: Final = ((30, "1-30 days"), (60, "31-60 days"), (90, "61-90 days"))
OLDEST: Final = "over 90 days"
AGE_GROUPS: Final = (NOT_DUE, *(name for _, name in _AGES), OLDEST)


class Document(NamedTuple):
    """An invoice, a payment or a refund, as one line of a section.

    ``amount`` is what the totals add up: of an open invoice, what was open at the end of the month.
    Of a payment and an open invoice the ``tax`` is None, and the rate that of the invoice.
    """

    section: str
    on: dt.date
    number: str
    contact_id: int
    contact: str
    amount: Money
    tax: Money | None
    tax_rate: float | None
    due: dt.date | None = None
    days_overdue: int | None = None

    @property
    def net(self) -> Money | None:
        """The amount without the tax, None where that is unknown."""
        if self.tax is None:
            return None
        return Money(self.amount.minor - self.tax.minor, self.amount.currency)

    @property
    def age_group(self) -> str:
        """The group of an open invoice by its age, "" for other documents."""
        return "" if self.days_overdue is None else name_age(self.days_overdue)


class Total(NamedTuple):
    """The sum of documents of a section in one currency, at one tax rate or of one age.

    ``tax`` is None where that of any document is unknown.
    """

    section: str
    age_group: str
    tax_rate: float | None
    document_count: int
    amount: Money
    tax: Money | None

    @property
    def net(self) -> Money | None:
        """The amount without the tax, None where that is unknown."""
        if self.tax is None:
            return None
        return Money(self.amount.minor - self.tax.minor, self.amount.currency)


class NewContact(NamedTuple):
    """A contact that was added, or that bought for the first time, on a day of the month."""

    id: int
    name: str
    on: dt.date


class AccountantMonth(NamedTuple):
    """A month for the accountant; ``removed`` contacts include those merged into others."""

    first: dt.date
    last: dt.date
    documents: tuple[Document, ...]
    totals: tuple[Total, ...]
    added: tuple[NewContact, ...]
    first_buyers: tuple[NewContact, ...]
    removed: int


def name_age(days: int) -> str:
    """Return the group of an invoice by its days after the due day."""
    if days <= 0:
        return NOT_DUE
    return next((name for most, name in _AGES if days <= most), OLDEST)


def gather_month(store: Store, first: dt.date, last: dt.date) -> AccountantMonth:
    """Return the month from its first to its last day."""
    documents = tuple(_list_documents(store, first, last))
    return AccountantMonth(
        first,
        last,
        documents,
        tuple(sum_documents(documents)),
        tuple(_list_new(store, _ADDED, first, last)),
        tuple(_list_new(store, _FIRST_BUYERS, first, last)),
        _count_removed(store, first, last),
    )


def sum_documents(documents: Iterable[Document]) -> Iterator[Total]:
    """Yield the totals in the order of sections, currencies, ages and rates."""
    groups: dict[tuple[Any, ...], list[Document]] = defaultdict(list)
    for each in documents:
        age = AGE_GROUPS.index(each.age_group) if each.age_group else -1
        rate = None if each.section == OPEN else each.tax_rate
        place = SECTIONS.index(each.section)
        has_tax = each.tax is not None
        rank = -1.0 if rate is None else rate
        groups[place, each.amount.currency, age, rank, has_tax].append(each)
    for (place, currency, age, rank, _), members in sorted(groups.items()):
        taxes = [each.tax.minor for each in members if each.tax is not None]
        yield Total(
            SECTIONS[place],
            "" if age < 0 else AGE_GROUPS[age],
            None if rank < 0 else rank,
            len(members),
            Money(sum(each.amount.minor for each in members), currency),
            Money(sum(taxes), currency) if len(taxes) == len(members) else None,
        )


# Documents


_ISSUED: Final = (
    "SELECT v.on_date, v.number, v.contact_id, c.name, v.amount, v.tax, v.currency, v.due_on "
    "FROM invoice v JOIN contact c ON c.id = v.contact_id "
    "WHERE v.on_date BETWEEN :first AND :last ORDER BY v.on_date, v.id"
)
_PAID: Final = (
    "SELECT p.on_date, v.number, v.contact_id, c.name, p.amount, v.amount AS whole, v.tax, "
    "v.currency FROM payment p JOIN invoice v ON v.id = p.invoice_id "
    "JOIN contact c ON c.id = v.contact_id "
    "WHERE p.on_date BETWEEN :first AND :last ORDER BY p.on_date, p.id"
)
_REFUNDED: Final = (
    "SELECT s.on_date, coalesce(s.ref, '') AS number, s.contact_id, c.name, s.amount, s.tax, "
    "s.currency FROM sale s JOIN contact c ON c.id = s.contact_id "
    "WHERE s.amount < 0 AND s.on_date BETWEEN :first AND :last ORDER BY s.on_date, s.id"
)
_OPEN: Final = (
    "SELECT v.on_date, v.number, v.contact_id, c.name, v.amount AS whole, v.tax, v.currency, "
    "v.due_on, v.amount - coalesce(p.paid, 0) AS amount FROM invoice v "
    "JOIN contact c ON c.id = v.contact_id LEFT JOIN (SELECT invoice_id, "
    "CAST(sum(amount) AS BIGINT) AS paid FROM payment WHERE on_date <= :last "
    "GROUP BY invoice_id) p ON p.invoice_id = v.id "
    "WHERE v.on_date <= :last AND v.amount > coalesce(p.paid, 0) "
    "ORDER BY v.due_on, v.id"
)


def _list_documents(store: Store, first: dt.date, last: dt.date) -> Iterator[Document]:
    days = {"first": first.isoformat(), "last": last.isoformat()}
    for row in store.rows(_ISSUED, **days):
        due = dt.date.fromisoformat(row["due_on"])
        yield _build(ISSUED, row, row["tax"])._replace(due=due)
    for row in store.rows(_PAID, **days):
        yield _build(PAID, row, None, whole=row["whole"])
    for row in store.rows(_REFUNDED, **days):
        yield _build(REFUNDED, row, row["tax"])
    for row in store.rows(_OPEN, last=days["last"]):
        due = dt.date.fromisoformat(row["due_on"])
        found = _build(OPEN, row, None, whole=row["whole"])
        yield found._replace(due=due, days_overdue=(last - due).days)


def _build(section: str, row: Any, tax: int | None, *, whole: int | None = None) -> Document:
    """Return a row as a document; ``whole`` is the amount of its invoice if it has a part."""
    currency = row["currency"]
    return Document(
        section,
        dt.date.fromisoformat(row["on_date"]),
        row["number"],
        row["contact_id"],
        row["name"],
        Money(int(row["amount"]), currency),
        None if tax is None else Money(tax, currency),
        find_rate(row["amount"] if whole is None else whole, row["tax"]),
    )


# The customer list


_ADDED: Final = (
    "SELECT id, name, coalesce(created_on, substr(created_at, 1, 10)) AS day FROM contact "
    "WHERE coalesce(created_on, substr(created_at, 1, 10)) BETWEEN :first AND :last "
    "ORDER BY 3, id"
)
_FIRST_BUYERS: Final = (
    "SELECT c.id, c.name, b.day FROM (SELECT contact_id, min(on_date) AS day FROM sale "
    "WHERE amount > 0 GROUP BY contact_id) b JOIN contact c ON c.id = b.contact_id "
    "WHERE b.day BETWEEN :first AND :last ORDER BY b.day, c.id"
)


def _list_new(store: Store, sql: str, first: dt.date, last: dt.date) -> Iterator[NewContact]:
    for row in store.rows(sql, first=first.isoformat(), last=last.isoformat()):
        yield NewContact(row["id"], row["name"], dt.date.fromisoformat(row["day"]))


def _count_removed(store: Store, first: dt.date, last: dt.date) -> int:
    """Return how many contacts were removed, without removals that were undone."""
    start, end = dates.day_bounds(first, last, store.locale.zone)
    sql = (
        "SELECT count(*) FROM change h JOIN step s ON s.id = h.step_id WHERE h.tbl = 'contact' "
        "AND h.op = 'delete' AND s.kind <> 'undo' AND s.undone = 0 AND s.at BETWEEN :start AND :end"
    )
    return int(store.value(sql, start=start, end=end))
