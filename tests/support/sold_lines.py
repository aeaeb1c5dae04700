"""Sales with lines for tests of reports about products, as plain data and in a database."""

import datetime as dt
from typing import NamedTuple

from hypothesis import strategies as st

from cardcrm.money import divide_half_up
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import Store

TODAY = dt.date(2026, 11, 21)


class Line(NamedTuple):
    """A line: its product by number, thousandths, unit price and cost in ten-thousandths."""

    product: int
    quantity: int = 1000
    price: int = 10_000_000
    cost: int | None = None
    discount: int = 0  # thousandths of a percent

    @property
    def amount(self) -> int:
        """The amount paid, in minor units."""
        return divide_half_up(self.price * self.quantity * (100_000 - self.discount), 10**12)

    @property
    def list_amount(self) -> int:
        """The amount without the discount."""
        return divide_half_up(self.price * self.quantity, 10**7)

    @property
    def spent(self) -> int | None:
        """The cost of all of it."""
        return None if self.cost is None else divide_half_up(self.cost * self.quantity, 10**7)


class Sold(NamedTuple):
    """A sale: customer by number, days before today, lines; a refund returns the lines."""

    who: int
    days: int
    lines: tuple[Line, ...] = ()
    refund: bool = False
    currency: str = "EUR"
    bare: int = 0  # the amount of a sale without lines
    bare_cost: int | None = None

    @property
    def sign(self) -> int:
        """-1 for a refund, else 1."""
        return -1 if self.refund else 1

    @property
    def day(self) -> dt.date:
        """The day of the sale."""
        return TODAY - dt.timedelta(days=self.days)

    @property
    def amount(self) -> int:
        """The amount paid, negative in a refund."""
        return self.sign * (sum(each.amount for each in self.lines) if self.lines else self.bare)

    @property
    def cost(self) -> int | None:
        """The cost, None if that of a line is unknown."""
        if not self.lines:
            return None if self.bare_cost is None else self.sign * self.bare_cost
        costs = [each.spent for each in self.lines]
        known = [each for each in costs if each is not None]
        return self.sign * sum(known) if len(known) == len(costs) else None


def fill(store: Store, sold: list[Sold], products: int = 6, **more: object) -> None:
    """Write sales of customers and products that are numbered from 1, like their ids."""
    with store.transaction("test"):
        for number in range(1, max((each.who for each in sold), default=0) + 1):
            added = contacts.add(store, ContactDraft(name=f"Customer {number}"))
            assert added.id == number
        for number in range(1, products + 1):
            name = f"Product {number}"
            store.insert("product", name=name, name_key=name.lower(), currency="EUR")
        for number, each in enumerate(sold, 1):
            add_sale(store, number, each)


def add_sale(store: Store, number: int, each: Sold) -> int:
    """Write one sale, inside a transaction; return its id."""
    sale_id = store.insert(
        "sale", uid=f"sale-{number}", contact_id=each.who, on_date=each.day.isoformat(),
        currency=each.currency, amount=each.amount, cost=each.cost, text="x",
        created_at=f"{each.day}T09:00:00Z",
    )  # fmt: skip
    for line in each.lines:
        price, price_rest = divmod(line.price, 10_000)
        cost, cost_rest = (None, 0) if line.cost is None else divmod(line.cost, 10_000)
        store.insert(
            "sale_line", sale_id=sale_id, product_id=line.product,
            quantity=each.sign * line.quantity, price=price, price_rest=price_rest, cost=cost,
            cost_rest=cost_rest, discount=line.discount, amount=each.sign * line.amount,
        )  # fmt: skip
    return sale_id


LINES = st.builds(
    Line,
    product=st.integers(1, 6),
    quantity=st.sampled_from([1, 333, 1000, 1000, 2000, 2500, 12_000]),
    price=st.integers(0, 90_000_000),
    cost=st.none() | st.integers(0, 60_000_000),
    discount=st.sampled_from([0, 0, 10_000, 33_333, 100_000]),
)
SALES = st.lists(
    st.builds(
        Sold,
        who=st.integers(1, 5),
        days=st.integers(-3, 800),
        lines=st.lists(LINES, max_size=4).map(tuple),
        refund=st.integers(0, 5).map(lambda each: each == 0),
        currency=st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
        bare=st.integers(0, 9000),
        bare_cost=st.none() | st.integers(0, 5000),
    ),
    max_size=30,
)
