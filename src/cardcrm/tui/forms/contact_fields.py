"""What the form of a card holds, and how its fields and the parts of a card become each other."""

from typing import TYPE_CHECKING, NamedTuple

from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import contacts, custom_fields
from cardcrm.records.contacts.contacts import Details, Relation
from cardcrm.records.contacts.drafts import AddressDraft
from cardcrm.records.contacts.form_diff import HEAD, INVALID, OPTED_OUT, Part, contact_texts
from cardcrm.store import Store
from cardcrm.text import fold
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import finder
from cardcrm.tui.forms.fields import Field, Piece, Section, Several, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

POINTS = {"email": "e-mail", "phone": "phone", "web": "web", "social": "social"}
_POINT_HINTS = {
    "email": "jane@example.com", "phone": "in any writing", "web": "example.com",
    "social": "@jane",
}  # fmt: skip
_MARKS = {
    "": ("", ""),
    "opted out": (OPTED_OUT, ""),
    "dead": ("", INVALID),
    "out, dead": (OPTED_OUT, INVALID),
}
_PLACE = ("label", "street", "city", "region", "postcode", "country")


class CardSheet(NamedTuple):
    """A card laid out as a form: its pieces and values, the parts that its numbered lines are, the
    names of other cards by ``#12``, and the fields that cannot be written in.
    """

    pieces: tuple[Piece, ...]
    values: Values
    parts: dict[str, Part]
    names: dict[str, str]
    fixed: tuple[str, ...]
    seen: dict[Part, Texts]


def lay_out(
    app: "CardApp", locale: list[custom_fields.Field], details: Details | None
) -> CardSheet:
    """A card as its form; an empty one for a new card."""
    seen = contact_texts(details) if details else {}
    values: dict[str, str] = {}
    parts: dict[str, Part] = {}
    rows: dict[str, int] = {}

    def put(name: str, part: Part, **texts: str) -> None:
        number = rows[name] = rows.get(name, -1) + 1
        parts[f"{name}-{number}"] = part
        values.update({f"{name}-{number}-{cell}": text for cell, text in texts.items()})

    for part, row in seen.items():
        kind, key = part
        if kind == "head":
            values[str(key)] = row[0]
        elif kind == "point":
            put(row[0], part, value=row[1], label=row[2], mark=_mark(row))
        elif kind == "address":
            put("address", part, **dict(zip(_PLACE, row, strict=True)))
        elif kind == "day" and key != "birthday":
            put("day", part, value=row[0], label=str(key))
        elif kind == "relation":
            put("relation", part, value=row[1], label=row[0])
    values["birthday"] = seen.get(("day", "birthday"), ("",))[0]
    values["tags"] = " ".join(row[0] for part, row in seen.items() if part[0] == "tag")
    values["nicknames"] = ", ".join(row[0] for part, row in seen.items() if part[0] == "nickname")
    for custom in locale:
        values[f"custom_{custom.id}"] = seen.get(("field", custom.name), ("",))[0]
    relations = details.relations if details else ()
    names = {f"#{each.other_id}": each.other for each in relations}
    return CardSheet(_pieces(app, locale), values, parts, names, _fixed(parts, relations), seen)


def _mark(row: Texts) -> str:
    return next(mark for mark, said in _MARKS.items() if said == row[3:])


def _fixed(parts: dict[str, Part], relations: tuple[Relation, ...]) -> tuple[str, ...]:
    """What another card says of this one can be taken off here, but not written."""
    inverse = {each.id for each in relations if each.inverse}
    return tuple(
        f"{row}-{cell}"
        for row, part in parts.items()
        if part[0] == "relation" and part[1] in inverse
        for cell in ("value", "label")
    )


def _pieces(app: "CardApp", locale: list[custom_fields.Field]) -> tuple[Piece, ...]:
    shop = app.desk.locale
    a_day = validators.a_birthday(shop)
    own: list[Piece] = [_custom(app, each) for each in locale]
    own = [Section("Fields of your own"), *own] if own else []
    return (
        Field("name", "name", hint="full name", must="A card needs a name."),
        Field("kind", "kind", "choice", choices=contacts.KINDS),
        Field(
            "org", "works at", hint="organisation; made if it has no card", find=finder(app, "org")
        ),
        Field("title", "role", hint="head of buying"),
        Section("How to reach them"),
        *(_points(app, kind, label) for kind, label in POINTS.items()),
        Several("address", "address", _address()),
        Section("How they are kept"),
        Field("tags", "tags", hint="vip garden-club", check=validators.some_tags),
        Field("stage", "stage", "choice", choices=contacts.STAGES),
        Field("owner", "owner", hint="who looks after them"),
        Field("source", "source", hint="where they came from"),
        Field("every", "every", hint="in touch every: 30d, 6w, monthly", check=validators.a_span),
        Field("note", "note", "text"),
        Section("Days and relations"),
        Field("birthday", "birthday", hint="17 May, or 1980-05-17", check=a_day),
        Several(
            "day",
            "each year",
            (
                (
                    Field("value", hint="5 June 2010", check=a_day),
                    Field("label", hint="anniversary", cells=22),
                ),
            ),
        ),
        Several(
            "relation",
            "relation",
            (
                (
                    Field("label", hint="spouse, referred by …", cells=22),
                    Field("value", hint="who: name or #id", find=finder(app), by_id=True),
                ),
            ),
        ),
        *own,
        Section("Other names"),
        Field("nicknames", "known as", hint="several with commas"),
        Field("given", "given name", hint="read from the name"),
        Field("family", "family name", hint="read from the name; cards are sorted by it"),
    )


def _points(app: "CardApp", kind: str, label: str) -> Several:
    check = validators.a_point(kind, app.desk.locale, _addresses_in)
    value = Field("value", hint=_POINT_HINTS[kind], among=check)
    mark = Field("mark", "", "choice", choices=tuple(_MARKS), cells=12)
    return Several(kind, label, ((value, Field("label", hint="work …", cells=12), mark),))


def _addresses_in(values: Values) -> list[AddressDraft]:
    """The addresses as they stand in the form."""
    rows = dict.fromkeys(name.rpartition("-")[0] for name in values if name.startswith("address-"))
    return [AddressDraft(*(values[f"{row}-{cell}"] for cell in _PLACE)) for row in rows]


def _address() -> tuple[tuple[Field, ...], ...]:
    return (
        (Field("street", hint="street and number"), Field("label", hint="office …", cells=12)),
        (Field("postcode", hint="postcode", cells=12), Field("city", hint="town")),
        (Field("region", hint="county, state"), Field("country", hint="country", cells=16)),
    )


def _custom(app: "CardApp", field: custom_fields.Field) -> Field:
    """A custom field, read by its type."""
    name, label = f"custom_{field.id}", field.label
    if field.type == "choice":
        return Field(name, label, "choice", choices=("", *field.choices))
    hint = {"number": "12 or 3.5", "money": "49.50", "date": "3 mar 2026"}.get(field.type, "")
    return Field(name, label, hint=hint, check=validators.a_custom(field, app.desk.locale))


def said_of(
    sheet: CardSheet, locale: list[custom_fields.Field], values: Values
) -> dict[Part, Texts]:
    """What the form says now, as parts of the card."""
    said: dict[Part, Texts] = {
        ("head", name): (sheet.seen.get(("head", name), ("",))[0],) for name in HEAD
    }
    for name in HEAD:
        if name in values:
            said["head", name] = (values[name],)
    for tag in validators.tags_in(values["tags"])[0]:
        said["tag", tag] = (tag,)
    for nickname in filter(None, map(str.strip, values["nicknames"].split(","))):
        said["nickname", fold(nickname)] = (nickname,)
    if values["birthday"].strip():
        said["day", "birthday"] = (values["birthday"].strip(),)
    for custom in locale:
        if values.get(f"custom_{custom.id}", "").strip():
            said["field", custom.name] = (values[f"custom_{custom.id}"].strip(),)
    said.update(_rows_said(sheet, values))
    return said


def _place_of(row: tuple[str, object]) -> tuple[int, int]:
    """Lines of one kind stand together, in their order."""
    name, _, number = row[0].partition("-")
    kinds = [*POINTS, "address", "day", "relation"]
    return kinds.index(name), int(number)


def _rows_said(sheet: CardSheet, values: Values) -> dict[Part, Texts]:
    said: dict[Part, Texts] = {}
    rows: dict[str, dict[str, str]] = {}
    for name, text in values.items():
        row, _, cell = name.rpartition("-")
        if row:
            rows.setdefault(row, {})[cell] = text
    for number, (row, cells) in enumerate(sorted(rows.items(), key=_place_of), 1):
        name = row.partition("-")[0]
        part = sheet.parts.get(row)
        if name in POINTS and cells["value"].strip():
            marks = _MARKS[cells["mark"]]
            texts = (name, cells["value"].strip(), cells["label"].strip(), *marks)
            said[part or ("point", -number)] = texts
        elif name == "address" and any(cells[each].strip() for each in _PLACE[1:]):
            said[part or ("address", -number)] = tuple(cells[each].strip() for each in _PLACE)
        elif name == "day" and cells["value"].strip():
            said["day", fold(cells["label"]) or "anniversary"] = (cells["value"].strip(),)
        elif name == "relation" and cells["value"].strip():
            side = sheet.seen[part][2] if part else ""
            said[part or ("relation", -number)] = (cells["label"], cells["value"].strip(), side)
    return said


def read(store: Store, contact_id: int | None) -> tuple[list[custom_fields.Field], Details | None]:
    """What the form has to know: the custom fields, and the card. Raises NotFoundError."""
    known = custom_fields.list_fields(store)
    return known, contacts.details(store, contact_id) if contact_id is not None else None
