"""The lines of a file with everything, checked and turned into rows, before anything is written."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cardcrm.errors import CardcrmError, ConflictError, UsageError
from cardcrm.records.archive.dump import FORMAT, VERSION
from cardcrm.records.archive.id_map import IdMap
from cardcrm.records.archive.line_format import LineFormat, formats, list_referred
from cardcrm.records.fields import Columns
from cardcrm.store import Store, schema_version

LONGEST: Final = 64 * 2**20  # bytes of a line


class Decoded(NamedTuple):
    """A line: its number, its noun, its row, and the rows of its parts by their keys."""

    number: int
    noun: str
    row: Columns
    parts: Mapping[str, list[Columns]]


class Header(NamedTuple):
    """The first line: the number of lines of each noun."""

    counts: Mapping[str, int]


def read_header(line: bytes) -> Header:
    """Return the header. Raises UsageError, and ConflictError for a newer file."""
    data = _parse(1, line)
    if data.get("format") != FORMAT:
        raise UsageError("line 1 is not the header of a file of `export --all`")
    version, schema = data.get("version"), data.get("schema")
    if not (isinstance(version, int) and isinstance(schema, int)):
        raise UsageError("line 1: the header lacks its version", "Export the file again.")
    if version > VERSION or schema > schema_version.VERSION:
        raise ConflictError(
            f"the file was written by a newer cardcrm (schema version {schema}, this program "
            f"supports {schema_version.VERSION})",
            "Nothing was changed. Update cardcrm.",
        )
    counts = data.get("counts")
    if not isinstance(counts, dict) or not all(isinstance(each, int) for each in counts.values()):
        raise UsageError("line 1: the header lacks its counts", "Export the file again.")
    return Header(counts)


def _parse(number: int, line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line. Raises UsageError."""
    if len(line) > LONGEST:
        raise UsageError(f"line {number} is longer than {LONGEST:,} bytes")
    try:
        data = json.loads(
            line.decode("utf-8-sig" if number == 1 else "utf-8"), parse_constant=_refuse
        )
    except UnicodeDecodeError:
        raise UsageError(
            f"line {number} is not UTF-8", "Nothing was changed. Export the file again."
        ) from None
    except (ValueError, RecursionError):
        end = "" if line.endswith(b"\n") else ", and the file ends there: it was cut off"
        raise UsageError(
            f"line {number} is not a JSON object{end}",
            "Nothing was changed. Export the file again.",
        ) from None
    if not isinstance(data, dict):
        raise UsageError(f"line {number} is not a JSON object")
    return data


def _refuse(word: str) -> None:
    raise ValueError(word)


class LineDecoder:
    """Turns lines into rows, as long as each is in its place and refers to earlier ones."""

    def __init__(self, store: Store) -> None:
        self.forms = {form.type.name: form for form in formats(store)}
        self._order = {name: at for at, name in enumerate(["setting", *self.forms])}

    def decode(self, numbered: Iterable[tuple[int, bytes]]) -> Iterator[Decoded]:
        """Yield the lines after the header. Raises UsageError with the number of a bad one."""
        place = 0
        for number, text in numbered:
            if not text.strip():
                continue
            data = _parse(number, text)
            noun = data.pop("noun", None)
            if not isinstance(noun, str) or noun not in self._order:
                raise UsageError(
                    f"line {number} has the unknown noun {str(noun)[:40]!r}",
                    f"Nouns: {', '.join(self._order)}.",
                )
            if self._order[noun] < place:
                raise UsageError(
                    f"line {number}: a {noun} comes too late", "Keep the order of the lines."
                )
            place = self._order[noun]
            try:
                yield self._decode(number, noun, data)
            except CardcrmError as error:
                error.message = f"line {number}: {error.message}"
                error.hint = error.hint or "Nothing was changed. Correct the line."
                raise

    def _decode(self, number: int, noun: str, data: dict[str, Any]) -> Decoded:
        if noun == "setting":
            if data.keys() != {"name", "value"} or not all(
                isinstance(each, str) for each in data.values()
            ):
                raise UsageError("a setting needs a name and a value")
            return Decoded(number, noun, data, {})
        form = self.forms[noun]
        nested = {part.key: data.pop(part.key, []) for part in form.parts}
        row = form.unpack(data)
        return Decoded(
            number,
            noun,
            row,
            {part.key: _unpack_all(part, nested[part.key], row) for part in form.parts},
        )


def _unpack_all(part: LineFormat, found: Any, whole: Columns) -> list[Columns]:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UsageError(f"{part.key} must be a list of objects")
    currency = whole[part.inherited] if part.inherited else ""
    return [part.unpack(each, currency) for each in found]


class ReferenceCheck:
    """Finds lines that refer to a row that the file does not have."""

    def __init__(self, forms: Mapping[str, LineFormat]) -> None:
        self._forms = forms
        self._seen = {name: IdMap() for name in list_referred(forms)}
        self._open: dict[tuple[str, int], int] = {}  # forward references with their first line

    def add(self, line: Decoded) -> None:
        """Check a line. Raises UsageError for a row of another noun that is missing."""
        form = self._forms.get(line.noun)
        if form is None:
            return
        if line.noun in self._seen and line.row["id"]:
            self._seen[line.noun].put(line.row["id"], 1)
            self._open.pop((line.noun, line.row["id"]), None)
        self._check(line, form, line.row)
        for part in form.parts:
            for row in line.parts[part.key]:
                self._check(line, part, row)

    def _check(self, line: Decoded, form: LineFormat, row: Columns) -> None:
        for field in form.type.references:
            wanted = row.get(field.column)
            if wanted is None or self._seen[field.to].get(wanted) is not None:
                continue
            if field.to != line.noun:
                raise _missing(field.to, wanted, line.number)
            self._open.setdefault((field.to, wanted), line.number)

    def finish(self) -> None:
        """Raise UsageError for a row of the same noun that never came."""
        for (noun, wanted), number in self._open.items():
            raise _missing(noun, wanted, number)


def _missing(noun: str, wanted: int, number: int) -> UsageError:
    return UsageError(
        f"line {number} refers to {noun} {wanted}, which the file does not have",
        "Nothing was changed. Export the file again.",
    )


def check_counts(found: Mapping[str, int], header: Header) -> None:
    """Raise UsageError for a file that lacks lines: it was cut off at the end of one."""
    for noun, count in header.counts.items():
        if found.get(noun, 0) < count:
            raise UsageError(
                f"the file was cut off: it has {found.get(noun, 0):,} of {count:,} lines with the "
                f"noun {noun}",
                "Nothing was changed. Export the file again.",
            )
