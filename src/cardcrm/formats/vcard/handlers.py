"""The functions that take properties, one for each kind: each adds its value to a `CardBuilder`."""

from typing import Final

from cardcrm.formats.vcard import field_handlers, point_handlers, relation_handlers, text_handlers
from cardcrm.formats.vcard.property import Handler

HANDLERS: Final[dict[str, Handler]] = {
    **text_handlers.HANDLERS,
    **point_handlers.HANDLERS,
    **relation_handlers.HANDLERS,
    **field_handlers.HANDLERS,
}


def find_handler(name: str) -> Handler | None:
    """Return the function for a property, or None for one that is not known."""
    return HANDLERS.get(name) or point_handlers.find_messenger_handler(name)
