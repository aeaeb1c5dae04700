"""Write located contacts as GeoJSON (RFC 7946): longitude comes before latitude."""

import json
from collections.abc import Iterable
from typing import IO, Any, Final

from cardcrm.formats.export_formats import ExportOptions
from cardcrm.records.places.located_contacts import LocatedContact, list_located
from cardcrm.store import Store

_DECIMALS: Final = 7  # of degrees: a centimeter


def write_contacts(
    store: Store,
    ids: Iterable[int],
    stream: IO[str],
    options: ExportOptions,  # noqa: ARG001
) -> int:
    """Write a feature for each located contact, and return their number."""
    stream.write('{"type": "FeatureCollection", "features": [')
    count = 0
    for each in list_located(store, ids):
        stream.write(",\n" if count else "\n")
        stream.write(json.dumps(to_feature(each), ensure_ascii=False))
        count += 1
    stream.write("\n]}\n")
    return count


def to_feature(contact: LocatedContact) -> dict[str, Any]:
    """Return a contact as a feature; what it lacks is left out."""
    longitude, latitude = (round(each, _DECIMALS) for each in reversed(contact.position))
    texts = contact._asdict()
    properties = {
        name: texts[name]
        for name in ("name", "kind", "stage", "org", "street", "city", "postcode", "country")
        if texts[name]
    }
    return {
        "type": "Feature",
        "id": contact.id,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"id": contact.id, **properties, "accuracy": contact.accuracy},
    }
