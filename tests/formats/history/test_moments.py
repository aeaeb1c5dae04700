"""Dates and times of files: as written, in the zone that is named, and on the local day."""

import pytest

from cardcrm.errors import UsageError
from cardcrm.formats.file_dates import decide_order
from cardcrm.formats.history.moments import Moment, MomentReader


def reader(*days: str, zone: str = "Europe/Berlin", source: str = "") -> MomentReader:
    return MomentReader(decide_order(enumerate(days, 2), "GB"), zone, source)


@pytest.mark.parametrize(
    ("cell", "time", "zone", "moment"),
    [
        ("2026-03-01", "", "", Moment("2026-03-01")),
        ("2026-03-01 10:30", "", "", Moment("2026-03-01", "2026-03-01T09:30:00Z")),
        ("2026-03-01T23:30:00Z", "", "", Moment("2026-03-02", "2026-03-01T23:30:00Z")),
        ("2026-03-01 23:30:00 -0500", "", "", Moment("2026-03-02", "2026-03-02T04:30:00Z")),
        ("2026-03-01", "22:00:00", "Eastern Time (US & Canada)",
         Moment("2026-03-02", "2026-03-02T03:00:00Z")),
        ("2026-03-01", "10:00:00", "CET", Moment("2026-03-01", "2026-03-01T09:00:00Z")),
        ("2026-03-01", "10:00", "Tokyo", Moment("2026-03-01", "2026-03-01T01:00:00Z")),
        ("2026-03-01", "9:05 PM", "", Moment("2026-03-01", "2026-03-01T20:05:00Z")),
        ("3/1/26, 9:05 AM", "", "", Moment("2026-01-03", "2026-01-03T08:05:00Z")),
        ("1. März 2026", "", "", Moment("2026-03-01")),
        ("5 Jan 2026", "", "", Moment("2026-01-05")),
        ("Jan 5, 2026", "", "", Moment("2026-01-05")),
        ("15-Jan-26", "", "", Moment("2026-01-15")),
        ("20260105", "", "", Moment("2026-01-05")),
        ("46027", "", "", Moment("2026-01-05")),
        ("46027.5", "", "", Moment("2026-01-05", "2026-01-05T11:00:00Z")),
    ],
)  # fmt: skip
def test_moments(cell: str, time: str, zone: str, moment: Moment) -> None:
    assert reader("3/1/26").read(cell, time, zone) == moment


def test_times_are_in_the_zone_of_their_program() -> None:
    found = reader(source="UTC").read("2026-06-05 23:38:34")
    assert found == Moment("2026-06-06", "2026-06-05T23:38:34Z")


def test_the_order_of_numbers_is_that_of_the_file() -> None:
    assert reader("01/31/2026").read("02/03/2026").day == "2026-02-03"
    assert reader("31/01/2026").read("02/03/2026").day == "2026-03-02"


@pytest.mark.parametrize("cell", ["2026-13-01", "2026-02-30", "soon", "2026-01-01 25:00"])
def test_impossible_moments_are_refused(cell: str) -> None:
    with pytest.raises(UsageError):
        reader().read(cell)
