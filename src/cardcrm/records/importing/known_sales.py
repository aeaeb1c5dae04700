"""Find the sales that a database has, among them those that a batch is about to add."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.records.importing.derived_uids import is_derived
from cardcrm.records.importing.history_drafts import SaleDraft
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_COLUMNS: Final = (
    "id, uid, contact_id, on_date, currency, amount, cost, fee, text, ref, payment_ref, "
    "channel, tax, tax_rate, promotion_id"
)
_COUNT: Final = len(_COLUMNS.split(", "))


class KnownSale(NamedTuple):
    """A sale of the database, or one that is about to be stored: the columns of `_COLUMNS`.

    ``at`` is its place among the new ones, or -1.
    """

    id: int
    uid: str
    contact_id: int
    on_date: str
    currency: str
    amount: int
    cost: int | None
    fee: int | None
    text: str
    ref: str | None
    payment_ref: str | None
    channel: str = ""
    tax: int | None = None
    tax_rate: int | None = None
    promotion_id: int | None = None
    at: int = -1

    @property
    def is_new(self) -> bool:
        """Return whether the file has brought it."""
        return self.at >= 0


class KnownSales:
    """The sales that the drafts of a batch may be, by each of their ids.

    An index has the number of a stored sale, or -1 minus the place of one in ``new``, the rows that
    are to be added, whose columns begin with those of a `KnownSale`.
    """

    def __init__(self, store: Store, new: Sequence[tuple[Any, ...]]) -> None:
        self.store, self.new = store, new
        self.stored: dict[int, KnownSale] = {}
        self.by_uid: dict[str, int] = {}
        self.by_ref: dict[str, int] = {}
        self.by_payment: dict[str, int] = {}

    def read(self, drafts: Sequence[SaleDraft], uids: Iterable[str]) -> None:
        """Read the stored sales that have an id of a draft."""
        refs = {draft.ref for draft in drafts}
        payments = {each for draft in drafts for each in (*draft.related, draft.payment_ref)}
        ids = {draft.key.partition(":")[2] for draft in drafts if draft.is_payment}
        self.remember(self._select("uid", uids))
        numbers = {f"{sign}{each.removeprefix('#')}" for each in payments for sign in ("", "#")}
        numbers |= {f"{each} refund" for each in numbers}
        self.remember(self._select("ref", refs | payments | ids | numbers))
        self.remember(self._select("payment_ref", payments | ids))

    def _select(self, column: str, values: Iterable[str]) -> Iterator[KnownSale]:
        sql = f"SELECT {_COLUMNS} FROM sale WHERE {column} IN ({{}})"
        for marks, params in chunks({each for each in values if each}):
            yield from (KnownSale(*row) for row in self.store.rows(sql.format(marks), **params))

    def remember(self, found: Iterable[KnownSale]) -> None:
        """Put stored sales into the indexes."""
        for sale in found:
            self.stored[sale.id] = sale
            self.by_uid[sale.uid] = sale.id
            if sale.ref:
                self.by_ref[sale.ref] = sale.id
            if sale.payment_ref:
                self.by_payment[sale.payment_ref] = sale.id

    def get(self, index: dict[str, int], key: str | None) -> KnownSale | None:
        """Return the sale that an index has for a key."""
        number = index.get(key) if key else None
        if number is None:
            return None
        if number >= 0:
            return self.stored[number]
        at = -1 - number
        return KnownSale(*(*self.new[at][:_COUNT], at))

    def read_lines(self) -> dict[int, list[tuple[Any, ...]]]:
        """Return the lines of the stored sales: product, quantity, price in parts, amount."""
        found: dict[int, list[tuple[Any, ...]]] = {}
        sql = (
            "SELECT l.sale_id, p.name_key, l.quantity, l.price * 10000 + l.price_rest, l.amount "
            "FROM sale_line l JOIN product p ON p.id = l.product_id WHERE l.sale_id IN ({}) "
            "ORDER BY l.id"
        )
        for marks, params in chunks(set(self.stored)):
            for row in self.store.rows(sql.format(marks), **params):
                found.setdefault(row[0], []).append(tuple(row)[1:])
        return found

    def find_order(self, draft: SaleDraft) -> KnownSale | None:
        """Return the order that a payment is for: by the payment's ids, or by its number.

        A refund is that of an order if the order's refund is known.
        """
        own = draft.key.partition(":")[2]
        for each in (own, draft.payment_ref, *draft.related):
            order = self.get(self.by_payment, each)
            if order is not None and (order.amount < 0) == (draft.amount < 0):
                return order
        end = " refund" if draft.amount < 0 else ""
        for each in draft.related:
            for ref in (each, f"#{each}", each.removeprefix("#")):
                order = self.get(self.by_ref, f"{ref}{end}")
                if order is not None and _may_be_paid_by(order, draft):
                    return order
        return None


def is_same_sale(known: KnownSale, draft: SaleDraft, contact_id: int) -> bool:
    """Return whether a sale of the same reference is the one of a draft of a program.

    A sale that has a key of its own in a program is another one.
    """
    if is_derived(known.uid):
        return False
    is_alike = known.amount == draft.amount or known.on_date == draft.on_date
    return is_alike and (known.contact_id, known.currency) == (contact_id, draft.currency)


def _may_be_paid_by(order: KnownSale, draft: SaleDraft) -> bool:
    """Return whether a payment may be of an order of the number that it names."""
    is_same_way = (order.amount < 0) == (draft.amount < 0)
    fits = 0 < abs(draft.amount) <= abs(order.amount)
    return is_same_way and fits and order.currency == draft.currency
