"""The entries that an import file yields: contacts, groups, notes, and what cannot be read."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from cardcrm.formats.import_job import ColumnUse
from cardcrm.records.contacts.drafts import ContactDraft, GroupDraft

Kept = Literal["mapped", "custom field", "as is", "no"]


class ValueNote(NamedTuple):
    """The fate of one value of an entry: where it was found, and how it is kept.

    ``column`` is the column or property as the file has it. ``target`` names the field, built-in or
    custom, that keeps the value (``email``). ``kept`` tells how: ``mapped`` to a field,
    as a ``custom field``, ``as is`` (byte for byte, for the next export), or ``no``. ``reason``
    tells why a value was not kept, or why it was kept as text: ``larger than 1 MB``.
    """

    column: str
    target: str
    kept: Kept
    reason: str = ""


class ContactEntry(NamedTuple):
    """A contact, the line where it starts (from 1), and its original text.

    ``notes`` tell what became of its values, each once.
    """

    line: int
    draft: ContactDraft
    raw: str
    notes: tuple[ValueNote, ...] = ()


@dataclass(frozen=True)
class GroupEntry:
    """A group of contacts, the line where it starts (from 1), its original text and its notes."""

    line: int
    draft: GroupDraft
    raw: str
    notes: tuple[ValueNote, ...] = ()


@dataclass(frozen=True)
class BadEntry:
    """An entry that cannot be read: the line where it starts (from 1), the problem, its text.

    ``raw`` has no line end. In CSV, the header from `file_reader.find_header` followed by the raw
    texts is a file that can be repaired and imported again. In vCard, the raw texts alone are.
    ``column`` is the column at fault, if it is one. A row that describes nothing, such as a total,
    ``is_remark``: it is left out, and the import does not fail.
    """

    line: int
    problem: str
    raw: str
    column: str = ""
    is_remark: bool = False


@dataclass(frozen=True)
class DateNote:
    """The order in which dates were read, ``day`` or ``month`` first, and a sentence why."""

    order: str
    words: str


@dataclass(frozen=True)
class FileNote:
    """A sentence about a file."""

    words: str


@dataclass(frozen=True)
class ColumnReport:
    """The fate of the columns of a table, at its end."""

    columns: tuple[ColumnUse, ...]


Entry = ContactEntry | GroupEntry | BadEntry | DateNote | FileNote | ColumnReport
