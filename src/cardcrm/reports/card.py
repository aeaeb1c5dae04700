"""Read everything about one contact: its details, interactions, open reminders and sales.

There is one query for each table, and two round trips to a server. Sums come from the derived table
``contact_value``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.assets import card_assets
from cardcrm.records.assets.card_assets import CardAsset, CardContract
from cardcrm.records.contacts import attachments, cadence_rules, contacts
from cardcrm.records.contacts.attachments import Media
from cardcrm.records.contacts.cadence_rules import Rule, WantedTouch
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.contacts.contacts import Details
from cardcrm.records.deals import stored_deals
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.feedback import open_feedback
from cardcrm.records.feedback.open_feedback import OpenFeedback
from cardcrm.records.invoices import open_invoices
from cardcrm.records.invoices.open_invoices import OpenInvoice
from cardcrm.records.mail.absences import absence_query
from cardcrm.records.mail.consent_states import State, states_query
from cardcrm.records.partners.partnerships import Partnership, partnerships_query
from cardcrm.records.sales.sales import LINES, Sale, SaleLine, contact_query, to_line
from cardcrm.records.teamwork.open_claims import Claim, claims_query
from cardcrm.reports.leads import active_leads
from cardcrm.reports.leads.active_leads import ActiveLead
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of
from cardcrm.store.store import placeholders

if TYPE_CHECKING:
    from cardcrm.reports.conversion import Converted

NO_LIMIT = 2**62
_CHUNK = 500


class TimelineEntry(NamedTuple):
    """An interaction with its participants, as (id, name)."""

    interaction: Interaction
    participants: tuple[tuple[int, str], ...]


class SaleWithLines(NamedTuple):
    """A sale with its lines."""

    sale: Sale
    lines: tuple[SaleLine, ...]


class ContactValue(NamedTuple):
    """The sums of a contact's sales in one currency.

    Only sales above 0 are orders. ``average`` is revenue / orders, None without an order.
    ``margin`` is None if a cost is unknown. The sums of an organization include the sales of
    ``people`` contacts that belong to it.
    """

    revenue: Money
    margin: Money | None
    orders: int
    average: Money | None
    first: dt.date
    last: dt.date
    people: int


class Employee(NamedTuple):
    """A person who works at the organization."""

    id: int
    name: str
    title: str


class Job(NamedTuple):
    """A further or former job, seen from the person or from the organization.

    ``other_id`` and ``other`` name the organization or the person; ``start`` and ``end`` are as
    much of an ISO day as is known, "" if nothing is.
    """

    id: int
    title: str
    other_id: int
    other: str
    start: str
    end: str


class CardData(NamedTuple):
    """Everything about one contact.

    ``history`` and ``sales`` are newest first and may be limited; ``history_count`` (of the
    requested kind) and ``sales_count`` are the totals. The ``deals`` and ``invoices`` are open
    ones, the ``leads`` and the ``feedback`` the open ones, the ``claims`` and ``partnerships``
    those in force, and the ``consents`` the newest states. The ``assets`` are in use, and the
    ``contracts`` have not ended. ``away_until`` is the last day of an absence. ``values`` starts
    with the currency of the database; ``converted`` is their sum, if there are several and their
    rates are known. ``today`` is the local day of the reading, and ``region`` that of the database.
    """

    details: Details
    reminders: tuple[Reminder, ...]
    history: tuple[TimelineEntry, ...]
    history_count: int
    sales: tuple[SaleWithLines, ...]
    sales_count: int
    values: tuple[ContactValue, ...]
    jobs: tuple[Job, ...]
    media: tuple[Media, ...]
    vcard_lines: tuple[str, ...]
    converted: "Converted | None"
    touch: WantedTouch | None
    deals: tuple[Deal, ...]
    invoices: tuple[OpenInvoice, ...]
    leads: tuple[ActiveLead, ...]
    claims: tuple[Claim, ...]
    consents: tuple[State, ...]
    assets: tuple[CardAsset, ...]
    contracts: tuple[CardContract, ...]
    partnerships: tuple[Partnership, ...]
    feedback: tuple[OpenFeedback, ...]
    away_until: dt.date | None
    employees: tuple[Employee, ...]
    today: dt.date
    zone: str
    region: str


class CardHead(NamedTuple):
    """The part of a card from the first round trip; its ids lead to the rest."""

    details: Details
    reminders: tuple[Reminder, ...]
    history: Sequence[Interaction]
    history_count: int
    sales: Sequence[Sale]
    sales_count: int
    values: tuple[ContactValue, ...]
    jobs: tuple[Job, ...]
    media: tuple[Media, ...]
    vcard_lines: tuple[str, ...]
    converted: "Converted | None"
    touch: WantedTouch | None
    deals: tuple[Deal, ...]
    invoices: tuple[OpenInvoice, ...]
    leads: tuple[ActiveLead, ...]
    claims: tuple[Claim, ...]
    consents: tuple[State, ...]
    assets: tuple[CardAsset, ...]
    contracts: tuple[CardContract, ...]
    partnerships: tuple[Partnership, ...]
    feedback: tuple[OpenFeedback, ...]
    away_until: dt.date | None


def load_card(
    store: Store,
    contact_id: int,
    *,
    history: int = NO_LIMIT,
    kind: str = "",
    sales: int = NO_LIMIT,
) -> CardData:
    """Return everything about a contact. Raises NotFoundError.

    ``history`` and ``sales`` limit the interactions (of one kind, if given) and the sales.
    """
    head = load_card_head(store, contact_id, history=history, kind=kind, sales=sales)
    return assemble_card(store, head, store.fetch_many(build_detail_queries(head)))


def load_card_head(
    store: Store, contact_id: int, *, history: int, kind: str, sales: int
) -> CardHead:
    """Return the head of a card. Raises NotFoundError."""
    about = contacts.details_queries(contact_id)
    named = _name_queries(store, contact_id, history=history, kind=kind, sales=sales)
    results = store.fetch_many([*about, *named.values()])
    details = contacts.details_of(results[: len(about)])
    found = dict(zip(named, results[len(about) :], strict=True))
    rules = found.pop("rules")
    fields: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in found.items()
    }
    return CardHead(
        details=details,
        converted=_convert(store, contact_id, fields["values"]),
        touch=_find_touch(store, details.contact, rules),
        **fields,
    )


def _name_queries(
    store: Store, contact_id: int, *, history: int, kind: str, sales: int
) -> dict[str, Query[Any]]:
    """Return the queries for the fields of a head by their names, and that for all ``rules``."""
    today = dates.today(store.locale.zone)
    return {
        "reminders": reminders.open_query(contact_id),
        "history": interactions.timeline_query(contact_id, limit=history, kind=kind),
        "history_count": interactions.count_query(contact_id, kind=kind),
        "sales": contact_query(contact_id, sales),
        "sales_count": Query(
            "SELECT count(*) FROM sale WHERE contact_id = :id", {"id": contact_id}, count_of
        ),
        "values": _value_query(contact_id, store.locale.currency),
        "jobs": _jobs_query(contact_id),
        "media": attachments.media_query(contact_id),
        "vcard_lines": attachments.lines_query(contact_id),
        "rules": cadence_rules.list_query(),
        "deals": stored_deals.contact_query(contact_id),
        "invoices": open_invoices.contact_query(contact_id),
        "leads": active_leads.contact_query(contact_id),
        "claims": claims_query(contact_id, today),
        "consents": states_query(contact_id),
        "assets": card_assets.asset_query(contact_id),
        "contracts": card_assets.contract_query(contact_id),
        "partnerships": partnerships_query(contact_id, today),
        "feedback": open_feedback.contact_query(contact_id),
        "away_until": absence_query(contact_id, today),
    }


def _find_touch(store: Store, contact: Contact, rules: Sequence[Rule]) -> WantedTouch | None:
    """Return the touch that the cadence of a contact wants, its own one or that of a rule."""
    if contact.cadence_days is not None or not rules:
        return cadence_rules.own_touch(contact)
    from cardcrm.records.query_sql.cadences import find_touch

    return find_touch(store, contact.id, rules)


def _convert(store: Store, contact_id: int, values: Sequence[ContactValue]) -> "Converted | None":
    """Return the sum of a contact's sales in several currencies, if their rates are known."""
    if len(values) < 2:
        return None
    from cardcrm.reports.conversion import convert_sales

    return convert_sales(store, store.locale.currency, contact_id)


def build_detail_queries(head: CardHead) -> list[Query[Any]]:
    """Build the queries for participants, sale lines, and the employees of an organization."""
    queries = [
        *_participant_queries(head.history),
        *_line_queries(head.sales),
    ]
    contact = head.details.contact
    return [*queries, _employees_query(contact.id)] if contact.kind == "org" else queries


def assemble_card(store: Store, head: CardHead, rest: Sequence[Any]) -> CardData:
    """Return a card from its head and the results of `build_detail_queries`."""
    details, history, sales = head.details, head.history, head.sales
    ends = _count_chunks(history), _count_chunks(history) + _count_chunks(sales)
    participants = _group_by_id(rest[: ends[0]])
    lines = _group_by_id(rest[ends[0] : ends[1]])
    entries = (TimelineEntry(each, tuple(participants.get(each.id, ()))) for each in history)
    sold = (SaleWithLines(each, tuple(lines.get(each.id, ()))) for each in sales)
    return CardData(
        **head._asdict()
        | {
            "history": tuple(entries),
            "sales": tuple(sold),
            "employees": rest[ends[1]] if details.contact.kind == "org" else (),
            "today": dates.today(store.locale.zone),
            "zone": store.locale.zone,
            "region": store.locale.region,
        }
    )


def load_timeline(
    store: Store, contact_id: int, limit: int, kind: str = "", offset: int = 0
) -> tuple[TimelineEntry, ...]:
    """Return up to ``limit`` interactions (of a kind), newest first, after the first ``offset``."""
    found = interactions.timeline(store, contact_id, limit=limit, offset=offset, kind=kind)
    participants = _group_by_id(store.fetch_many(_participant_queries(found)))
    return tuple(TimelineEntry(each, tuple(participants.get(each.id, ()))) for each in found)


# The result of a query for a chunk of ids: pairs of an id and a value that belongs to it.
Pairs = list[tuple[int, Any]]


def _participant_queries(found: Sequence[Interaction]) -> list[Query[Pairs]]:
    """Build the queries for the participants of interactions."""
    return _build_chunk_queries(
        "SELECT p.interaction_id, c.id, c.name FROM participant p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.interaction_id IN ({}) ORDER BY p.id",
        [each.id for each in found],
        lambda rows: [(row[0], (row[1], row[2])) for row in rows],
    )


def _line_queries(sold: Sequence[Sale]) -> list[Query[Pairs]]:
    """Build the queries for the lines of sales."""
    return _build_chunk_queries(
        f"{LINES} WHERE l.sale_id IN ({{}}) ORDER BY l.id",
        [each.id for each in sold],
        lambda rows: [(row[0], to_line(row)) for row in rows],
    )


def _build_chunk_queries(
    sql: str, ids: Sequence[int], parse: Callable[[list[Row]], Pairs]
) -> list[Query[Pairs]]:
    """Build one query for each chunk of ids, which replace ``{}`` in the SQL."""
    chunks = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    marked = (placeholders(chunk, "i") for chunk in chunks)
    return [Query(sql.format(marks), params, parse) for marks, params in marked]


def _count_chunks(things: Sequence[Any]) -> int:
    return -(-len(things) // _CHUNK)


def _group_by_id(chunks: Iterable[Pairs]) -> dict[int, list[Any]]:
    """Return the values that belong to each id."""
    groups: dict[int, list[Any]] = {}
    for id_, each in chain.from_iterable(chunks):
        groups.setdefault(id_, []).append(each)
    return groups


def _value_query(contact_id: int, currency: str) -> Query[tuple[ContactValue, ...]]:
    """Build the query for the sums of a contact's sales, those in ``currency`` first."""
    return Query(
        "SELECT currency, revenue, margin, orders, days, first_on, last_on, people "
        "FROM contact_value WHERE contact_id = :id AND total = 1 "
        "ORDER BY CASE WHEN currency = :own THEN 0 ELSE 1 END, revenue DESC, currency",
        {"id": contact_id, "own": currency},
        lambda rows: tuple(map(_to_contact_value, rows)),
    )


def _to_contact_value(row: Row) -> ContactValue:
    return ContactValue(
        Money(row["revenue"], row["currency"]),
        None if row["margin"] is None else Money(row["margin"], row["currency"]),
        row["orders"],
        average_order(row["revenue"], row["orders"], row["currency"]),
        dt.date.fromisoformat(row["first_on"]),
        dt.date.fromisoformat(row["last_on"]),
        row["people"],
    )


def _jobs_query(contact_id: int) -> Query[tuple[Job, ...]]:
    """Build the query for the jobs of a person, or for those at an organization, newest first."""
    return Query(
        "SELECT j.id, j.title, c.id, c.name, coalesce(j.from_on, ''), coalesce(j.to_on, '') "
        "FROM job j JOIN contact c ON c.id = CASE WHEN j.contact_id = :id THEN j.org_id "
        "ELSE j.contact_id END WHERE j.contact_id = :id OR j.org_id = :id "
        "ORDER BY coalesce(j.to_on, '9') DESC, j.from_on DESC, j.id DESC",
        {"id": contact_id},
        lambda rows: tuple(Job(*row) for row in rows),
    )


def _employees_query(org_id: int) -> Query[tuple[Employee, ...]]:
    """Build the query for the people who work at an organization."""
    return Query(
        "SELECT id, name, title FROM contact WHERE org_id = :id ORDER BY sort_key, id",
        {"id": org_id},
        lambda rows: tuple(Employee(row[0], row[1], row[2]) for row in rows),
    )


def average_order(revenue: int, orders: int, currency: str) -> Money | None:
    """Return revenue / orders, halves rounded away from zero; None without an order."""
    if not orders:
        return None
    size = (2 * abs(revenue) + orders) // (2 * orders)
    return Money(size if revenue >= 0 else -size, currency)
