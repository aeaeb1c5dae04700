"""The declarations of contacts and of everything that is a part of a contact."""

from cardcrm.records.contacts.contact_derived import BARE, DAYS, NOTE_TEXT, SEARCH_TEXT
from cardcrm.records.contacts.contact_field_types import (
    Cadence,
    ContactName,
    Gender,
    Point,
    TimeZone,
    YearlyDay,
)
from cardcrm.records.fields import (
    CLEAR,
    Block,
    ChangeDay,
    Choice,
    Day,
    Flag,
    Key,
    Number,
    Reference,
    Text,
    Uid,
    User,
)
from cardcrm.records.places.locations import ADDRESS_COLUMNS, LOCATIONS
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare
from cardcrm.records.sales.sale_sums import SUMS, WITH_ORGANIZATIONS

KIND = Choice("kind", ("person", "org"), required=True, headed=True, aliases=dict.fromkeys(
    ("organization", "organisation", "company", "firm"), "org"
))  # fmt: skip
SEARCHED_NAMES = ("name", "given", "middle", "family", "stated")
NAME_ORDER = Choice(
    "name_order",
    ("given-first", "family-first"),
    label="name order",
    filter="name-order",
    help="Order of the name: given-first or family-first.",
)
STAGES = ("lead", "prospect", "customer", "lapsed", "partner", "other")
STAGE = Choice("stage", STAGES, default="lead", required=True)
STATUSES = ("active", "deceased", "closed")
STATUS = Choice("status", STATUSES, default="active", required=True,
                aliases={"dead": "deceased", "died": "deceased", "gone": "closed"},
                help="Status: active, deceased or closed.")  # fmt: skip
CADENCE = Cadence("cadence_days", key="every", label="every", heading="every (days)",
                  help="Days between touches: every>30.")  # fmt: skip
TIMEZONE = TimeZone("timezone", label="time zone", help="Time zone, such as Europe/London.")
GENDER = Gender("gender", help="Gender.")
POINT_KINDS = ("email", "phone", "web", "social")

_OWNER = Reference("contact_id", required=True)
_SEARCHED = (Effect(SEARCH_TEXT, "contact_id"),)

# The filters of a part are filters of its contact; `query_fields` adds those that are computed.

NICKNAME = RecordType(
    "nickname",
    "nicknames",
    (
        _OWNER,
        Text(
            "name",
            folded="name_key",
            required=True,
            headed=True,
            filter="nick",
            help="Nickname.",
            identifies=True,
        ),
    ),
    title="{name}",
    parent="contact_id",
    same_by=("name_key",),
    effects=_SEARCHED,
    heading=lambda row: f"nickname {row.get('name', '')}",
)

POINT = RecordType(
    "point",
    "contact points",
    (
        _OWNER,
        Choice("kind", POINT_KINDS, required=True, headed=True, filter=None),
        Point("value", json_key="address", kinds=POINT_KINDS, folded="value_key", required=True,
              identifies=True, headed=True, non_ascii_key="folded_key", filter="point",
              help="Any email, phone, web or social address."),
        Text("label", filter=None),
        Flag("opted_out", label="opted out", filter="opted-out",
             help="Yes or no: an address that must not be written to."),
        Flag("invalid", filter=None),
    ),
    title="{value}",
    parent="contact_id",
    same_by=("kind", "value_key"),
    effects=(*_SEARCHED, Effect(BARE, "contact_id", ("kind", "contact_id"))),
    heading=lambda row: (
        f"{row['kind'] if row.get('kind') in POINT_KINDS else 'address'} {row.get('value', '')}"
    ),
)  # fmt: skip

ADDRESS = RecordType(
    "address",
    "addresses",
    (
        _OWNER,
        Text("label", filter=None),
        Text(
            "street",
            identifies=True,
            non_ascii_key="street_key",
            match="start",
            help="Street and number.",
        ),
        Text("city", identifies=True, folded="city_key", match="start", help="Town or city."),
        Text(
            "region",
            non_ascii_key="region_key",
            match="start",
            identifies=True,
            help="County, state or province.",
        ),
        Text(
            "postcode",
            identifies=True,
            non_ascii_key="postcode_key",
            match="start",
            help="Postal code.",
        ),
        Text(
            "country", identifies=True, non_ascii_key="country_key", match="start", help="Country."
        ),
        Number("latitude", least=-90, most=90, help="Degrees north of the equator."),
        Number("longitude", least=-180, most=180, help="Degrees east of Greenwich."),
    ),
    title="{street} {city}",
    parent="contact_id",
    same_by=("street", "city_key", "region", "postcode", "country"),
    effects=(*_SEARCHED, Effect(LOCATIONS, "contact_id", ADDRESS_COLUMNS)),
)

TAG = RecordType(
    "tag",
    "tags",
    (
        _OWNER,
        Key("name", required=True, headed=True, filter="tag", identifies=True, help="A tag."),
        Text("written", filter=None, identifies=True, implied_by="name"),
    ),
    title="{name}",
    parent="contact_id",
    same_by=("name",),
    effects=_SEARCHED,
    heading=lambda row: f"tag {row.get('written') or row.get('name', '')}",
)

ANNIVERSARY = RecordType(
    "yearly_day",
    "days",
    (
        _OWNER,
        Text("label", required=True, headed=True, filter=None),
        YearlyDay("day", required=True, filter=None),
    ),
    title="{label}",
    parent="contact_id",
    same_by=("label",),
    computed=("month_day",),
    heading=lambda row: row.get("label") or "day",
)

FIELD_TYPE = Choice("type", ("text", "number", "money", "date", "choice"), required=True)

FIELD = declare(
    RecordType(
        "field",
        "custom fields",
        (
            Key("name", required=True, unique=True, headed=True, identifies=True),
            Text("label", required=True, headed=True),
            FIELD_TYPE,
            Block("choices"),
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
        Reference("field_id", to="field", shows="label", required=True, headed=True, filter=None),
        Text("text", label="is", folded="text_key", required=True, filter=None),
        Number("number", filter=None, implied_by="text"),
    ),
    title="{text}",
    parent="contact_id",
    same_by=("field_id",),
    computed=("number",),
    heading=lambda row: row.get("field_id_name") or "custom field",
)

MEDIA = RecordType(
    "media",
    "photos, logos, sounds and keys",
    (
        _OWNER,
        Choice("kind", ("photo", "logo", "sound", "key"), required=True, headed=True, filter=None),
        Text("type", filter=None, help="Media type, such as image/jpeg."),
        Text("uri", filter=None, help="Address of the file, which is never opened."),
        Key("digest", filter=None, help="SHA-256 of the file."),
        Text("data", filter=None, help="The file, in base64."),
    ),
    title="{kind}",
    parent="contact_id",
    same_by=("kind", "digest", "uri"),
    heading=lambda row: row.get("kind") or "photo",
)

VCARD_LINE = RecordType(
    "vcard_line",
    "vCard properties",
    (_OWNER, Block("line", required=True, filter=None,
                   help="A property of a vCard without a field of its own, as the file has it."),),
    title="{line}",
    parent="contact_id",
    same_by=("line",),
    heading=lambda row: "vCard property",  # noqa: ARG005
)  # fmt: skip

RELATION = RecordType(
    "relation",
    "relations",
    (
        Reference("contact_id", required=True),
        Text("kind", required=True, headed=True, filter="relation",
             help="A relation: relation:spouse."),
        Reference("other_id", label="who", key="other", filter=None, required=True),
    ),
    title="{kind}",
    same_by=("kind", "other_id"),
    heading=lambda row: row.get("kind") or "relation",
)  # fmt: skip

CONTACT = declare(
    RecordType(
        "contact",
        "contacts",
        (
            Uid(help="Permanent id, as in exported files."),
            KIND,
            ContactName("name", folded="name_key", required=True, listed=True, searchable=True,
                        identifies=True, help="Full name."),
            Text("prefix", identifies=True, non_ascii_key="prefix_key", implied_by="name",
                 help="Title or form of address, such as Dr."),
            Text("given", non_ascii_key="given_key", label="given name", implied_by="name",
                 identifies=True, help="Given name."),
            Text("middle", non_ascii_key="middle_key", label="middle name", implied_by="name",
                 identifies=True, help="Middle name."),
            Text("family", non_ascii_key="family_key", label="family name", implied_by="name",
                 identifies=True, help="Family name."),
            Text("suffix", identifies=True, non_ascii_key="suffix_key", implied_by="name",
                 help="Suffix of the name, such as Jr. or MD."),
            NAME_ORDER,
            Text("sort_as", identifies=True, label="sorted as", filter=None,
                 help="Text to sort by in place of the family name."),
            Reference("org_id", label="works at", heading="organization", filter="org",
                      on_delete=CLEAR, help="Organization that a person works at."),
            Text("title", folded="title_key", help="Job title."),
            Text("role", non_ascii_key="role_key", help="Part they play, such as decision maker."),
            STAGE,
            STATUS,
            Text("source", non_ascii_key="source_key", match="whole",
                 help="Where the contact came from."),
            User("owner", hands_over=True, non_ascii_key="owner_key",
                 help="User who looks after the contact."),
            Block("note", help="Words in the note of the contact."),
            Text("language", help="Preferred languages, such as de or en-GB."),
            TIMEZONE,
            GENDER,
            Key("ref", identifies=True, label="reference", filter=None),
            CADENCE,
            Day("snoozed_until", key="snoozed", label="snoozed until", automatic=True,
                help="Day until which losing touch is snoozed."),
            Day("mvc_since", key="mvc", label="MVC member since", heading="MVC since",
                looks="back", automatic=True,
                help="MVC member (most valuable customer), or since when: mvc:yes, mvc>1y."),
            ChangeDay("created_at", key="created", automatic=True,
                    help="When the contact was added."),
            ChangeDay("updated_at", key="updated", automatic=True,
                    help="When the contact was last changed."),
        ),
        title="{name}",
        sort="name",
        parts=(NICKNAME, POINT, ADDRESS, TAG, ANNIVERSARY, FIELD_VALUE, RELATION,
               MEDIA, VCARD_LINE),
        effects=(
            Effect(SEARCH_TEXT, columns=(*SEARCHED_NAMES, "title", "org_id")),
            Effect(  # the search text of people holds the name of their organization
                SEARCH_TEXT,
                columns=("name",),
                on_insert=False,
                via="SELECT id FROM contact WHERE org_id IN ({marks})",
            ),
            Effect(NOTE_TEXT, columns=("note",)),
            Effect(DAYS, columns=("cadence_days",)),
            Effect(DAYS, columns=("status", "snoozed_until", "snoozed_from"), on_insert=False),
            # A contact without interactions counts from its creation, which a merge may set back.
            Effect(DAYS, columns=("created_on", "org_id"), on_insert=False),
            # An interaction with a person counts for the organization that the person works at.
            Effect(DAYS, "org_id", ("org_id",), on_insert=False),
            # Its sales count for the organization as well; a new contact has none.
            Effect(SUMS, "org_id", ("org_id",), on_insert=False, via=WITH_ORGANIZATIONS),
        ),
        computed=("vcard_n", "stated", "sort_key", "created_on", "snoozed_from", "last_on",
                  "touched_on", "touch_by", "bare"),
        heading=lambda row: "organization" if row.get("kind") == "org" else "contact",
    )
)  # fmt: skip
