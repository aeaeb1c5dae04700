"""The stored lines of a sale, of a deal, or of anything else that consists of products."""

from typing import Final, NamedTuple

from cardcrm.money import Money
from cardcrm.records.fields import read_price, split_price
from cardcrm.records.sales import products
from cardcrm.records.sales.sale_lines import SaleLine, SaleTotals
from cardcrm.store import Store
from cardcrm.store.engine import Row


class LineTable(NamedTuple):
    """A table of lines: its name, that of the table of their wholes, and the column of these."""

    name: str
    whole: str
    parent: str

    @property
    def select(self) -> str:
        """The lines ``l`` with the currency of their wholes ``w``; see `to_line`."""
        return (
            f"SELECT l.{self.parent}, p.name, l.quantity, l.price, l.price_rest, l.cost, "
            "l.cost_rest, l.discount, l.amount, l.tax_rate, l.tax, w.currency "
            f"FROM {self.name} l JOIN {self.whole} w ON w.id = l.{self.parent} "
            "JOIN product p ON p.id = l.product_id"
        )


SALE_LINES: Final = LineTable("sale_line", "sale", "sale_id")
DEAL_LINES: Final = LineTable("deal_line", "deal", "deal_id")
QUOTE_LINES: Final = LineTable("quote_line", "quote", "quote_id")


def lines_of(store: Store, table: LineTable, whole_id: int) -> list[SaleLine]:
    """Return the lines of a whole in their order."""
    sql = f"{table.select} WHERE l.{table.parent} = :id ORDER BY l.id"
    return [to_line(row) for row in store.rows(sql, id=whole_id)]


def to_line(row: Row) -> SaleLine:
    """Return a row of `LineTable.select` as a line."""
    price, tax = read_price(row, "price"), row["tax"]
    assert price is not None
    return SaleLine(
        row["name"],
        row["quantity"],
        price,
        read_price(row, "cost"),
        row["discount"],
        Money(row["amount"], row["currency"]),
        row["tax_rate"],
        None if tax is None else Money(tax, row["currency"]),
    )


def insert_lines(store: Store, table: LineTable, whole_id: int, totals: SaleTotals) -> None:
    """Add the lines of a new whole; products that the catalog lacks are added to it."""
    for line in totals.lines:
        columns = line_columns(store, line, totals.sign)
        store.insert(table.name, **{table.parent: whole_id}, **columns)


def write_lines(store: Store, table: LineTable, whole_id: int, totals: SaleTotals) -> None:
    """Write lines in place of those that a whole has; an unchanged line is not written."""
    rows = [line_columns(store, line, totals.sign) for line in totals.lines]
    sql = f"SELECT id FROM {table.name} WHERE {table.parent} = :id ORDER BY id"
    known = store.rows(sql, id=whole_id)
    for line, row in zip(known, rows, strict=False):
        store.update(table.name, line["id"], **row)
    for line in known[len(rows) :]:
        store.delete(table.name, line["id"])
    for row in rows[len(known) :]:
        store.insert(table.name, **{table.parent: whole_id}, **row)


def line_columns(store: Store, line: SaleLine, sign: int) -> dict[str, int | None]:
    """Return the columns of a line; in a refund ``sign`` is -1."""
    product = products.find(store, line.product) or products.add(store, line.product)
    return {
        "product_id": product.id,
        "quantity": sign * line.quantity,
        **split_price("price", line.price),
        **split_price("cost", line.cost),
        "discount": line.discount,
        "amount": sign * line.amount.minor,
        "tax_rate": line.tax_rate,
        "tax": sign * line.tax.minor if line.tax else None,
    }
