"""The declarations of contacts and of everything that is a part of a contact."""

from typing import Any

from cardcrm.records.contacts.contact_derived import BARE, DAYS, NOTE_TEXT, SEARCH_TEXT
from cardcrm.records.fields import (
    CLEAR,
    Block,
    Choice,
    Context,
    Flag,
    Instant,
    Integer,
    Key,
    Number,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare


class Cadence(Integer):
    """A cadence: the days between two touches of a contact."""

    __slots__ = ()
    metavar = "SPAN"
    sample = "30d"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.dates import parse_duration

        return parse_duration(text)

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the number of days."""
        return f"{value} day{'s' * (value != 1)}" if value else ""


class YearlyDay(Key):
    """A day of the year, with or without the year in which it was first."""

    __slots__ = ()

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return ``25 Nov 1985``, or ``25 Nov`` where no year is known."""
        from cardcrm.dates.date_parts import MONTHS

        *year, month, number = value.strip("-").split("-")
        return " ".join((str(int(number)), MONTHS[int(month) - 1][:3], *year))


_OWNER = Reference("contact_id", required=True)
_SEARCHED = (Effect(SEARCH_TEXT, "contact_id"),)

NICKNAME = RecordType(
    "nickname",
    "nicknames",
    (_OWNER, Text("name", folded="name_key", required=True, headed=True)),
    title="{name}",
    parent="contact_id",
    same_by=("name_key",),
    effects=_SEARCHED,
    heading=lambda row: f"nickname {row.get('name', '')}",
)

_POINT_NAMES = {"email": "email", "phone": "phone", "web": "web", "social": "social"}

POINT = RecordType(
    "point",
    "contact points",
    (
        _OWNER,
        Choice("kind", ("email", "phone", "web", "social"), required=True, headed=True),
        Text("value", folded="value_key", required=True, headed=True),
        Text("label"),
        Flag("opted_out", label="opted out"),
        Flag("invalid"),
    ),
    title="{value}",
    parent="contact_id",
    same_by=("kind", "value_key"),
    effects=(*_SEARCHED, Effect(BARE, "contact_id", ("kind", "contact_id"))),
    heading=lambda row: (
        f"{_POINT_NAMES.get(row.get('kind', ''), 'address')} {row.get('value', '')}"
    ),
)

ADDRESS = RecordType(
    "address",
    "addresses",
    (
        _OWNER,
        Text("label"),
        Text("street"),
        Text("city", folded="city_key"),
        Text("region"),
        Text("postcode"),
        Text("country"),
    ),
    title="{street} {city}",
    parent="contact_id",
    same_by=("street", "city_key", "region", "postcode", "country"),
    effects=_SEARCHED,
)

TAG = RecordType(
    "tag",
    "tags",
    (_OWNER, Key("name", required=True, headed=True)),
    title="{name}",
    parent="contact_id",
    same_by=("name",),
    effects=_SEARCHED,
    heading=lambda row: f"tag {row.get('name', '')}",
)

ANNIVERSARY = RecordType(
    "yearly_day",
    "days",
    (_OWNER, Text("label", required=True, headed=True), YearlyDay("day", required=True)),
    title="{label}",
    parent="contact_id",
    same_by=("label",),
    computed=("month_day",),
    heading=lambda row: row.get("label") or "day",
)

FIELD = declare(
    RecordType(
        "field",
        "custom fields",
        (
            Key("name", required=True, unique=True, headed=True),
            Text("label", required=True, headed=True),
            Choice("type", ("text", "number", "money", "date", "choice"), required=True),
            Text("choices"),
        ),
        title="{label}",
        heading=lambda row: f"custom field {row.get('label', '')}",
    )
)

FIELD_VALUE = RecordType(
    "field_value",
    "custom fields",
    (
        _OWNER,
        Reference("field_id", to="field", shows="label", required=True, headed=True),
        Text("text", label="is", folded="text_key", required=True),
        Number("number", filter=None, implied_by="text"),
    ),
    title="{text}",
    parent="contact_id",
    same_by=("field_id",),
    computed=("number",),
    heading=lambda row: row.get("field_id_name") or "custom field",
)

RELATION = RecordType(
    "relation",
    "relations",
    (
        Reference("contact_id", required=True),
        Text("kind", required=True, headed=True),
        Reference("other_id", label="who", key="other", filter="other", required=True),
    ),
    title="{kind}",
    same_by=("kind", "other_id"),
    heading=lambda row: row.get("kind") or "relation",
)

CONTACT = declare(
    RecordType(
        "contact",
        "contacts",
        (
            Uid(),
            Choice("kind", ("person", "org"), required=True, headed=True),
            Text("name", folded="name_key", required=True, listed=True, searchable=True),
            Text("given", label="given name", implied_by="name"),
            Text("family", label="family name", implied_by="name"),
            Reference("org_id", label="works at", filter="org", on_delete=CLEAR),
            Text("title", folded="title_key"),
            Block("note"),
            Text("source"),
            Choice(
                "stage",
                ("lead", "prospect", "customer", "lapsed", "partner", "other"),
                required=True,
            ),
            User("owner"),
            Cadence("cadence_days", key="every", label="every"),
            Key("ref", label="reference"),
            Instant("created_at", key="created", automatic=True),
            Instant("updated_at", key="updated", automatic=True),
        ),
        title="{name}",
        sort="name",
        parts=(NICKNAME, POINT, ADDRESS, TAG, ANNIVERSARY, FIELD_VALUE, RELATION),
        effects=(
            Effect(SEARCH_TEXT, columns=("name", "title", "org_id")),
            Effect(  # the search text of people holds the name of their organization
                SEARCH_TEXT,
                columns=("name",),
                on_insert=False,
                via="SELECT id FROM contact WHERE org_id IN ({marks})",
            ),
            Effect(NOTE_TEXT, columns=("note",)),
            Effect(DAYS, columns=("cadence_days",)),
            # A contact without interactions counts from its creation, which a merge may set back.
            Effect(DAYS, columns=("created_at", "org_id"), on_insert=False),
            # An interaction with a person counts for the organization that the person works at.
            Effect(DAYS, "org_id", ("org_id",), on_insert=False),
        ),
        computed=("sort_key", "last_on", "touch_on", "bare"),
        heading=lambda row: "organization" if row.get("kind") == "org" else "contact",
    )
)
