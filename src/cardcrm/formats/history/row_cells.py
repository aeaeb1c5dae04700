"""Read the cells of rows by their meaning, and the contact that a row names."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from cardcrm.formats.csv.cell_values import is_placeholder
from cardcrm.formats.csv.consent_words import is_no
from cardcrm.formats.history.columns import Columns
from cardcrm.records.contacts.contact_points import is_email, looks_like_phone, split_mail_name
from cardcrm.records.contacts.drafts import AddressDraft
from cardcrm.records.importing.history_drafts import Party
from cardcrm.text import normalize_line

Cells = Mapping[str, str]
# Meanings whose columns are joined if there are several; of others the first filled one counts.
_JOINED: Final = {"text": "; ", "street": "\n", "related": " ", "payment_ref": " ", "note": "; "}
_NAMED_MAIL: Final = re.compile(
    r"[^<>]*<[^<>]*@[^<>]*>|(?P<name>.*?)\s*\((?P<mail>[^\s()]+@[^\s()]+)\)"
)
_REPEATED: Final = re.compile(r"(?P<part>.+?)(?:;(?P=part))+")  # HubSpot repeats ids


class Skipped(NamedTuple):
    """A row that is left out, such as a failed payment, and the reason."""

    line: int
    reason: str


class Refused(NamedTuple):
    """A row that cannot be read: its line, the column at fault, the reason, its text.

    ``party`` is the contact that it names, if that much can be read.
    """

    line: int
    column: str
    reason: str
    raw: str
    party: Party | None = None


class CellReader:
    """The cells of the rows of a table by their meaning, and how many each column has filled.

    ``target`` is the meaning of the cell that is being read, which a refusal names.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.target = ""
        self._patterns: Counter[tuple[bool, ...]] = Counter()
        self._full = 0  # rows without an empty cell
        pairs = [(each.target, at) for at, each in enumerate(columns.columns) if each.target]
        self._pairs = list(reversed(pairs))  # so that the first of several counts
        several = Counter(target for target, _ in pairs)
        self._joined = {target for target in _JOINED if several[target] > 1}
        self._width = len(columns.columns)

    def strip(self, cells: Sequence[str]) -> list[str]:
        """Return the cells of a row without outer spaces, as many as there are columns.

        Which of them are filled is counted.
        """
        stripped = list(map(str.strip, cells))
        if len(stripped) < self._width:
            stripped += [""] * (self._width - len(stripped))
        if "" in stripped:
            self._patterns[tuple(map(bool, stripped))] += 1
        else:
            self._full += 1
        return stripped

    def counts(self) -> list[int]:
        """Return how many cells of each column are filled in the rows so far."""
        counts = [self._full] * self._width
        for pattern, number in self._patterns.items():
            for at, is_filled in enumerate(pattern[: self._width]):
                counts[at] += number if is_filled else 0
        return counts

    def read(self, cells: Sequence[str]) -> dict[str, str]:
        """Return the filled cells of a stripped row by their meaning."""
        found = {target: cell for target, at in self._pairs if (cell := cells[at])}
        for target in self._joined:
            parts = [cells[at] for at in self.columns.places(target)]
            if joined := _JOINED[target].join(dict.fromkeys(filter(None, parts))):
                found[target] = joined
        return found

    def header_of(self, target: str) -> str:
        """Return the header of the first column of a meaning; "" if there is none."""
        places = self.columns.places(target)
        return self.columns.columns[places[0]].header if places else ""

    def refuse(self, line: int, reason: str, raw: str, party: Party) -> Refused:
        """Return the refusal of a row because of the cell that is being read."""
        return Refused(line, self.header_of(self.target), reason, raw, party)


def read_party(cells: Cells, section: str = "") -> Party:
    """Return the contact that a row names; ``section`` is the heading above the row."""
    get = cells.get
    name, email, phone = get("name", ""), get("email", ""), get("phone", "")
    ref = _strip_id(get("customer_id", ""))
    email = email or get("other_email", "")
    unread = ""
    if email and not is_email(email):
        unread = email
        email, name = _read_mail(email, name)
    if name and ("@" in name or name[:1] in "+(0123456789"):
        name, email, phone, ref = _sort_out(name, email, phone, ref)
    if is_placeholder(phone):
        phone = ""
    given, family, org = get("given", ""), get("family", ""), get("org", "")
    if both := get("org_and_name", ""):  # Odoo: “Acme Ltd, Jane Doe”
        before, sign, after = both.partition(", ")
        org, name = (org or before, name or after) if sign else (org, name or both)
    if not (name or given or family):
        name = get("other_name", "") or ("" if org or email else section)
    if is_placeholder(name):
        name = ""
    consent = get("mail_consent", "")
    opted_out = bool(consent) and is_no(consent)
    if email or is_placeholder(unread):
        unread = ""
    address, source = _read_address(cells), normalize_line(get("source", ""))
    return Party(ref, email, phone, name, org, given, family, address, opted_out, unread, source)


def _strip_id(text: str) -> str:
    found = _REPEATED.fullmatch(text)
    return (found["part"] if found else text).removeprefix("'")


def _read_mail(cell: str, name: str) -> tuple[str, str]:
    """Return the address in a cell that is more than one, and the name."""
    first = re.split(r"[;,]\s*(?![^<]*>)", cell)[0].strip()
    address, written = split_mail_name(first)
    return (address, name or written) if is_email(address) else ("", name)


def _sort_out(name: str, email: str, phone: str, ref: str) -> tuple[str, str, str, str]:
    """Return name, email, phone and id where the cell of the name holds another of them."""
    if found := _NAMED_MAIL.fullmatch(name):
        if found["mail"]:
            return found["name"], email or found["mail"], phone, ref
        address, written = split_mail_name(name)
        return written, email or address, phone, ref
    if is_email(name):
        return "", email or name, phone, ref
    if looks_like_phone(name):
        return "", email, phone or name, ref
    if name.isdigit():
        return "", email, phone, ref or name
    return name, email, phone, ref


def _read_address(cells: Cells) -> AddressDraft | None:
    parts = {
        part: cells[part]
        for part in ("street", "city", "region", "postcode", "country")
        if part in cells
    }
    if "postcode" in parts:
        parts["postcode"] = parts["postcode"].removeprefix("'")
    return AddressDraft(**parts) if parts else None
