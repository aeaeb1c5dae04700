"""Distances are those of published tables and of two formulas; bounds lose no position."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.geodesy import (
    HALF_TURN,
    RADIUS,
    Position,
    find_band,
    find_bounds,
    measure_distance,
    parse_length,
    parse_position,
    to_kilometers,
    to_square,
    to_vector,
)

positions = st.builds(
    Position,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
)
POLE, SOUTH = Position(90.0, 0.0), Position(-90.0, 33.0)
FIJI, SAMOA = Position(-18.14, 178.44), Position(-13.83, -171.77)


def chord(one: Position, other: Position) -> float:
    return sum((a - b) ** 2 for a, b in zip(to_vector(one), to_vector(other), strict=True))


def test_london_to_paris_is_as_published():
    london, paris = Position(51.5074, -0.1278), Position(48.8566, 2.3522)
    assert round(measure_distance(london, paris), 2) == 343.56
    assert round(to_kilometers(chord(london, paris)), 2) == 343.56


def test_the_poles_the_antimeridian_and_identical_points():
    assert measure_distance(POLE, POLE) == 0
    assert to_kilometers(chord(POLE, Position(90.0, 120.0))) == 0
    assert measure_distance(POLE, SOUTH) == pytest.approx(HALF_TURN)
    across = measure_distance(Position(0.0, 179.5), Position(0.0, -179.5))
    assert across == pytest.approx(math.radians(1) * RADIUS)
    assert 1100 < measure_distance(FIJI, SAMOA) < 1200


@given(positions, positions)
@example(POLE, SOUTH)
@example(FIJI, SAMOA)
@example(Position(0.0, 0.0), Position(0.0, 0.0))
def test_the_chord_is_the_haversine(one: Position, other: Position):
    # Both formulas lose digits near the opposite point.
    expected = measure_distance(one, other)
    tolerance = 1e-4 if expected < 19_000 else 0.1
    assert to_kilometers(chord(one, other)) == pytest.approx(expected, abs=tolerance)


@given(st.floats(0, HALF_TURN, allow_nan=False))
def test_a_distance_is_the_root_of_its_square(km: float):
    assert to_kilometers(to_square(km)) == pytest.approx(km, abs=0.01)


@given(positions, positions, st.floats(0, 21_000, allow_nan=False))
@example(POLE, Position(89.0, 170.0), 112.0)
@example(FIJI, SAMOA, 1200.0)
@example(Position(0.0, 180.0), Position(0.0, -180.0), 0.0)
@example(Position(60.0, 0.0), Position(60.0, 1.0), 55.6)
def test_bounds_hold_every_position_of_its_circle(center: Position, other: Position, km: float):
    bounds = find_bounds(center, km)
    inside = find_band(other.latitude) in bounds.bands and any(
        west <= other.longitude <= east for west, east in bounds.longitudes
    )
    if measure_distance(center, other) <= km:
        assert inside


@pytest.mark.parametrize(
    "text", ["53.80,-1.55", " 53.80 , -1.55 ", "53.80;-1.55", "53.80 -1.55", "geo:53.80,-1.55"]
)
def test_positions_are_read_in_several_writings(text: str):
    assert parse_position(text) == Position(53.80, -1.55)


@pytest.mark.parametrize("text", ["Leeds", "LS1 4AP", "12", "8001, Switzerland", "", "Leeds, GB"])
def test_other_texts_are_no_positions(text: str):
    assert parse_position(text) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("53.80", "is not a latitude with a longitude"),
        ("53.80,", "is not a latitude with a longitude"),
        ("1,2,3", "is not a latitude with a longitude"),
        ("91,0", "latitude must be between -90 and 90, not 91"),
        ("0,181", "longitude must be between -180 and 180, not 181"),
    ],
)
def test_half_and_impossible_positions_are_refused(text: str, problem: str):
    with pytest.raises(UsageError, match=problem):
        parse_position(text)


def test_swapped_degrees_are_explained():
    with pytest.raises(UsageError) as caught:
        parse_position("151.78,-32.93")
    assert caught.value.hint.endswith("Latitude comes first.")


def test_lengths_have_units():
    assert (parse_length("25"), parse_length("2.5 km"), parse_length("500m")) == (25, 2.5, 0.5)
    assert parse_length("10mi") == pytest.approx(16.09344)
    for text in ("", "far", "-3km", "3 leagues"):
        with pytest.raises(UsageError, match="invalid distance"):
            parse_length(text)
