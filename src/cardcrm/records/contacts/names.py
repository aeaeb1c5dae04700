"""Names of contacts: their parts, and the keys for look-up and for sorting.

A contact has a name to show and, if it is a person, five parts. ``stated`` records which parts a
user or a file has given: those stay as they are. The others are read from the name, and follow it.
An organization has parts only where a file names a person for it.
"""

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cardcrm.errors import UsageError
from cardcrm.records.contacts.name_parser import (
    NameParts,
    is_family_first,
    joins_closely,
    read_name,
    read_rest,
)
from cardcrm.records.contacts.name_words import (
    BARE_SORTED_REGIONS,
    GENERATIONS,
    GIVEN_SORTED_REGIONS,
    PARTICLES,
    fold_word,
)
from cardcrm.text import fold, normalize_block, normalize_line, with_article

if TYPE_CHECKING:
    from cardcrm.records.contacts.drafts import ContactDraft

LONGEST = 200
ALL = "all"  # every part is stated, the empty ones too
PARTS = NameParts._fields


class Name(NamedTuple):
    """The columns of a contact that its name fills, in the order of the table.

    ``vcard_n`` is the property N of the vCard that the name came from, where the parts do not tell
    all of it: several values of one part, for example.
    """

    name: str
    prefix: str
    given: str
    middle: str
    family: str
    suffix: str
    name_order: str
    sort_as: str
    vcard_n: str
    stated: str
    name_key: str
    sort_key: str


class Named(Protocol):
    """A stored contact, as far as its name goes."""

    @property
    def kind(self) -> str:
        """Person or org."""

    @property
    def name(self) -> str:
        """The name to show."""

    @property
    def name_order(self) -> str:
        """The order of the name, if it is stated."""

    @property
    def sort_as(self) -> str:
        """The text that the contact is sorted by, if it is stated."""

    @property
    def vcard_n(self) -> str:
        """The property N that the name came from."""

    @property
    def stated(self) -> str:
        """The parts that are stated."""


def name_of(draft: "ContactDraft", region: str = "") -> Name:
    """Return the name of a draft, from its full name or from its parts.

    Parts that the draft states stay as they are; the others of a person are read from the full
    name. Raises UsageError for an empty or absurdly long name.
    """
    parts = NameParts(
        draft.prefix and normalize_line(draft.prefix),
        draft.given and normalize_line(draft.given),
        draft.middle and normalize_line(draft.middle),
        draft.family and normalize_line(draft.family),
        draft.suffix and normalize_line(draft.suffix),
    )
    full = normalize_line(draft.name)
    if (parts.given and parts.family) or (draft.kind == "org" and any(parts)):
        stated = ALL
    elif any(parts):
        stated = " ".join([name for name, part in zip(PARTS, parts, strict=True) if part])
    else:
        stated = ""
    first = is_family_first(full or parts.family, draft.name_order, region)
    full = full or compose(parts, family_first=first, region=region)
    if not full:
        raise UsageError("a contact needs a name", 'For example: cardcrm add "Jane Doe"')
    if draft.kind == "person":
        if "," in full and not draft.vcard_n and not stated:
            full, parts = _turn(full, family_first=first, region=region)
            stated = ALL if any(parts) else ""
        if stated != ALL:
            words = select_stated(stated, parts)
            parts = read_parts(full, words, family_first=first)
    if len(full) + sum(map(len, parts)) > LONGEST:  # few names are looked at more closely
        refuse_long("name", max((full, *parts), key=len))
    vcard_n = draft.vcard_n and normalize_block(draft.vcard_n)[: 5 * LONGEST]
    sort_as = draft.sort_as and normalize_line(draft.sort_as)
    return build_name(draft.kind, full, parts, draft.name_order, sort_as, vcard_n, stated, region)


def cut_long(name: str) -> str:
    """Return a name or a label, cut if it is absurdly long."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def refuse_long(what: str, text: str) -> None:
    """Raise UsageError for a name or a label that is absurdly long."""
    if len(text) > LONGEST:
        raise UsageError(
            f"{with_article(what)} of {len(text):,} characters is too long",
            f"Use at most {LONGEST} characters, and --note for the rest.",
        )


def build_name(
    kind: str,
    full: str,
    parts: NameParts,
    order: str,
    sort_as: str,
    vcard_n: str,
    stated: str,
    region: str,
) -> Name:
    """Return the columns of a name with its keys."""
    sort = sort_key(kind, full, parts, sort_as, region)
    return Name(full, *parts, order, sort_as, vcard_n, stated, fold(full), sort)


def sort_key(kind: str, full: str, parts: NameParts, sort_as: str, region: str) -> str:
    """Return the key by which a contact is sorted: its family name, unless ``sort_as`` is stated.

    Some regions sort by the given name, and some leave out the particles of a family name.
    """
    if sort_as or kind == "org":
        return fold(sort_as.replace(",", " ") or full)
    _, given, _, family, _ = parts
    if region in GIVEN_SORTED_REGIONS:
        return fold(f"{given} {family}")
    if region in BARE_SORTED_REGIONS:
        return fold(f"{_without_particles(family)} {given} {family}")
    return fold(f"{family} {given}")


def _without_particles(family: str) -> str:
    words = family.split()
    while len(words) > 1 and fold_word(words[0]) in PARTICLES and not words[0][0].isupper():
        words.pop(0)
    return " ".join(words)


# Compose


class _Style(NamedTuple):
    """A way to compose a name: its order, the parts in it, and the sign before the suffix."""

    order: str
    prefix: str
    middle: str
    suffix: str | None


STYLES = tuple(
    _Style(*each)
    for each in product(
        ("given-first", "family-first", "inverted"),
        ("", "whole"),
        ("whole", "initial", "none"),
        (" ", ", ", None),
    )
)


def compose(parts: NameParts, *, family_first: bool = False, region: str = "") -> str:
    """Return the name that parts make: without the prefix, and with the suffix."""
    _, given, middle, family, suffix = parts
    if given.isascii() and family and not (middle or suffix or family_first):
        return f"{given} {family}" if given else family  # most rows of a file
    order = "family-first" if family_first else "given-first"
    sign = " " if fold_word(suffix.partition(" ")[0]) in GENERATIONS else ", "
    return format_parts(parts, _Style(order, "", "whole", sign), region)


def compose_formally(contact: Named) -> str:
    """Return the name with all of its parts: Dr. Ann Quentin Test MBE."""
    parts = parts_of(contact)
    first = is_family_first(parts.family or contact.name, contact.name_order, "")
    order = "family-first" if first else "given-first"
    sign = " " if fold_word(parts.suffix.partition(" ")[0]) in GENERATIONS else ", "
    return format_parts(parts, _Style(order, "whole", "whole", sign), "")


def describe_other_name(contact: Named) -> str:
    """Return the name with all of its parts, if the name to show leaves some out."""
    formal = compose_formally(contact)
    missing = set(map(fold_word, formal.split())) - set(map(fold_word, contact.name.split()))
    return formal if missing else ""


def format_parts(parts: NameParts, style: _Style, region: str = "") -> str:
    """Return the name that parts make in a style."""
    prefix, given, middle, family, suffix = parts
    middle = {"whole": middle, "initial": f"{middle[:1]}." if middle else ""}.get(style.middle, "")
    names = [given, middle, family] if style.order == "given-first" else [family, given, middle]
    if style.order == "inverted" and family:
        names[0] += ","
    filled = [name for name in names if name]
    space = "" if len(filled) > 1 and joins_closely("".join(filled), region) else " "
    text = space.join(filled)
    if style.prefix and prefix:
        text = f"{prefix} {text}" if text else prefix
    return f"{text}{style.suffix}{suffix}" if suffix and style.suffix and text else text or suffix


def _turn(full: str, *, family_first: bool, region: str) -> tuple[str, NameParts]:
    """Return “Doe, Jane” as Jane Doe, and any other name as it is.

    The parts are returned only if the turned name reads otherwise: García Márquez, Ana.
    """
    parts, is_inverted = read_name(full, family_first=family_first)
    if not is_inverted:
        return full, NameParts()
    turned = compose(parts, family_first=family_first, region=region)
    turned = f"{parts.prefix} {turned}".strip()
    is_same = read_name(turned, family_first=family_first).parts == parts
    return turned, NameParts() if is_same else parts


# Stored names


def parts_of(contact: "Named | Name") -> NameParts:
    """Return the parts of a name."""
    return NameParts(*(getattr(contact, name) for name in PARTS))


def select_stated(stated: str, parts: NameParts) -> dict[str, str]:
    """Return the parts that are stated."""
    names = PARTS if stated == ALL else stated.split()
    return {name: getattr(parts, name) for name in names}


def read_parts(full: str, stated: Mapping[str, str], *, family_first: bool) -> NameParts:
    """Return the parts of a full name: the stated ones, and the others as they are read."""
    if not stated:
        return read_name(full, family_first=family_first).parts
    return read_rest(full, stated, family_first=family_first)
