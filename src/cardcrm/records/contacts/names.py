"""Names of contacts: their parts, and the keys for look-up and for sorting.

A contact has a name to show and, if it is a person, five parts. ``stated`` records which parts a
user or a file has given: those stay as they are. The others are read from the name, and follow it.
An organization has parts only where a file names a person for it.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cardcrm.errors import UsageError
from cardcrm.records.contacts.name_parser import (
    NameParts,
    is_family_first,
    joins_closely,
    read_name,
    read_rest,
    spoken_words,
)
from cardcrm.records.contacts.name_words import (
    BARE_SORTED_REGIONS,
    GENERATIONS,
    GIVEN_SORTED_REGIONS,
    PARTICLES,
    fold_word,
)
from cardcrm.text import fold, normalize_block, normalize_line

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
    else:
        stated = " ".join([name for name, part in zip(PARTS, parts, strict=True) if part])
    first = is_family_first(full or parts.family, draft.name_order, region)
    full = full or compose(parts, family_first=first, region=region)
    if not full:
        raise UsageError("a contact needs a name", 'For example: cardcrm add "Jane Doe"')
    if draft.kind == "person":
        if "," in full and not draft.vcard_n:
            full = _turn(full, family_first=first, region=region)
        if stated != ALL:
            words = _stated_parts(stated, parts)
            parts = _read(full, words, family_first=first)
    if len(full) > LONGEST or max(map(len, parts)) > LONGEST:
        raise UsageError(
            f"a name of {max(map(len, (full, *parts)))} characters is too long",
            f"Use at most {LONGEST} characters, and --note for the rest.",
        )
    vcard_n = draft.vcard_n and normalize_block(draft.vcard_n)[: 5 * LONGEST]
    sort_as = draft.sort_as and normalize_line(draft.sort_as)
    return _build(draft.kind, full, parts, draft.name_order, sort_as, vcard_n, stated, region)


def _build(
    kind: str,
    full: str,
    parts: NameParts,
    order: str,
    sort_as: str,
    vcard_n: str,
    stated: str,
    region: str,
) -> Name:
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
    has_prefix: bool
    middle: str
    suffix: str | None


_STYLES = tuple(
    _Style(*each)
    for each in product(
        ("given-first", "family-first", "inverted"),
        (False, True),
        ("whole", "initial", "none"),
        (" ", ", ", None),
    )
)


def compose(parts: NameParts, *, family_first: bool = False, region: str = "") -> str:
    """Return the name that parts make: without the prefix, and with the suffix."""
    order = "family-first" if family_first else "given-first"
    sign = " " if fold_word(parts.suffix.partition(" ")[0]) in GENERATIONS else ", "
    return _format(parts, _Style(order, False, "whole", sign), region)


def compose_formally(contact: Named) -> str:
    """Return the name with all of its parts: Dr. Ann Quentin Test MBE."""
    parts = parts_of(contact)
    first = is_family_first(parts.family or contact.name, contact.name_order, "")
    order = "family-first" if first else "given-first"
    sign = " " if fold_word(parts.suffix.partition(" ")[0]) in GENERATIONS else ", "
    return _format(parts, _Style(order, True, "whole", sign), "")


def describe_other_name(contact: Named) -> str:
    """Return the name with all of its parts, if the name to show leaves some out."""
    formal = compose_formally(contact)
    missing = set(map(fold_word, formal.split())) - set(map(fold_word, contact.name.split()))
    return formal if missing else ""


def _format(parts: NameParts, style: _Style, region: str = "") -> str:
    prefix, given, middle, family, suffix = parts
    middle = {"whole": middle, "initial": f"{middle[:1]}." if middle else ""}.get(style.middle, "")
    names = [given, middle, family] if style.order == "given-first" else [family, given, middle]
    if style.order == "inverted" and family:
        names[0] += ","
    filled = [name for name in names if name]
    space = "" if len(filled) > 1 and joins_closely("".join(filled), region) else " "
    text = space.join(filled)
    if style.has_prefix and prefix:
        text = f"{prefix} {text}" if text else prefix
    return f"{text}{style.suffix}{suffix}" if suffix and style.suffix and text else text or suffix


def _recompose(full: str, old: NameParts, new: NameParts, region: str) -> str:
    """Return the name made of new parts as it was made of the old ones; else it stays."""
    standard = compose(old, family_first=False), compose(old, family_first=True, region=region)
    if full in standard:
        first = full == standard[1] and full != standard[0]
        return compose(new, family_first=first, region=region) or full
    for style in _STYLES:
        if _format(old, style, region) == full:
            return _format(new, style, region) or full
    return full


def _turn(full: str, *, family_first: bool, region: str) -> str:
    """Return “Doe, Jane” as Jane Doe, and any other name as it is."""
    reading = read_name(full, family_first=family_first)
    if not reading.is_inverted:
        return full
    turned = compose(reading.parts, family_first=family_first, region=region)
    return f"{reading.parts.prefix} {turned}".strip()


# Edit


def parts_of(contact: Named) -> NameParts:
    """Return the parts of a stored name."""
    return NameParts(*(getattr(contact, name) for name in PARTS))


def _stated_parts(stated: str, parts: NameParts) -> dict[str, str]:
    """Return the parts that are stated."""
    names = PARTS if stated == ALL else stated.split()
    return {name: getattr(parts, name) for name in names}


def stated_parts(contact: Named) -> NameParts:
    """Return the parts that a user or a file has stated, and nothing for the others."""
    return NameParts(**_stated_parts(contact.stated, parts_of(contact)))


def _read(full: str, stated: Mapping[str, str], *, family_first: bool) -> NameParts:
    if not stated:
        return read_name(full, family_first=family_first).parts
    return read_rest(full, stated, family_first=family_first)


def edit_name(contact: Named, field: str, text: str, region: str) -> Name:
    """Return the name of a stored contact with another name, part, order or sort name.

    Another name leaves the stated parts alone. Another part leaves the other parts alone, and the
    name follows if it was composed from the parts. Raises UsageError.
    """
    if field == "name":
        return _rename(contact, text, region)
    if field in PARTS:
        return _edit_part(contact, field, normalize_line(text), region)
    return _edit_order(contact, field, text, region)


def change_kind(contact: Named, kind: str, region: str) -> Name:
    """Return the name of a contact that becomes a person or an organization."""
    stated = contact.stated
    if kind == "org" and _is_composed(contact, region):
        return _rebuild(contact, contact.name, NameParts(), "", region, kind=kind)
    return _reread(contact, contact.name, stated, region, kind=kind)


def _rename(contact: Named, text: str, region: str) -> Name:
    from cardcrm.records.contacts.drafts import ContactDraft

    full = name_of(ContactDraft(name=text, kind=contact.kind, name_order=contact.name_order),
                   region).name  # fmt: skip
    is_own = contact.kind == "org" and _is_composed(contact, region)
    return _reread(contact, full, "" if is_own else contact.stated, region)


def _is_composed(contact: Named, region: str) -> bool:
    """Return whether the name is made of the parts, or the parts were read from it."""
    parts = parts_of(contact)
    if not contact.stated:
        return True
    return any(_format(parts, style, region) == contact.name for style in _STYLES)


def _reread(contact: Named, full: str, stated: str, region: str, kind: str = "") -> Name:
    """Return a name of which the parts that are not stated are read."""
    parts = parts_of(contact)
    if (kind or contact.kind) == "org":
        parts = NameParts(**_stated_parts(stated, parts))
    elif stated != ALL:
        first = is_family_first(full, contact.name_order, region)
        parts = _read(full, _stated_parts(stated, parts), family_first=first)
    return _rebuild(contact, full, parts, stated, region, kind=kind)


def _rebuild(
    contact: Named, full: str, parts: NameParts, stated: str, region: str, kind: str = ""
) -> Name:
    kind, order = kind or contact.kind, contact.name_order
    return _build(kind, full, parts, order, contact.sort_as, contact.vcard_n, stated, region)


def _edit_part(contact: Named, part: str, text: str, region: str) -> Name:
    if len(text) > LONGEST:
        raise UsageError(
            f"a {part} name of {len(text)} characters is too long",
            f"Use at most {LONGEST} characters, and --note for the rest.",
        )
    old = parts_of(contact)
    new = old._replace(**{part: text})
    names = [*contact.stated.split(), part]
    stated = ALL if ALL in names else " ".join(name for name in PARTS if name in names)
    first = is_family_first(contact.name, contact.name_order, region)
    if text and _fits(contact.name, part, text, family_first=first):
        if stated != ALL:
            new = _read(contact.name, _stated_parts(stated, new), family_first=first)
        return _rebuild(contact, contact.name, new, stated, region)
    full = _recompose(contact.name, old, new, region) if contact.kind == "person" else contact.name
    return _rebuild(contact, full, new, stated, region)


def _fits(full: str, part: str, text: str, *, family_first: bool) -> bool:
    """Return whether a part already stands in the name, where the part belongs.

    Then the part corrects how the name was read: García Márquez in Anna García Márquez.
    """
    read = read_name(full, family_first=family_first).parts
    words = [fold_word(word) for word in spoken_words(read, family_first=family_first)]
    wanted = [fold_word(word) for word in text.split()]
    if part in ("given", "family"):
        is_first = (part == "family") == family_first
        place = words[: len(wanted)] if is_first else words[-len(wanted) :]
        return len(wanted) < len(words) and place == wanted
    if part == "middle":
        return f" {' '.join(wanted)} " in f" {' '.join(words[1:-1])} "
    every = [fold_word(word) for word in full.split()]
    return wanted == (every[: len(wanted)] if part == "prefix" else every[-len(wanted) :])


def _edit_order(contact: Named, field: str, text: str, region: str) -> Name:
    """Return a name in another order, or sorted by another text."""
    name = _reread(contact, contact.name, contact.stated, region)
    if field == "sort_as":
        name = name._replace(sort_as=normalize_line(text))
    else:
        name = _reorder(contact, name, text, region)
    parts = NameParts(name.prefix, name.given, name.middle, name.family, name.suffix)
    return name._replace(sort_key=sort_key(contact.kind, name.name, parts, name.sort_as, region))


def _reorder(contact: Named, name: Name, order: str, region: str) -> Name:
    """Return a name in another order: one that was typed is read so, one of parts is composed."""
    first = is_family_first(contact.name, order, region)
    name = name._replace(name_order=order)
    if contact.kind == "org":
        return name
    if contact.stated != ALL:
        parts = _stated_parts(contact.stated, parts_of(contact))
        return name._replace(**_read(contact.name, parts, family_first=first)._asdict())
    parts = parts_of(contact)
    if contact.name not in _compositions(parts, region):
        return name
    full = compose(parts, family_first=first, region=region)
    return name._replace(name=full, name_key=fold(full))


def _compositions(parts: NameParts, region: str) -> Iterator[str]:
    """Yield the names that parts make in either order."""
    for first in (False, True):
        yield compose(parts, family_first=first, region=region)


def parts_left(contact: Named) -> dict[str, str]:
    """Return the stated given and family name that the name to show does not have."""
    if contact.kind == "org":
        return {}
    stated = _stated_parts(contact.stated, parts_of(contact))
    words = f" {' '.join(map(fold_word, contact.name.split()))} "
    return {
        name: part
        for name, part in stated.items()
        if part
        and name in ("given", "family")
        and f" {' '.join(map(fold_word, part.split()))} " not in words
    }


# Import


def fill_name(mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that a stored name takes over from the same name in a file.

    Parts that were only read give way to stated ones; a stated part stays.
    """
    new: dict[str, str] = {}
    if theirs["stated"] and not mine["stated"]:
        new = {name: theirs[name] for name in (*PARTS, "vcard_n", "stated")}
        new["sort_key"] = mine["sort_key"] if mine["sort_as"] else theirs["sort_key"]
    elif theirs["stated"]:
        names = PARTS if theirs["stated"] == ALL else theirs["stated"].split()
        new = {name: theirs[name] for name in names if theirs[name] and not mine[name]}
        if new:
            new["vcard_n"] = ""
        if not mine["sort_as"] and {"given", "family"} & new.keys():
            new["sort_key"] = theirs["sort_key"]
    if theirs["sort_as"] and not mine["sort_as"]:
        new |= {"sort_as": theirs["sort_as"], "sort_key": theirs["sort_key"]}
    if theirs["name_order"] and not mine["name_order"]:
        new["name_order"] = theirs["name_order"]
    return new
