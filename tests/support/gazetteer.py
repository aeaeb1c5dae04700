"""A small gazetteer in the format of GeoNames, with names that several towns have."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cardcrm.formats.places.geonames import open_file
from cardcrm.records.places.loading import Loaded, load_places

# name, other names, latitude, longitude, country, region, district, people
TOWNS: tuple[tuple[Any, ...], ...] = (
    ("Leeds", "Lids,LBA,Λιντς", 53.79648, -1.54785, "GB", "ENG", "H3", 455123),
    ("Leeds", "", 51.24700, 0.61500, "GB", "ENG", "G5", 790),
    ("Leeds", "", 33.54816, -86.54443, "US", "AL", "115", 11773),
    ("York", "Eboracum", 53.95763, -1.08271, "GB", "ENG", "Q5", 144202),
    ("Bradford", "", 53.79391, -1.75206, "GB", "ENG", "A9", 299310),
    ("Harrogate", "", 53.99078, -1.5373, "GB", "ENG", "J7", 73576),
    ("Ilkley", "", 53.92449, -1.82326, "GB", "ENG", "A9", 14809),
    ("St Albans", "", 51.75, -0.33333, "GB", "ENG", "F8", 84561),
    ("London", "Londres,LON", 51.50853, -0.12574, "GB", "ENG", "GLA", 8961989),
    ("London", "", 42.98339, -81.23304, "CA", "08", "", 346765),
    ("Paris", "", 48.85341, 2.3488, "FR", "11", "75", 2138551),
    ("Paris", "", 33.66094, -95.55551, "US", "TX", "277", 24782),
    ("Newcastle", "", -32.92953, 151.7801, "AU", "02", "", 322278),
    ("Newcastle upon Tyne", "Newcastle", 54.97328, -1.61396, "GB", "ENG", "I7", 192382),
    ("Newcastle under Lyme", "Newcastle", 53.0, -2.23333, "GB", "ENG", "N1", 75082),
    ("Springfield", "", 39.80172, -89.64371, "US", "IL", "167", 114394),
    ("Springfield", "", 37.21533, -93.29824, "US", "MO", "077", 169176),
    ("Springfield", "", 42.10148, -72.58981, "US", "MA", "013", 155929),
    ("Suva", "", -18.14161, 178.44149, "FJ", "01", "", 77366),
    ("Apia", "", -13.83333, -171.76666, "WS", "11", "", 40407),
    ("Cologne", "Köln,Koeln", 50.93333, 6.95, "DE", "07", "", 963395),
)
# country, postal code, place, region, its code, district, its code, latitude, longitude
POSTCODES: tuple[tuple[Any, ...], ...] = (
    ("GB", "LS1", "Leeds", "England", "ENG", "West Yorkshire", "H3", 53.7956, -1.5477),
    ("GB", "LS29", "Ilkley", "England", "ENG", "West Yorkshire", "H3", 53.925, -1.822),
    ("GB", "YO1", "York", "England", "ENG", "North Yorkshire", "J7", 53.958, -1.082),
    ("US", "90210", "Beverly Hills", "California", "CA", "Los Angeles", "037", 34.0901, -118.4065),
    ("DE", "12345", "Berlin", "Berlin", "16", "", "", 52.5, 13.4),
)


def write_towns(path: Path, towns: Iterable[tuple[Any, ...]] = TOWNS) -> Path:
    """Write a file of towns in 19 columns."""
    lines = []
    for number, (name, others, lat, lon, country, region, district, people) in enumerate(towns):
        lines.append(
            f"{number}\t{name}\t{name}\t{others}\t{lat}\t{lon}\tP\tPPL\t{country}\t\t{region}"
            f"\t{district}\t\t\t{people}\t\t10\tEurope/London\t2024-05-01\n"
        )
    lines.append(
        "99\tRiver Aire\tRiver Aire\t\t53.7\t-0.9\tH\tSTM\tGB\t\tENG\t\t\t\t0\t\t5\t\t2024-05-01\n"
    )
    path.write_text("".join(lines), "utf-8")
    return path


def write_postcodes(path: Path, rows: Iterable[tuple[Any, ...]] = POSTCODES) -> Path:
    """Write a file of postal codes in 12 columns."""
    lines = [
        f"{country}\t{code}\t{name}\t{region}\t{region_code}\t{district}\t{district_code}\t\t\t"
        f"{lat}\t{lon}\t4\n"
        for country, code, name, region, region_code, district, district_code, lat, lon in rows
    ]
    path.write_text("".join(lines), "utf-8")
    return path


def load_file(store: Any, path: Path) -> Loaded:
    """Load a file into the gazetteer of a store."""
    (loaded,) = load_places(store, [lambda: open_file(path).read(lambda _done: None)])
    return loaded


def load_sample(store: Any, folder: Path) -> None:
    """Load the towns and the postal codes."""
    load_file(store, write_towns(folder / "cities500.txt"))
    load_file(store, write_postcodes(folder / "GB.txt"))
