"""The properties with days and with other people."""

from typing import Final

from cardcrm.formats.file_dates import normalize_day
from cardcrm.formats.vcard.android import read_android
from cardcrm.formats.vcard.card_builder import CardBuilder
from cardcrm.formats.vcard.escapes import split_list, split_parts
from cardcrm.formats.vcard.property import SCHEME, Fate, Handler, Property
from cardcrm.formats.vcard.property_tables import KINDS_OF_RELATIONS
from cardcrm.records.contacts.drafts import AnniversaryDraft, RelationDraft


def _make_day_handler(label: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        day = normalize_day(prop.text)
        if day[:4] == prop.head.first("X-APPLE-OMIT-YEAR"):
            day = f"-{day[4:]}"
        named = label or prop.label or "anniversary"
        card.days.append(AnniversaryDraft(named, day))
        return named if label else "day"

    return handle


def _set_death(card: CardBuilder, prop: Property) -> Fate:
    card.values["status"] = "deceased"
    return _make_day_handler("death")(card, prop)


def _add_relation(card: CardBuilder, prop: Property) -> Fate:
    who = prop.uid
    param = prop.head.first("VALUE")
    if not who.strip("; ") and param.lower() not in ("", "text", "uri"):
        who = param  # where KDE writes the name
    card.relations.append(RelationDraft(prop.label or "related", SCHEME.sub("", who, count=1)))
    return "relation"


def _make_relation_handler(kind: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        names = [prop.text]
        if kind == "child":
            names = split_list(prop.value.replace(";", ","))
        elif prop.head.first("TYPE").upper() == "N":
            names = [" ".join(split_parts(prop.value.strip(";")))]
        card.relations += [RelationDraft(kind, name) for name in names]
        return "relation"

    return handle


def _add_android(card: CardBuilder, prop: Property) -> Fate:
    row = read_android(prop.parts)
    if row is None:
        return None
    if row.kind == "nickname":
        card.nicknames.append(row.value)
    elif row.kind == "event":
        card.days.append(AnniversaryDraft(row.label, normalize_day(row.value)))
    else:
        card.relations.append(RelationDraft(row.label, row.value))
    return {"event": "day"}.get(row.kind, row.kind)


HANDLERS: Final[dict[str, Handler]] = {
    "BDAY": _make_day_handler("birthday"),
    **dict.fromkeys(
        ("ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY",
         "X-KADDRESSBOOK-X-ANNIVERSARY", "X-WEDDING-ANNIVERSARY"),
        _make_day_handler("anniversary"),
    ),
    "X-ABDATE": _make_day_handler(""),
    "DEATHDATE": _set_death,
    "RELATED": _add_relation,
    "X-ABRELATEDNAMES": _add_relation,
    **{name: _make_relation_handler(kind) for name, kind in KINDS_OF_RELATIONS.items()},
    "X-ANDROID-CUSTOM": _add_android,
}  # fmt: skip
