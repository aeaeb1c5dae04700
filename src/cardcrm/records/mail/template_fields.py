"""The fields that a template may name, by the object in front of the dot, and its size."""

from types import MappingProxyType
from typing import Final

MAX_SOURCE: Final = 200_000  # characters of a text or of HTML, with its fields

CONTACT: Final = (
    "name", "first_name", "last_name", "prefix", "job", "role", "email", "phone", "language",
    "street", "postcode", "city", "region", "country", "birthday", "tags", "owner", "ref",
)  # fmt: skip
ORGANIZATION: Final = (
    "name", "email", "phone", "web", "street", "postcode", "city", "region", "country",
)  # fmt: skip
DEAL: Final = ("number", "title", "amount", "stage", "pipeline", "close", "owner")
QUOTE: Final = (
    "number", "version", "title", "amount", "net", "tax", "date", "valid", "note", "owner", "lines",
)  # fmt: skip
LINE: Final = ("product", "quantity", "price", "discount", "amount", "optional")
INVOICE: Final = (
    "number", "amount", "open", "paid", "date", "due", "days", "text", "level", "fee",
)  # fmt: skip
CAMPAIGN: Final = ("name", "code", "offer", "discount", "until")
CASE: Final = ("number", "text", "type", "priority", "status", "product", "owner", "opened")
USER: Final = ("name", "email")
FIRM: Final = ("name", "address", "contact", "tax", "bank", "footer")
MESSAGE: Final = ("date",)

FIELDS: Final = MappingProxyType(
    {
        "contact": (*CONTACT, "fields"),
        "organization": ORGANIZATION,
        "deal": DEAL,
        "quote": QUOTE,
        "invoice": INVOICE,
        "campaign": CAMPAIGN,
        "case": CASE,
        "user": USER,
        "firm": FIRM,
        "message": MESSAGE,
    }
)
VALUES: Final = "values"  # those of --set, which a template names as {{ values.coupon }}
CUSTOM: Final = "fields"  # the custom fields of a contact: {{ contact.fields.size }}
OBJECTS: Final = (*FIELDS, VALUES)
