"""The fields by which contacts are filtered, listed and sorted.

Most are those of the declaration of contacts and of their parts. Those in `_COMPUTED` come from
other tables.
"""

from collections.abc import Iterator
from typing import NamedTuple

from cardcrm.records.contacts.contact_derived import WRITTEN_TAG
from cardcrm.records.contacts.contact_field_types import Point, YearlyDay
from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.records.fields import Choice, Day, Field, Integer, Number, Text, User
from cardcrm.records.mail.consent_status import GIVEN, NEWEST
from cardcrm.records.places.locations import ACCURACIES


class MoneySum(Integer):
    """A sum over the sales of a contact, in the default currency unless another is named."""

    __slots__ = ()


class MoneyText(Integer):
    """A custom field of money, stored as the text that people read."""

    __slots__ = ()


class Tags(Text):
    """The tags of a contact, joined by spaces."""

    __slots__ = ()


class Standing(Field):
    """The RFM standing of a contact, whose column is built with the boundaries of the scores."""

    __slots__ = ()


class Kilometers(Number):
    """A distance, whose column is built with the place of the query; stored as a chord's square."""

    __slots__ = ()


class QueryField(NamedTuple):
    """A field of contacts in queries and lists.

    Its ``field`` is a column of the contact ``c``, or of the rows ``x`` of a ``table`` that meet a
    condition ``where``. ``listed`` is SQL for what a list shows of it, empty for a field that only
    filters, and ``sort`` SQL for what a list is sorted by, where that differs.
    """

    field: Field
    table: str = ""
    where: str = ""
    listed: str = ""
    sort: str = ""


def _select_first(table: str, column: str, where: str, order: str = "x.id") -> str:
    """Return SQL for the value in the first row of a part."""
    return (
        f"(SELECT x.{column} FROM {table} x WHERE x.contact_id = c.id AND {where} "
        f"ORDER BY {order} LIMIT 1)"
    )


def filled_sql(field: Field, column: str = "") -> str:
    """Return the condition that a row of a part has a value in a field, or in another column."""
    column = column or field.column
    return f"x.{column} <> ''" if isinstance(field, Text) else f"x.{column} IS NOT NULL"


def _build_point(help_: str, kind: str, *more: str) -> QueryField:
    field = Point("value", key=kind, kinds=(kind, *more), folded="value_key", help=help_)
    listed = _select_first("point", "value", f"x.kind = '{kind}'", "x.invalid, x.id")
    return QueryField(field, "point", listed=listed)


def _build_total(field: Field, total: str) -> QueryField:
    """Return a field of the sales in all currencies, whose sums are stored by currency."""
    listed = f"(SELECT {total} FROM contact_value v WHERE v.contact_id = c.id AND v.total = 1)"
    return QueryField(field, "contact_value", "x.total = 1", listed)


def _build_sum(field: Field) -> QueryField:
    """Return a field of the sales in the default currency.

    Those of an organization include the sales of its people.
    """
    listed = (
        f"(SELECT v.{field.column} FROM contact_value v "
        "WHERE v.contact_id = c.id AND v.currency = :currency AND v.total = 1)"
    )
    return QueryField(field, "contact_value", "x.total = 1", listed)


_OPEN = "x.done_at IS NULL"
_REMINDERS = f"FROM reminder x WHERE x.contact_id = c.id AND {_OPEN}"
_NEXT = f"(SELECT coalesce(x.due_at, x.due_on) {_REMINDERS} ORDER BY x.due_on, x.due_at LIMIT 1)"
_NEXT_DAY = f"(SELECT min(x.due_on) {_REMINDERS})"
_TAGS = (
    "(SELECT {join}(t.tag, ' ') FROM "
    f"(SELECT {WRITTEN_TAG} AS tag FROM tag WHERE contact_id = c.id ORDER BY name) t)"
)
_LOCATED = (
    "(SELECT l.accuracy FROM location l WHERE l.contact_id = c.id ORDER BY l.address_id LIMIT 1)"
)
_CONSENTS = (
    "(SELECT {join}(t.purpose, ' ') FROM (SELECT DISTINCT k.purpose FROM point p "
    "JOIN consent k ON k.address = p.value_key WHERE p.contact_id = c.id AND p.kind = 'email' "
    f"AND k.status = '{GIVEN}' AND {NEWEST.format('k')} ORDER BY k.purpose) t)"
)
_BIRTHDAY = "x.label = 'birthday'"

_COMPUTED = (
    QueryField(Integer("id", help="Number of the contact."), listed="c.id"),
    _build_point("Any email address.", "email"),
    _build_point("Any phone number, in any notation.", "phone"),
    _build_point("Any web address.", "web", "social"),
    QueryField(Tags("name", key="tags", filter=None), listed=_TAGS),
    QueryField(Field("text", help="Words in calls, mails, meetings and notes.")),
    QueryField(YearlyDay("month_day", key="birthday", help="Day of birth, or a month."),
               "yearly_day", _BIRTHDAY, _select_first("yearly_day", "day", _BIRTHDAY)),
    QueryField(Day("last_on", key="last", heading="last contact", looks="back",
                   help="Day of the last interaction: last>90d, last<2026-06-01."),
               listed="c.last_on"),
    QueryField(Day("touched_on", key="touched", heading="last touch", looks="back",
                   help="Day of the last interaction that reached the contact."),
               listed="c.touched_on"),
    QueryField(Day("touch_by", key="cadence",
                   help="Day by which the cadence asks for a touch: cadence<7d.")),
    QueryField(Day("due_on", key="next", heading="next due", instant="due_at",
                   help="When the earliest open reminder is due."),
               "reminder", _OPEN, _NEXT, _NEXT_DAY),
    QueryField(Day("due_on", key="due", instant="due_at",
                   help="When any open reminder is due."), "reminder", _OPEN),
    QueryField(Text("text", key="promise", non_ascii_key="text_key",
                    help="Words of an open promise; promise:any."),
               "reminder", f"{_OPEN} AND x.promise = 1"),
    _build_total(
        Day("last_on", key="bought", heading="last sale", looks="back",
            help="Date of the last order, in any currency."),
        "coalesce(max(CASE WHEN v.orders > 0 THEN v.last_on END), max(v.last_on))"),
    _build_total(
        Day("first_on", key="since", heading="first sale", looks="back",
            help="Date of the first order, in any currency."),
        "coalesce(min(CASE WHEN v.orders > 0 THEN v.first_on END), min(v.first_on))"),
    _build_sum(MoneySum("revenue", key="value",
                        help="Revenue, also that of its people: value>500EUR.")),
    _build_sum(MoneySum("margin", help="Revenue minus cost, where all costs are known.")),
    _build_total(Integer("orders", help="Number of sales above 0, in all currencies."),
                 "sum(v.orders)"),
    QueryField(Field("product", help="Name of a product bought.")),
    QueryField(Standing("rfm", help="RFM standing or scores: rfm:champions, rfm:at-risk, rfm:5xx."),
               listed="NULL"),
    QueryField(Field("job", help="Title or organization of a further or former job.")),
    QueryField(User("owner", key="claimed", non_ascii_key="owner_key",
                    help="User with a claim in force: claimed:ann, claimed:any."), "claim"),
    QueryField(Tags("purpose", key="consent",
                    help="Purpose of a consent that was given: consent:newsletter."),
               listed=_CONSENTS),
    QueryField(Field("can-mail", help="Purpose that an address may be mailed for; or yes.")),
    QueryField(Field("near", help="Near a place: near:leeds<25km, near:53.8,-1.55<10km.")),
    QueryField(Kilometers("km", filter=None), listed="NULL"),
    QueryField(Choice("accuracy", ACCURACIES, key="located",
                      help="How exactly an address is located: exact, postcode, city or region."),
               "location", listed=_LOCATED),
    QueryField(Field("territory", help="Name of the territory; any or none.")),
    QueryField(Field("partner", help="Partner who registered or referred it; any or none.")),
    QueryField(Day("asked_on", key="testimonial", looks="back",
                   help="When it was asked for a testimonial: testimonial:none."), "testimonial"),
    QueryField(Field("segment", help="Name of a saved segment.")),
    QueryField(Field("has", help="Any value in a field: has:email, has:phone, has:note.")),
)  # fmt: skip


def _list_declared() -> Iterator[QueryField]:
    """Yield the fields of contacts, and the filters of their parts."""
    for field in CONTACT.fields:
        yield QueryField(field, listed=field.value_sql("c"), sort=field.sort_sql("c"))
    for part in CONTACT.parts:
        for name, field in part.filters().items():
            if field not in part.references:
                is_listed = name == field.key
                first = _select_first(part.name, field.column, filled_sql(field))
                yield QueryField(field, part.name, listed=first if is_listed else "")


_FIELDS = (*_list_declared(), *_COMPUTED)

FILTERS: dict[str, QueryField] = {
    each.field.filter: each for each in _FIELDS if each.field.filter is not None
}
COLUMNS: dict[str, QueryField] = {each.field.key: each for each in _FIELDS if each.listed}
