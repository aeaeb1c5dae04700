"""Parse one vCard into the draft of a contact or a group, with a note on each of its properties.

No property costs the contact: one that has no field is kept as it is, and a line that cannot be
read is kept as text.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Final, NamedTuple

from cardcrm.formats.import_entries import Kept, ValueNote
from cardcrm.formats.import_job import DEFAULT_LIMIT
from cardcrm.formats.text_encoding import STRAY
from cardcrm.formats.vcard.card_builder import BrokenError, CardBuilder
from cardcrm.formats.vcard.content_line import NO_RANK, ContentLine, read_lines
from cardcrm.formats.vcard.escapes import escape, unescape
from cardcrm.formats.vcard.handlers import find_handler
from cardcrm.formats.vcard.labels import to_label, unwrap_apple_label
from cardcrm.formats.vcard.media import CUT
from cardcrm.formats.vcard.property import CUSTOM, Fate, Handler, Property
from cardcrm.formats.vcard.property_tables import OMITTED
from cardcrm.formats.vcard.value_encoding import WESTERN, decode_base64, decode_bytes, decode_text
from cardcrm.records.contacts.drafts import ContactDraft, GroupDraft
from cardcrm.text import drop_controls, shorten

_FILES: Final = frozenset(("PHOTO", "LOGO", "SOUND", "KEY"))
_LONGEST_TEXT: Final = 5_000_000  # characters, as a message names the limit of the reader
_NEWLINE: Final = "\n"
_UNREAD: Final = "unread line"
_NESTED: Final = re.compile(r"^\s*(?:FN|N|ORG)(?:;[^:]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_ENCODED: Final = frozenset(("ENCODING", "CHARSET"))


class ParsedCard(NamedTuple):
    """The draft of a vCard and its notes; a ``problem`` tells why there is no draft.

    ``guess`` is the character set that was assumed for a text, and that text.
    """

    draft: ContactDraft | GroupDraft | None
    notes: tuple[ValueNote, ...] = ()
    problem: str = ""
    guess: str = ""


class CardOptions(NamedTuple):
    """The options of reading: the character set of other bytes than UTF-8, the largest photo."""

    fallback: str = WESTERN
    media_limit: int = DEFAULT_LIMIT


def parse_card(lines: Sequence[str], options: CardOptions) -> ParsedCard:
    """Parse the lines of one vCard, from BEGIN to END."""
    card = CardBuilder()
    try:
        for prop in _read_properties(lines, options):
            if not prop.value or prop.value.isspace():
                continue
            if note := _take(card, prop):
                card.notes.append(_tell_guess(card, prop, note) if prop.line.guess else note)
        draft = card.build()
    except BrokenError as error:
        return ParsedCard(None, (), f"unreadable vCard: {error}")
    if isinstance(draft, GroupDraft):
        return ParsedCard(draft, tuple(map(_note_of_group, card.notes)))
    return ParsedCard(draft, tuple(card.notes), guess=card.guess)


def _note_of_group(note: ValueNote) -> ValueNote:
    """Return the note of a property of a group, which keeps its name and its members alone."""
    if note.target in ("name", "group", "kind", "email", "permanent id"):
        return note
    return ValueNote(note.column, "", "no", "a group becomes a tag")


def _read_properties(lines: Sequence[str], options: CardOptions) -> Iterator[Property]:
    """Yield the properties, preferred ones first, with the labels of their groups."""
    found = list(read_lines(lines, options.fallback))
    labels: dict[str, ContentLine] = {}
    is_ranked = False
    for line in found:
        head = line.head
        if head.name == "X-ABLABEL" and head.group:
            labels[head.group.lower()] = line
        is_ranked = is_ranked or head.rank != NO_RANK
    if is_ranked:
        found.sort(key=lambda line: line.head.rank)
    for line in found:
        head = line.head
        labelled = labels.get(head.group.lower()) if head.group else None
        if labelled is not None:
            label = unwrap_apple_label(unescape(labelled.value))
        else:
            label = to_label(head.types) if head.types else ""
        value = line.value
        if head.encoding == "base64" and head.name not in _FILES:
            value = _decode_text(line, options.fallback)
        label_line = labelled.raw if labelled is not None else ""
        yield Property(head, value, label, line, label_line, options.media_limit)


def _decode_text(line: ContentLine, fallback: str) -> str:
    """Return the text of a value in base64, with escapes; other values stay."""
    data = decode_base64(line.value)
    if data is None:
        return line.value
    text, _ = decode_bytes(data, line.head.charset, fallback)
    return escape(text)


def _take(card: CardBuilder, prop: Property) -> ValueNote | None:
    """Add a property to a builder; return a note on it, or None if it states no fact."""
    name = prop.head.name
    if prop.value == CUT:
        limit = prop.media_limit if name in _FILES else _LONGEST_TEXT
        return _note(name, "", "no", _too_long(limit))
    fate = _choose_handler(name)(card, prop)
    if fate is None:
        return _keep_as_is(card, prop)
    if isinstance(fate, str):
        return _note(name, fate, "mapped") if fate else None
    return fate


@lru_cache(maxsize=2048)
def _choose_handler(name: str) -> Handler:
    """Return the function for the properties of a name."""
    if handler := _SPECIAL.get(name):
        return handler
    if name in OMITTED:
        return partial(_omit, _note(name, "", "no", OMITTED[name]))
    return find_handler(name) or _keep_as_is


def _omit(note: ValueNote, _card: CardBuilder, _prop: Property) -> Fate:
    return note


def _set_version(card: CardBuilder, prop: Property) -> Fate:
    card.is_old = prop.value.strip() == "2.1"
    return ""


def _ignore(_card: CardBuilder, _prop: Property) -> Fate:
    return ""


def _keep_unread(card: CardBuilder, prop: Property) -> Fate:
    card.fields.append((_UNREAD, prop.value.strip()))
    return _note(_UNREAD, _UNREAD, CUSTOM, "no property begins with it")


def _tell_guess(card: CardBuilder, prop: Property, note: ValueNote) -> ValueNote:
    """Return a note that tells by which character set its value was read."""
    if note.kept == "no":
        return note
    card.guess = card.guess or f"{prop.line.guess}: “{shorten(prop.text, 30)}”"
    return note._replace(reason=f"read as {prop.line.guess}, which is a guess")


def _too_long(limit: int) -> str:
    return f"it is larger than {limit / 1_000_000:g} MB"


@lru_cache(maxsize=2048)  # the contacts of a file repeat them
def _note(column: str, target: str, kept: Kept, reason: str = "") -> ValueNote:
    return ValueNote(column, target, kept, reason)


def _skip_agent(card: CardBuilder, prop: Property) -> ValueNote:
    """Leave out the vCard inside of another one; an address of one is kept as it is."""
    text = prop.text
    if "BEGIN:VCARD" not in text.upper().replace(" ", ""):
        return _keep_as_is(card, prop)
    names = [found[1].strip("; ") for found in _NESTED.finditer(text)]
    who = shorten(drop_controls(names[0]), 40) if names else ""
    return ValueNote("AGENT", "", "no", f"it is a vCard inside of this one{who and f': {who}'}")


def _keep_as_is(card: CardBuilder, prop: Property) -> ValueNote:
    """Keep a property as the file has it, with the line of its label."""
    line = prop.line
    if len(line.raw) > prop.media_limit * 3 // 2:
        return _note(prop.name, "", "no", _too_long(prop.media_limit))
    raw = line.raw
    is_text = prop.head.encoding == "quoted" or prop.head.charset or line.guess
    if is_text or not _is_clean(raw):
        raw = _spell_out(prop)
    if prop.label_line:
        label = decode_text(prop.label_line, "", WESTERN)[0]
        raw = f"{raw}\n{drop_controls(label).replace(_NEWLINE, ' ')}"
    card.vcard_lines.append(raw)
    return _note(prop.name, "vCard property", "as is")


def _is_clean(raw: str) -> bool:
    return raw.isprintable() or (drop_controls(raw) == raw and not STRAY.search(raw))


def _spell_out(prop: Property) -> str:
    """Return a property in UTF-8 without its encoding, which newer versions do not have."""
    head = prop.head
    params = "".join(
        f";{name}={','.join(map(_quote, values))}"
        for name, values in head.params.items()
        if name not in _ENCODED
    )
    group = f"{head.group}." if head.group else ""
    value = drop_controls(prop.value).replace("\n", "\\n")
    return f"{group}{head.name}{params}:{value}"


_SPECIAL: Final[dict[str, Handler]] = {
    "": _keep_unread,
    "AGENT": _skip_agent,
    "BEGIN": _ignore,
    "END": _ignore,
    "VERSION": _set_version,
    "X-ABLABEL": _ignore,
}


def _quote(value: str) -> str:
    plain = drop_controls(value).replace('"', "'").replace("\n", " ")
    return f'"{plain}"' if re.search(r"[,;:]", plain) else plain
