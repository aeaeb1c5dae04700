"""Edit the name of a stored contact, and fill it from a file.

Stated parts stay as they are when the name changes; the name changes with a part if it was composed
from the parts.
"""

from collections.abc import Iterator, Mapping

from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.name_parser import (
    NameParts,
    is_family_first,
    read_name,
    spoken_words,
)
from cardcrm.records.contacts.name_words import fold_word
from cardcrm.records.contacts.names import (
    ALL,
    PARTS,
    STYLES,
    Name,
    Named,
    build_name,
    compose,
    format_parts,
    name_of,
    parts_of,
    read_parts,
    refuse_long,
    select_stated,
    sort_key,
)
from cardcrm.text import fold, normalize_line


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
    draft = ContactDraft(name=text, kind=contact.kind, name_order=contact.name_order)
    name = name_of(draft, region)
    if not contact.stated or (contact.kind == "org" and _is_composed(contact, region)):
        return _rebuild(contact, name.name, parts_of(name), name.stated, region)
    return _reread(contact, name.name, contact.stated, region)


def _is_composed(contact: Named, region: str) -> bool:
    """Return whether the name is made of the parts, or the parts were read from it."""
    parts = parts_of(contact)
    if not contact.stated:
        return True
    return any(format_parts(parts, style, region) == contact.name for style in STYLES)


def _reread(contact: Named, full: str, stated: str, region: str, kind: str = "") -> Name:
    """Return a name of which the parts that are not stated are read."""
    parts = parts_of(contact)
    if (kind or contact.kind) == "org":
        parts = NameParts(**select_stated(stated, parts))
    elif stated != ALL:
        first = is_family_first(full, contact.name_order, region)
        parts = read_parts(full, select_stated(stated, parts), family_first=first)
    return _rebuild(contact, full, parts, stated, region, kind=kind)


def _rebuild(
    contact: Named, full: str, parts: NameParts, stated: str, region: str, kind: str = ""
) -> Name:
    kind, order = kind or contact.kind, contact.name_order
    return build_name(kind, full, parts, order, contact.sort_as, contact.vcard_n, stated, region)


def _recompose(full: str, old: NameParts, new: NameParts, region: str) -> str:
    """Return the name made of new parts as it was made of the old ones; else it stays."""
    standard = compose(old, family_first=False), compose(old, family_first=True, region=region)
    if full in standard:
        first = full == standard[1] and full != standard[0]
        return compose(new, family_first=first, region=region) or full
    for style in STYLES:
        if format_parts(old, style, region) == full:
            return format_parts(new, style, region) or full
    return full


def _edit_part(contact: Named, part: str, text: str, region: str) -> Name:
    refuse_long(f"{part} name", text)
    old = parts_of(contact)
    new = old._replace(**{part: text})
    names = [*contact.stated.split(), part]
    is_whole = ALL in names or {"given", "family"} <= set(names)
    stated = ALL if is_whole else " ".join(name for name in PARTS if name in names)
    first = is_family_first(contact.name, contact.name_order, region)
    if text and _fits(contact.name, part, text, family_first=first):
        if stated != ALL:
            new = read_parts(contact.name, select_stated(stated, new), family_first=first)
        return _rebuild(contact, contact.name, new, stated, region)
    full = _recompose(contact.name, old, new, region) if contact.kind == "person" else contact.name
    return _rebuild(contact, full, new, stated, region)


def _fits(full: str, part: str, text: str, *, family_first: bool) -> bool:
    """Return whether a part is already in the name, where the part belongs.

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
        stated = select_stated(contact.stated, parts_of(contact))
        return name._replace(**read_parts(contact.name, stated, family_first=first)._asdict())
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
    stated = select_stated(contact.stated, parts_of(contact))
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

    Parts that were only read give way to stated ones that differ; a stated part stays.
    """
    new: dict[str, str] = {}
    if _says_nothing_new(mine, theirs):
        pass
    elif theirs["stated"] and not mine["stated"]:
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


def _says_nothing_new(mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Return whether a file states the parts that a stored name has, as our own exports do."""
    if any(theirs[name] != mine[name] for name in PARTS):
        return False
    order = ("family", "given", "middle", "prefix", "suffix")
    plain = ";".join(mine[name] for name in order)
    known = ("", *(text.replace("\\", "") for text in (mine["vcard_n"], plain)))
    return theirs["vcard_n"].replace("\\", "") in known
