"""The properties that become custom fields, and those with files: photos, logos, sounds, keys."""

from typing import Final

from cardcrm.formats.csv.cell_values import split_unescaped
from cardcrm.formats.import_entries import ValueNote
from cardcrm.formats.vcard.card_builder import CardBuilder
from cardcrm.formats.vcard.media import Unkept, read_media
from cardcrm.formats.vcard.property import Fate, Handler, Property
from cardcrm.formats.vcard.property_tables import FIELDS, OTHER_FIELDS


def _make_field_handler(label: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        card.fields.append((label, prop.text))
        return prop.note_field(label)

    return handle


def _add_field(card: CardBuilder, prop: Property) -> Fate:
    key, *texts = prop.parts
    card.fields.append((key, ";".join(texts)))
    return prop.note_field(key)


def _add_numbered(card: CardBuilder, prop: Property) -> Fate:
    """Take a text of Outlook's own fields: ``X-MS-TEXT;CUSTOM1:…``."""
    label = prop.head.types[0].replace("custom", "custom ") if prop.head.types else "custom"
    card.fields.append((label, prop.text))
    return prop.note_field(label)


def _make_media_handler(kind: str) -> Handler:
    def handle(card: CardBuilder, prop: Property) -> Fate:
        if kind == "sound" and "x-irmc-n" in prop.head.types:  # how Japanese phones spell a name
            return _make_field_handler("phonetic name")(card, _spread(prop))
        found = read_media(kind, prop.line, prop.media_limit)
        if isinstance(found, Unkept):
            return ValueNote(prop.name, "", "no", found.reason)
        if found is None:
            return None
        card.media.append(found)
        return kind

    return handle


def _spread(prop: Property) -> Property:
    return prop._replace(value=" ".join(filter(None, split_unescaped(prop.value, ";"))))


HANDLERS: Final[dict[str, Handler]] = {
    **{name: _make_field_handler(label) for name, label in (FIELDS | OTHER_FIELDS).items()},
    "X-MS-TEXT": _add_numbered,
    "PHOTO": _make_media_handler("photo"),
    "LOGO": _make_media_handler("logo"),
    "SOUND": _make_media_handler("sound"),
    "KEY": _make_media_handler("key"),
    "X-CARDCRM-FIELD": _add_field,
}
