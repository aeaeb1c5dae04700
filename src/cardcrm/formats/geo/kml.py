"""Write located contacts as KML 2.2 (OGC 07-147r2): longitude comes before latitude."""

from collections.abc import Iterable
from typing import IO, Final
from xml.sax.saxutils import escape

from cardcrm.formats.export_formats import ExportOptions
from cardcrm.formats.xml_text import drop_forbidden
from cardcrm.records.places.located_contacts import LocatedContact, list_located
from cardcrm.store import Store
from cardcrm.text import sanitize

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n<name>cardcrm</name>\n'
)
_TAIL: Final = "</Document>\n</kml>\n"


def write_contacts(
    store: Store,
    ids: Iterable[int],
    stream: IO[str],
    options: ExportOptions,  # noqa: ARG001
) -> int:
    """Write a placemark for each located contact, and return their number."""
    stream.write(_HEAD)
    count = 0
    for each in list_located(store, ids):
        stream.write(_to_placemark(each))
        count += 1
    stream.write(_TAIL)
    return count


def _to_placemark(contact: LocatedContact) -> str:
    lines = (contact.org, contact.street, f"{contact.postcode} {contact.city}".strip())
    text = ", ".join(filter(None, (*lines, contact.country)))
    data = "".join(
        f'<Data name="{name}"><value>{_clean(str(value))}</value></Data>'
        for name, value in (
            ("id", contact.id), ("stage", contact.stage), ("accuracy", contact.accuracy)
        )
    )  # fmt: skip
    return (
        f'<Placemark id="contact-{contact.id}">\n<name>{_clean(contact.name)}</name>\n'
        f"<description>{_clean(text)}</description>\n<ExtendedData>{data}</ExtendedData>\n"
        f"<Point><coordinates>{contact.longitude:.7f},{contact.latitude:.7f}</coordinates></Point>\n"
        "</Placemark>\n"
    )


def _clean(text: str) -> str:
    return escape(drop_forbidden(sanitize(text)))
