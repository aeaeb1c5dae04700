"""Versions of customers from the journal, against a replay that goes forwards day by day."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from cardcrm.reports.warehouse.tables.customer_history import (
    FIRST_DAY,
    LAST_DAY,
    TRACKED,
    Change,
    Version,
    build_versions,
)

CONTACT = dict.fromkeys(TRACKED, "")
LEEDS, YORK, BATH = (
    {"city": city, "region": "", "country": ""} for city in ("Leeds", "York", "Bath")
)


def cities(versions: list[Version]) -> list[tuple[str, str, str]]:
    return [(each.values[len(TRACKED)], each.valid_from, each.valid_to) for each in versions]


def test_a_customer_who_moved_has_two_versions():
    moved = Change("2026-03-01", "address", "update", 7, {"city": "Leeds"})
    assert cities(build_versions(CONTACT, {7: YORK}, [moved])) == [
        ("York", "2026-03-01", LAST_DAY),
        ("Leeds", FIRST_DAY, "2026-03-01"),
    ]


def test_the_last_change_of_a_day_counts_and_one_that_was_undone_leaves_no_version():
    on_one_day = [
        Change("2026-03-01", "address", "update", 7, {"city": "York"}),
        Change("2026-03-01", "address", "update", 7, {"city": "Leeds"}),
    ]
    assert cities(build_versions(CONTACT, {7: BATH}, on_one_day)) == [
        ("Bath", "2026-03-01", LAST_DAY),
        ("Leeds", FIRST_DAY, "2026-03-01"),
    ]
    assert cities(build_versions(CONTACT, {7: LEEDS}, on_one_day)) == [
        ("Leeds", FIRST_DAY, LAST_DAY)
    ]


def test_the_place_is_that_of_the_first_address_of_the_time():
    changes = [
        Change("2026-05-01", "address", "delete", 3, LEEDS),
        Change("2026-04-01", "address", "insert", 7, {}),
    ]
    assert cities(build_versions(CONTACT, {7: YORK}, changes)) == [
        ("York", "2026-05-01", LAST_DAY),
        ("Leeds", FIRST_DAY, "2026-05-01"),
    ]


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 6),  # days since the event before
        st.sampled_from(("stage", "insert", "delete", "move")),
        st.integers(1, 3),  # the address
        st.sampled_from(("a", "b", "c")),
    ),
    max_size=25,
)


@given(EVENTS)
def test_each_day_has_the_values_of_its_end(events):
    row = dict(CONTACT)
    places: dict[int, dict[str, str]] = {}
    day = dt.date(2026, 1, 1)
    changes: list[Change] = []
    at_end_of: dict[str, tuple[str, str]] = {}
    for days, what, number, word in events:
        for _ in range(days):
            at_end_of[day.isoformat()] = _shown(row, places)
            day += dt.timedelta(days=1)
        name, address = day.isoformat(), places.get(number)
        if what == "stage":
            changes.append(Change(name, "contact", "update", 1, {"stage": row["stage"]}))
            row["stage"] = word
        elif what == "insert" and address is None:
            changes.append(Change(name, "address", "insert", number, {}))
            places[number] = {"city": word, "region": "", "country": ""}
        elif what == "delete" and address is not None:
            changes.append(Change(name, "address", "delete", number, dict(address)))
            del places[number]
        elif what == "move" and address is not None:
            old = {"city": address["city"]}
            changes.append(Change(name, "address", "update", number, old))
            places[number] = {**address, "city": word}
    at_end_of[day.isoformat()] = _shown(row, places)
    versions = build_versions(row, places, list(reversed(changes)))
    for each_day, expected in at_end_of.items():
        (version,) = [each for each in versions if each.valid_from <= each_day < each.valid_to]
        values = dict(zip((*TRACKED, "city"), version.values, strict=False))
        assert (values["stage"], values["city"]) == expected
    assert versions[0].valid_to == LAST_DAY
    assert versions[-1].valid_from == FIRST_DAY
    pairs = itertools.pairwise(versions)
    assert all(
        later.valid_from == earlier.valid_to and later.values != earlier.values
        for later, earlier in pairs
    )


def _shown(row: dict[str, str], places: dict[int, dict[str, str]]) -> tuple[str, str]:
    return row["stage"], places[min(places)]["city"] if places else ""
