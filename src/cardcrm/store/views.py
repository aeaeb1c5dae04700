"""The SQL views of both engines, for programs that read the database themselves.

The tables hold money in minor units and quantities in thousandths; the views show decimal numbers,
and names in place of ids. No table and no command reads them: a migration drops them first, as they
would keep the engine from changing a column, and creates them at its end.
"""

from collections.abc import Sequence

from cardcrm.currencies import DECIMALS

_UNIT_DECIMALS = 4  # further decimals of a unit price


def _currencies(decimals: int) -> str:
    """Return the currencies with a number of decimals, as SQL."""
    return ", ".join(f"'{code}'" for code, each in DECIMALS.items() if each == decimals)


def _money(amount: str, currency: str, *, further: int = 0) -> str:
    """Return SQL for an amount with ``further`` decimals than the minor unit, as a decimal."""
    cases = "".join(
        f" WHEN {currency} IN ({_currencies(decimals)}) THEN "
        f"round(CAST({amount} AS {{decimal}}) / {10 ** (decimals + further)}, {decimals + further})"
        for decimals in (0, 3)
    )
    usual = f"round(CAST({amount} AS {{decimal}}) / {10 ** (2 + further)}, {2 + further})"
    return f"CAST(CASE{cases} ELSE {usual} END AS {{decimal}})"


def _unit_price(column: str, alias: str, currency: str) -> str:
    """Return SQL for a unit price, whose ten-thousandths of a minor unit have their own column."""
    parts = f"{alias}.{column} * 10000 + {alias}.{column}_rest"
    return _money(f"({parts})", currency, further=_UNIT_DECIMALS)


def _thousandths(column: str) -> str:
    return f"CAST(round(CAST({column} AS {{decimal}}) / 1000, 3) AS {{decimal}})"


def _first(table: str, column: str, where: str = "", order: str = "x.id") -> str:
    """Return SQL for the value in the first row of a part of the contact ``c``."""
    also = f" AND {where}" if where else ""
    return (
        f"(SELECT x.{column} FROM {table} x WHERE x.contact_id = c.id{also} "
        f"ORDER BY {order} LIMIT 1)"
    )


def _point(kind: str) -> str:
    return _first("point", "value", f"x.kind = '{kind}'", "x.invalid, x.id")


VIEWS: dict[str, str] = {
    "contacts": f"""
SELECT c.id, c.uid, c.kind, c.name, o.name AS organization, c.title, c.stage, c.source, c.owner,
  {_point("email")} AS email,
  {_point("phone")} AS phone,
  {_first("address", "city")} AS city,
  {_first("address", "country")} AS country,
  (SELECT {{join}}(t.shown, ' ') FROM
    (SELECT CASE WHEN written = '' THEN name ELSE written END AS shown FROM tag
     WHERE contact_id = c.id ORDER BY name) t) AS tags,
  c.status, c.cadence_days, c.touch_by, c.last_on, c.note, c.created_at, c.updated_at
FROM contact c LEFT JOIN contact o ON o.id = c.org_id""",
    "interactions": """
SELECT i.id, p.contact_id, c.name AS contact, i.kind, i.direction, i.on_date, i.at, i.minutes,
  i.outcome, i.text, i.author
FROM interaction i JOIN participant p ON p.interaction_id = i.id
JOIN contact c ON c.id = p.contact_id""",
    "reminders": """
SELECT r.id, r.contact_id, c.name AS contact, r.text, r.due_on, r.due_at, r.rule, r.promise,
  r.priority, r.owner, r.done_at
FROM reminder r LEFT JOIN contact c ON c.id = r.contact_id""",
    "sales": f"""
SELECT s.id, s.contact_id, c.name AS contact, s.on_date, s.currency,
  {_money("s.amount", "s.currency")} AS amount,
  {_money("s.cost", "s.currency")} AS cost,
  {_money("s.tax", "s.currency")} AS tax,
  {_money("s.amount - s.tax", "s.currency")} AS net,
  s.channel,
  s.text, s.ref, s.author
FROM sale s JOIN contact c ON c.id = s.contact_id""",
    "timeline": f"""
SELECT p.contact_id, c.name AS contact, i.on_date, i.at, 'interaction' AS noun, i.id, i.kind,
  i.text, NULL AS currency, CAST(NULL AS {{decimal}}) AS amount
FROM interaction i JOIN participant p ON p.interaction_id = i.id
JOIN contact c ON c.id = p.contact_id
UNION ALL
SELECT r.contact_id, c.name, r.due_on, r.due_at, 'reminder', r.id,
  CASE WHEN r.done_at IS NULL THEN 'open' ELSE 'done' END, r.text, NULL, NULL
FROM reminder r LEFT JOIN contact c ON c.id = r.contact_id
UNION ALL
SELECT s.contact_id, c.name, s.on_date, NULL, 'sale', s.id,
  CASE WHEN s.amount < 0 THEN 'refund' ELSE 'sale' END, s.text, s.currency,
  {_money("s.amount", "s.currency")}
FROM sale s JOIN contact c ON c.id = s.contact_id""",
    "sale_lines": f"""
SELECT l.id, l.sale_id, s.contact_id, s.on_date, l.product_id, p.name AS product,
  {_thousandths("l.quantity")} AS quantity,
  s.currency,
  {_unit_price("price", "l", "s.currency")} AS price,
  {_unit_price("cost", "l", "s.currency")} AS cost,
  {_thousandths("l.discount")} AS discount_percent,
  {_money("l.amount", "s.currency")} AS amount,
  {_thousandths("l.tax_rate")} AS tax_percent,
  {_money("l.tax", "s.currency")} AS tax
FROM sale_line l JOIN sale s ON s.id = l.sale_id JOIN product p ON p.id = l.product_id""",
    "products": f"""
SELECT p.id, p.name, p.sku, p.category, p.currency,
  {_unit_price("price", "p", "p.currency")} AS price,
  {_unit_price("cost", "p", "p.currency")} AS cost,
  {_thousandths("p.tax_rate")} AS tax_percent,
  p.retired
FROM product p""",
    "contact_values": f"""
SELECT v.contact_id, c.name AS contact, v.currency, v.own, v.total,
  {_money("v.revenue", "v.currency")} AS revenue,
  {_money("v.margin", "v.currency")} AS margin,
  v.orders, v.days, v.first_on, v.last_on, v.people
FROM contact_value v JOIN contact c ON c.id = v.contact_id""",
}


# The names of the views before version 4.
_FORMER = (
    "contact_view", "interaction_view", "reminder_view", "sale_view", "sale_line_view",
    "product_view", "contact_value_view",
)  # fmt: skip


def drop_statements() -> Sequence[str]:
    """Return the statements that drop the views, where they exist."""
    return [f"DROP VIEW IF EXISTS {name}" for name in (*VIEWS, *_FORMER)]


def create_statements(*, decimal: str, join: str) -> Sequence[str]:
    """Return the statements that create the views, with the engine's words filled in.

    ``decimal`` is the type of decimal numbers, ``join`` the aggregate that joins texts.
    """
    return [
        f"CREATE VIEW {name} AS{query.format(decimal=decimal, join=join)}"
        for name, query in VIEWS.items()
    ]
