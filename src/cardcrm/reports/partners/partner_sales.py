"""Find the sales that partners brought, each with its commission.

A sale counts for one partner at most, by the first of these that holds:

1. the deal that became the sale names a partner;
2. a partner had registered the customer or its firm, and the protection was in force on the day of
   the sale; of several, the one registered first;
3. the customer, or else its firm, was referred by a partner: the relation ``referred by``, the one
   entered first.

The firm of a person is the organization where the person works, with all who work there: first the
organization itself, then its people by their numbers.

It counts if an agreement with the partner was in force on the day of the sale. A refund follows the
newest earlier sale to the same customer of at least its amount, or else the newest earlier sale: it
counts for the partner of that sale, at the rate of that sale.

The base of a commission is the amount without tax, as far as the tax is known. The commission of a
sale is base × rate, rounded to a minor unit, halves away from zero; a sum is that of rounded ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from cardcrm.money import divide_half_up
from cardcrm.records.contacts.contact_queries import REFERRED_BY
from cardcrm.records.partners.partner_rules import Agreement, find_active, list_agreements
from cardcrm.store import Store

ALL: Final = 100_000  # thousandths of a percent
DEAL, REGISTRATION, REFERRAL, REFUND = "deal", "registration", "referral", "refund"


class PartnerSale(NamedTuple):
    """A sale that a partner brought, in minor units; ``rate`` is in thousandths of a percent.

    ``reason`` says why it counts: deal, registration, referral or refund.
    """

    id: int
    on_date: str
    contact_id: int
    amount: int
    tax: int
    cost: int | None
    deal_id: int | None
    partner_id: int
    rate: int
    reason: str

    @property
    def base(self) -> int:
        """The amount without its tax."""
        return self.amount - self.tax

    @property
    def commission(self) -> int:
        """The commission in minor units."""
        return divide_half_up(self.base * self.rate, ALL)


class _Sale(NamedTuple):
    id: int
    on_date: str
    contact_id: int
    firm_id: int
    amount: int
    tax: int
    cost: int | None
    deal_id: int | None
    deal_partner: int | None


class _Protection(NamedTuple):
    partner_id: int
    on_date: str
    until_on: str


class _Facts(NamedTuple):
    """The facts that decide for whom a sale counts, by ids of partners, contacts and firms."""

    agreements: Mapping[int, Sequence[Agreement]]
    protections: Mapping[int, Sequence[_Protection]]
    referrers: Mapping[int, int]
    firm_referrers: Mapping[int, int]


def read_partner_sales(
    store: Store, currency: str, *, until: str = "", since: str = "", partner_id: int | None = None
) -> list[PartnerSale]:
    """Return the sales in a currency that partners brought, the oldest first.

    ``since`` and ``until`` are ISO days, both included. Those of one partner can be selected.
    """
    facts = _read_facts(store)
    wanted = (
        each
        for each in _assign(_read_sales(store, currency, until), facts)
        if each.on_date >= since and partner_id in (None, each.partner_id)
    )
    return sorted(wanted, key=lambda each: (each.on_date, each.id))


def _read_facts(store: Store) -> _Facts:
    agreements: dict[int, list[Agreement]] = defaultdict(list)
    for each in list_agreements(store):
        agreements[each.contact_id].append(each)
    protections: dict[int, list[_Protection]] = defaultdict(list)
    sql = (
        f"SELECT {_FIRM} AS firm_id, r.partner_id, r.on_date, r.until_on FROM registration r "
        "JOIN contact c ON c.id = r.contact_id ORDER BY r.on_date, r.id"
    )
    for row in store.rows(sql):
        protections[row[0]].append(_Protection(row[1], row[2], row[3]))
    return _Facts(agreements, protections, *_read_referrers(store))


def _read_referrers(store: Store) -> tuple[dict[int, int], dict[int, int]]:
    """Return the partners who referred contacts, and those who referred firms."""
    sql = (
        f"SELECT r.contact_id, r.other_id, {_FIRM} AS firm_id FROM relation r "
        "JOIN contact c ON c.id = r.contact_id WHERE r.kind = :kind AND r.other_id IN "
        "(SELECT contact_id FROM partner) "
        "ORDER BY CASE WHEN c.kind = 'org' THEN 0 ELSE 1 END, r.contact_id, r.id"
    )
    contacts: dict[int, int] = {}
    firms: dict[int, int] = {}
    for contact_id, partner_id, firm_id in store.rows(sql, kind=REFERRED_BY):
        contacts.setdefault(contact_id, partner_id)
        firms.setdefault(firm_id, partner_id)
    return contacts, firms


_FIRM: Final = "CASE WHEN c.kind = 'org' OR c.org_id IS NULL THEN c.id ELSE c.org_id END"
# The contacts whose sales may count: those of deals with a partner, and the firms of those who are
# registered or referred.
_BROUGHT: Final = (
    f"SELECT {_FIRM} FROM contact c WHERE c.id IN (SELECT contact_id FROM registration "
    "UNION SELECT r.contact_id FROM relation r WHERE r.kind = :kind "
    "AND r.other_id IN (SELECT contact_id FROM partner))"
)
_CUSTOMERS: Final = (
    "SELECT x.contact_id FROM deal d JOIN sale x ON x.id = d.sale_id "
    f"WHERE d.partner_id IS NOT NULL UNION SELECT m.id FROM contact m WHERE m.id IN ({_BROUGHT}) "
    f"UNION SELECT m.id FROM contact m WHERE m.kind = 'person' AND m.org_id IN ({_BROUGHT})"
)


def _read_sales(store: Store, currency: str, until: str) -> Iterator[_Sale]:
    """Yield the sales to the contacts that partners may have brought, by contact and day."""
    condition = " AND s.on_date <= :until" if until else ""
    params: dict[str, Any] = {"currency": currency, "kind": REFERRED_BY}
    rows = store.stream(
        f"SELECT s.id, s.on_date, s.contact_id, {_FIRM} AS firm_id, s.amount, "
        "coalesce(s.tax, 0), s.cost, d.id, d.partner_id FROM sale s "
        "JOIN contact c ON c.id = s.contact_id "
        "LEFT JOIN deal d ON d.id = (SELECT min(y.id) FROM deal y WHERE y.sale_id = s.id) "
        f"WHERE s.currency = :currency AND s.contact_id IN ({_CUSTOMERS}){condition} "
        "ORDER BY s.contact_id, s.on_date, s.id",
        params | ({"until": until} if until else {}),
    )
    return (_Sale(*row) for row in rows)


def _assign(sales: Iterable[_Sale], facts: _Facts) -> Iterator[PartnerSale]:
    """Yield the sales that count for a partner; they come by contact and day."""
    for _, group in groupby(sales, key=lambda each: each.contact_id):
        bought: list[tuple[_Sale, PartnerSale | None]] = []
        for sale in group:
            found = _follow(sale, bought) if sale.amount < 0 else _find(sale, facts)
            if sale.amount > 0:
                bought.append((sale, found))
            if found is not None:
                yield found


def _find(sale: _Sale, facts: _Facts) -> PartnerSale | None:
    """Return a sale with its partner; None if it counts for none."""
    partner_id, reason = _name_partner(sale, facts)
    agreement = find_active(facts.agreements.get(partner_id, ()), sale.on_date)
    return None if agreement is None else _build(sale, partner_id, agreement.commission, reason)


def _name_partner(sale: _Sale, facts: _Facts) -> tuple[int, str]:
    """Return the partner whom a sale counts for and why; the id is 0 without one."""
    if sale.deal_partner is not None:
        return sale.deal_partner, DEAL
    held = (
        each
        for each in facts.protections.get(sale.firm_id, ())
        if each.on_date <= sale.on_date <= each.until_on
    )
    first = next(held, None)
    if first is not None:
        return first.partner_id, REGISTRATION
    by_firm = facts.firm_referrers.get(sale.firm_id, 0)
    return facts.referrers.get(sale.contact_id, by_firm), REFERRAL


def _follow(
    refund: _Sale, bought: Sequence[tuple[_Sale, PartnerSale | None]]
) -> PartnerSale | None:
    """Return a refund with the partner and the rate of the sale that it follows."""
    newest = list(reversed(bought))
    whole = (each for each in newest if each[0].amount >= -refund.amount)
    _, original = next(whole, newest[0] if newest else (None, None))
    if original is None:
        return None
    return _build(refund, original.partner_id, original.rate, REFUND)


def _build(sale: _Sale, partner_id: int, rate: int, reason: str) -> PartnerSale:
    return PartnerSale(
        sale.id, sale.on_date, sale.contact_id, sale.amount, sale.tax, sale.cost, sale.deal_id,
        partner_id, rate, reason,
    )  # fmt: skip


def sum_payouts(store: Store, currency: str, until: str) -> dict[int, int]:
    """Return what was paid to each partner up to an ISO day, in minor units."""
    sql = (
        "SELECT p.contact_id, CAST(sum(o.amount) AS BIGINT) FROM payout o "
        "JOIN partner p ON p.id = o.partner_id "
        "WHERE o.currency = :currency AND o.on_date <= :until GROUP BY p.contact_id"
    )
    return {row[0]: row[1] for row in store.rows(sql, currency=currency, until=until)}
