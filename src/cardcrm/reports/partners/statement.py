"""State the commission of a partner in some days: what was earned, what was paid, what is open.

    unpaid at the end = unpaid at the beginning + earned - paid

The unpaid amount at the beginning is what was earned before minus what was paid before. A negative
amount is what the partner owes, after refunds of sales whose commission was paid.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.reports.contact_names import read_names
from cardcrm.reports.partners.partner_sales import PartnerSale, read_partner_sales
from cardcrm.store import Store

ROUNDING = (
    "commission: rate × amount without known tax, rounded for each sale to a minor unit, halves "
    "away from zero; a refund counts at the rate of its sale"
)


class StatedSale(NamedTuple):
    """A sale of a statement with the name of its customer."""

    sale: PartnerSale
    contact: str


class Payout(NamedTuple):
    """A payment of commission; the amount is in minor units."""

    id: int
    on_date: str
    amount: int
    text: str


class Statement(NamedTuple):
    """The statement of a partner, in minor units of the currency.

    ``opening`` is the unpaid commission at the beginning. Without a first day it is 0.
    """

    currency: str
    since: dt.date | None
    until: dt.date
    opening: int
    sales: tuple[StatedSale, ...]
    payouts: tuple[Payout, ...]

    @property
    def revenue(self) -> Money:
        """The amount of the sales, refunds subtracted."""
        return self._money(each.sale.amount for each in self.sales)

    @property
    def earned(self) -> Money:
        """The commission of the sales."""
        return self._money(each.sale.commission for each in self.sales)

    @property
    def paid(self) -> Money:
        """The sum of the payouts."""
        return self._money(each.amount for each in self.payouts)

    @property
    def unpaid(self) -> Money:
        """The commission that is open at the end."""
        return self._money((self.opening, self.earned.minor, -self.paid.minor))

    def _money(self, amounts: Iterable[int]) -> Money:
        return Money(sum(amounts), self.currency)


def build_statement(
    store: Store, partner_id: int, currency: str, since: dt.date | None, until: dt.date
) -> Statement:
    """Return the statement of a partner in a currency, from the first to the last day."""
    sales = read_partner_sales(store, currency, until=str(until), partner_id=partner_id)
    payouts = _read_payouts(store, partner_id, currency, str(until))
    first = str(since or dt.date.min)
    earlier = [each for each in sales if each.on_date < first]
    paid_before = sum(each.amount for each in payouts if each.on_date < first)
    current = [each for each in sales if each.on_date >= first]
    names = read_names(store, {each.contact_id for each in current})
    return Statement(
        currency,
        since,
        until,
        sum(each.commission for each in earlier) - paid_before,
        tuple(StatedSale(each, names[each.contact_id]) for each in current),
        tuple(each for each in payouts if each.on_date >= first),
    )


def _read_payouts(store: Store, partner_id: int, currency: str, until: str) -> Sequence[Payout]:
    sql = (
        "SELECT o.id, o.on_date, o.amount, o.text FROM payout o JOIN partner p "
        "ON p.id = o.partner_id WHERE p.contact_id = :partner AND o.currency = :currency "
        "AND o.on_date <= :until ORDER BY o.on_date, o.id"
    )
    rows = store.rows(sql, partner=partner_id, currency=currency, until=until)
    return [Payout(*row) for row in rows]


def compute_unpaid(store: Store, partner_id: int, currency: str, until: dt.date) -> Money:
    """Return the commission that is open at the end of a day."""
    return build_statement(store, partner_id, currency, None, until).unpaid
