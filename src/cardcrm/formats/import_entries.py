"""The entries that an import file yields: contacts, groups, notes, and what cannot be read."""

from dataclasses import dataclass

from cardcrm.records.contacts.drafts import ContactDraft, GroupDraft


@dataclass(frozen=True)
class ContactEntry:
    """A contact, the line where it starts (from 1), and its original text."""

    line: int
    draft: ContactDraft
    raw: str


@dataclass(frozen=True)
class GroupEntry:
    """A group of contacts, the line where it starts (from 1), and its original text."""

    line: int
    draft: GroupDraft
    raw: str


@dataclass(frozen=True)
class BadEntry:
    """An entry that cannot be read: the line where it starts (from 1), the problem, its text.

    ``raw`` has no line end. In CSV, the header from `file_reader.find_header` followed by the raw
    texts is a file that can be repaired and imported again. In vCard, the raw texts alone are.
    ``column`` is the column at fault, if it is one.
    """

    line: int
    problem: str
    raw: str
    column: str = ""


@dataclass(frozen=True)
class DateNote:
    """The order in which dates were read, ``day`` or ``month`` first, and a sentence why."""

    order: str
    words: str


Entry = ContactEntry | GroupEntry | BadEntry | DateNote
