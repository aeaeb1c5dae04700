"""The property N of a vCard: the five parts of a name, each with any number of values."""

from cardcrm.formats.csv.cell_values import split_unescaped
from cardcrm.formats.vcard.escapes import escape, unescape
from cardcrm.records.contacts.name_parser import NameParts


def format_n(parts: NameParts) -> str:
    """Return the value of N for the parts of a name, each as one value."""
    prefix, given, middle, family, suffix = map(escape, parts)
    return f"{family};{given};{middle};{prefix};{suffix}"


def parse_n(value: str) -> NameParts:
    """Return the parts of a name; several values are joined by a space, or a comma in the suffix.

    Further components (RFC 9554) repeat what the first five say, and are left out.
    """
    if "," not in value and "\\" not in value:  # as most are
        texts = [*(part.strip() for part in value.split(";", 5)), "", "", "", ""]
        return NameParts(texts[3], texts[1], texts[2], texts[0], texts[4])
    components = [
        list(filter(None, (unescape(each).strip() for each in split_unescaped(text, ","))))
        for text in split_unescaped(value, ";")
    ]
    none: list[str] = []
    family, given, middle, prefix, suffix = [*components, *[none] * 5][:5]
    return NameParts(
        prefix=" ".join(prefix),
        given=" ".join(given),
        middle=" ".join(middle),
        family=" ".join(family),
        suffix=", ".join(suffix),
    )


def escape_n(value: str) -> str:
    """Return the value of N of version 2.1, where a comma separates nothing, as one of 3.0."""
    return ";".join(escape(unescape(each)) for each in split_unescaped(value, ";"))
