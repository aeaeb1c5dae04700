"""Generate the table of what survives an import of vCards: from each program, each property.

Each sample of a program is imported into a new database and exported again as vCard 3.0. A value
has gone out if all of its words are in one property of the export.
"""

import base64
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from docs.generator.markdown import table

SAMPLES = Path(__file__).parent / "vcards"
# Properties that serve the format, and one whose value is in another property.
FORMAT = frozenset(("BEGIN", "END", "VERSION", "X-ABLABEL"))
_MANY = 7  # programs that are named one by one


class Survival(NamedTuple):
    """The fate of a property: the fields that have its values, and the properties written.

    ``reasons`` tell why values are not kept. ``lost`` are values that are neither written again nor
    named in the report.
    """

    program: str
    name: str
    targets: tuple[str, ...]
    written: tuple[str, ...]
    reasons: tuple[str, ...]
    lost: tuple[str, ...]


@cache
def survey() -> tuple[Survival, ...]:
    """Return the fate of every property of every sample."""
    return tuple(each for path in sorted(SAMPLES.glob("*.vcf")) for each in _survey(path))


def _survey(path: Path) -> Iterator[Survival]:
    from cardcrm.formats.file_reader import read_entries
    from cardcrm.formats.import_entries import ContactEntry
    from cardcrm.formats.vcard.content_line import read_lines

    [entry] = [each for each in read_entries(path) if isinstance(each, ContactEntry)]
    lines = path.read_bytes().decode("utf-8", "surrogateescape").split("\r\n")
    values: dict[str, list[str]] = {}
    for line in read_lines(lines, "cp1252"):
        if line.head.name not in FORMAT and line.value.strip():
            found = values.setdefault(line.head.name, [])
            found += map(_to_words, _split(line.head.name, line.value))
    written = [
        (line.head.name, _to_words(line.value))
        for line in read_lines(export(entry.draft).split("\r\n"), "cp1252")
    ]
    for name, texts in values.items():
        notes = [note for note in entry.notes if note.column == name]
        reasons = [note.reason for note in notes if note.kept == "no"]
        found = [_find(text, written) for text in texts]
        yield Survival(
            path.stem,
            name,
            _unique(note.target for note in notes if note.target),
            _unique(each for each in found if each),
            _unique(reasons),
            ()
            if reasons
            else tuple(text for text, out in zip(texts, found, strict=True) if not out),
        )


def export(draft: object) -> str:
    """Return the vCard that a new database writes of a draft."""
    from cardcrm.formats.vcard.writer import write_vcard
    from cardcrm.records.contacts.stored_drafts import read_drafts
    from cardcrm.records.importing import bulk_import
    from cardcrm.records.importing.relation_import import add_relations
    from cardcrm.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "cards.db", create=True)
        [outcome] = bulk_import.import_drafts(store, [draft])
        relations = [(outcome.contact_id, each.kind, each.who) for each in draft.relations]
        add_relations(store, relations)
        stream = io.StringIO(newline="")
        write_vcard(list(read_drafts(store, [outcome.contact_id])), stream)
        store.close()
    return stream.getvalue()


def _split(name: str, value: str) -> list[str]:
    """Return the facts in a value: names of children, the column of a row of Android."""
    if name == "X-CHILDREN":
        return value.split(",")
    if name == "X-WAB-GENDER":
        return [{"1": "female", "2": "male"}[value]]
    parts = value.split(";")
    is_row = name == "X-ANDROID-CUSTOM" and parts[0].endswith(("nickname", "event", "relation"))
    return parts[1:2] if is_row else [value]


def _to_words(value: str) -> str:
    """Return the words of a value, days and files in one form."""
    text = value.replace("\\n", " ").replace("\\:", ":").replace("\\", "")
    packed = "".join(text.rpartition("base64,")[2].split())
    if len(packed) > 30 and re.fullmatch(r"[A-Za-z0-9+/]+=*", packed):
        return base64.b64encode(base64.b64decode(packed + "=" * (-len(packed) % 4))).decode()
    if re.fullmatch(r"(16040|-)?[\d:TZ+-]{3,}", text):
        digits = re.sub(r"\D", "", text.partition("T")[0])
        return digits.removeprefix("1604")
    if re.fullmatch(r"(tel:)?[\d +-]{8,}", text):
        return re.sub(r"\D", "", text)
    return " ".join(re.findall(r"\w+", text.casefold()))


def _find(text: str, written: Sequence[tuple[str, str]]) -> str:
    words = _alike(text)
    for name, other in written:
        if other == text:
            return name
    return next((name for name, other in written if words <= _alike(other)), "")


def _alike(text: str) -> set[str]:
    """Return the words of a text, codes of genders and degrees in one form."""
    words = filter(None, (_CODES.get(word, word) for word in text.split()))
    return {
        re.sub(r"(?<=\d)0+$", "", word) if re.fullmatch(r"\d{4,}", word) else word for word in words
    }


_CODES = {"female": "f", "geo": "", "tel": "", "urn": "", "uuid": ""}


def _unique(texts: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def vcards() -> str:
    """Describe what comes in and goes out again of each property, and from which programs."""
    programs: dict[tuple[str, ...], list[str]] = {}
    for each in survey():
        key = (
            f"`{each.name}`",
            ", ".join(each.targets) or "not kept",
            ", ".join(f"`{name}`" for name in each.written)
            or f"no: {'; '.join(each.reasons) or 'as part of another property'}",
        )
        programs.setdefault(key, []).append(each.program)
    total = len(list(SAMPLES.glob("*.vcf")))
    rows = [(*key, _name_programs(names, total)) for key, names in sorted(programs.items())]
    return table(("Property", "Comes in as", "Goes out as", "From"), rows)


def _name_programs(names: Sequence[str], total: int) -> str:
    if len(names) == total:
        return "all"
    return ", ".join(names) if len(names) <= _MANY else f"{len(names)} of {total} programs"
