"""Find the asset that a text names: by its number, its serial number, or the contact's product."""

from collections.abc import Mapping
from typing import Any, Final

from cardcrm.errors import AmbiguousError
from cardcrm.records.assets.asset_reference import NAME
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.text import fold

_MAX_SHOWN: Final = 10  # assets that an error names
_SELECT: Final = (
    f"SELECT n.id, {NAME} AS name, c.name AS contact, n.contact_id, n.retired_on FROM asset n "
    "JOIN contact c ON c.id = n.contact_id"
)


def name_asset(store: Store, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    """Return typed texts of a row in which the asset is given by its number.

    If no asset has the serial number, the text may be a part of the product of the contact.
    Raises AmbiguousError where several assets fit.
    """
    text = texts.get("asset", "").strip()
    if not text or text.startswith("#"):
        return texts
    contact_id = _find_contact(texts, before)
    found = _find_by_serial(store, text, contact_id) or _find_by_product(store, text, contact_id)
    if len(found) > 1:
        raise AmbiguousError(
            f"{len(found)} assets are named “{text}”",
            "Give the number of one.",
            [(row["id"], row["name"], row["contact"]) for row in found[:_MAX_SHOWN]],
        )
    return {**texts, "asset": f"#{found[0]['id']}"} if found else texts


def _find_contact(texts: Mapping[str, str], before: Any) -> int | None:
    text = texts.get("contact", "").removeprefix("#")
    if text.isascii() and text.isdecimal():
        return int(text)
    found: int | None = before.columns["contact_id"] if before is not None else None
    return found


def _find_by_serial(store: Store, text: str, contact_id: int | None) -> list[Row]:
    """Return the assets of a serial number: those of the contact, or those in use, if there are."""
    sql = f"{_SELECT} WHERE lower(n.serial) = lower(:text) ORDER BY n.id"
    found = store.rows(sql, text=text)
    own = [row for row in found if row["contact_id"] == contact_id]
    used = [row for row in found if not row["retired_on"]]
    return own or used or found


def _find_by_product(store: Store, text: str, contact_id: int | None) -> list[Row]:
    """Return the assets in use of a contact whose product has a text in its name.

    Without one it may be the whole name of a retired asset, as exported files have it.
    """
    if contact_id is None or text.isdecimal():
        return []
    part = fold(text)
    rows = store.rows(f"{_SELECT} WHERE n.contact_id = :id ORDER BY n.id", id=contact_id)
    used = [row for row in rows if not row["retired_on"] and part in fold(row["name"])]
    return used or [row for row in rows if part == fold(row["name"])]
