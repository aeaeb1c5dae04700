"""Read the files of GeoNames: towns in 19 columns, and postal codes in 12, plain or in a .zip.

https://download.geonames.org/export/dump/readme.txt and .../export/zip/readme.txt name the columns.
"""

import contextlib
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

from cardcrm.errors import UsageError, missing_file
from cardcrm.records.places.gazetteer import Place
from cardcrm.records.places.loading import Entry
from cardcrm.records.places.place_names import place_key, postcode_key
from cardcrm.text import normalize_line

Progress = Callable[[int], object]

_TOWN_COLUMNS: Final = 19
_POSTCODE_COLUMNS: Final = 12
_GONE = frozenset(("PPLH", "PPLQ", "PPLW"))  # historical, abandoned and destroyed towns
_MAX_LINE = 100_000  # bytes; the longest of GeoNames has 15,000
_ENCRYPTED = 1  # the bit of a member of a .zip
_MAX_NAME = 60  # characters of another name
_MAX_POPULATION = 100_000_000  # of a town
_DAY = r"\d{4}-\d\d-\d\d"
_HINT = "Download the file again; nothing was changed."
_UNPACK = "Unpack it and load the file with the places."


class PlacesFile(NamedTuple):
    """A file of places: its size in bytes, unpacked, and the function that reads its entries."""

    size: int
    read: Callable[[Progress], Iterator[Entry]]


def open_file(path: Path) -> PlacesFile:
    """Return a file of GeoNames to read. Raises NotFoundError, UsageError."""
    if not path.is_file():
        raise missing_file(path)
    if not zipfile.is_zipfile(path):
        if path.suffix.lower() == ".zip":
            raise UsageError(f"{path.name} is not a whole .zip file", _HINT)
        return PlacesFile(path.stat().st_size, lambda progress: _read_plain(path, progress))
    with _report_damage(path), zipfile.ZipFile(path) as archive:
        member = _choose_member(path, archive)
    if member.flag_bits & _ENCRYPTED:
        raise UsageError(f"{path.name} is protected with a password", _UNPACK)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UsageError(f"{path.name} is not compressed with deflate", _UNPACK)
    return PlacesFile(member.file_size, lambda progress: _read_zip(path, member, progress))


def _choose_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Return the one file of an archive that has places."""
    found = [
        each
        for each in archive.infolist()
        if each.filename.lower().endswith(".txt") and "readme" not in each.filename.lower()
    ]
    if len(found) != 1:
        raise UsageError(f"{path.name} holds {len(found)} .txt files instead of one", _UNPACK)
    return found[0]


def _read_plain(path: Path, progress: Progress) -> Iterator[Entry]:
    with path.open("rb") as stream:
        yield from _read_lines(path.name, stream, progress)


def _read_zip(path: Path, member: zipfile.ZipInfo, progress: Progress) -> Iterator[Entry]:
    with _report_damage(path), zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        yield from _read_lines(path.name, stream, progress)


@contextlib.contextmanager
def _report_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"{path.name} is damaged: {error}", _HINT) from error


def _read_lines(name: str, stream: IO[bytes], progress: Progress) -> Iterator[Entry]:
    read: Callable[[list[str]], Iterable[Entry]] | None = None
    columns = done = 0
    for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE), b""), 1):
        done += len(line)
        cells = _split(name, number, line)
        if cells == [""]:
            continue
        if read is None:
            read, columns = _choose_reader(name, cells)
        if len(cells) != columns:
            raise UsageError(
                f"line {number:,} of {name} has {len(cells)} columns instead of {columns}", _HINT
            )
        try:
            yield from read(cells)
        except ValueError as error:
            raise UsageError(f"line {number:,} of {name}: {error}", _HINT) from error
        if number % 1000 == 0:
            progress(done)
    if read is None:
        raise UsageError(f"{name} is empty", "Name a file of GeoNames, such as cities500.zip.")


def _split(name: str, number: int, line: bytes) -> list[str]:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"line {number:,} of {name} is not UTF-8", "Name a file of GeoNames, not another one."
        ) from error
    return text.rstrip("\r\n").split("\t")


def _choose_reader(
    name: str, cells: list[str]
) -> tuple[Callable[[list[str]], Iterable[Entry]], int]:
    """Return the reader of a file by the number of columns that its first line has."""
    if len(cells) == _TOWN_COLUMNS:
        return _read_town, _TOWN_COLUMNS
    if len(cells) == _POSTCODE_COLUMNS:
        return _read_postcode, _POSTCODE_COLUMNS
    raise UsageError(
        f"{name} has {len(cells)} columns between tabs",
        "Files of GeoNames have 19 (towns) or 12 (postal codes): cities500.zip, GB.zip.",
    )


def _read_town(cells: list[str]) -> Iterator[Entry]:
    """Yield the town of a line; a file of a country has rivers and hills as well."""
    _, name, ascii_name, others, latitude, longitude, feature, code, country, _, *codes = cells
    if not re.fullmatch(_DAY, cells[18]):
        raise ValueError(f"invalid day “{cells[18]}”")
    if feature != "P" or code in _GONE or not country:  # some towns have no country
        return
    name = normalize_line(name)
    place = Place(
        "city",
        name,
        place_key(name),
        _check_country(country),
        codes[0],
        codes[1],
        "",
        *_read_degrees(latitude, longitude),
        _read_population(codes[4]),
    )
    yield Entry(place, _list_other_names(place.name_key, ascii_name, others))


def _list_other_names(own: str, ascii_name: str, others: str) -> tuple[str, ...]:
    """Return the keys of the other names of a town, without codes of airports."""
    names = [ascii_name, *(each for each in others.split(",") if not _is_code(each))]
    keys = {place_key(normalize_line(each)) for each in names if 0 < len(each) <= _MAX_NAME}
    return tuple(sorted(keys - {own, ""}))


def _is_code(name: str) -> bool:
    return len(name) <= 4 and name.isascii() and name.isupper()


def _read_postcode(cells: list[str]) -> Iterator[Entry]:
    country, code, name, region, region_code, district, district_code = map(str.strip, cells[:7])
    latitude, longitude = cells[9:11]
    if not latitude and not longitude:
        return  # GeoNames does not know where some are
    name = normalize_line(name)
    place = Place(
        "postcode",
        name,
        place_key(name),
        _check_country(country),
        region_code,
        district_code,
        postcode_key(code),
        *_read_degrees(latitude, longitude),
        0,
    )
    yield Entry(place, region=normalize_line(region), district=normalize_line(district))


def _check_country(code: str) -> str:
    if not re.fullmatch("[A-Z]{2}", code):
        raise ValueError(f"invalid country code “{code}”")
    return code


def _read_population(text: str) -> int:
    population = int(text or 0)
    if not 0 <= population <= _MAX_POPULATION:
        raise ValueError(f"impossible population {text}")
    return population


def _read_degrees(latitude: str, longitude: str) -> tuple[float, float]:
    found = float(latitude), float(longitude)
    if not (-90 <= found[0] <= 90 and -180 <= found[1] <= 180):
        raise ValueError(f"impossible coordinates {latitude}, {longitude}")
    return found
