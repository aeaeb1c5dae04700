"""Charts in a terminal: exact drawings, and what holds for every chart in every terminal."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm.chart import Band, BarChart, Chart, HeatMap, LineChart, Point, ScatterPlot, Series
from cardcrm.render.terminal_charts import format_charts
from cardcrm.text import cell_width, sanitize

YEAR = tuple(f"2026-{month:02}" for month in range(1, 13))


def draw(chart: Chart, width: int = 40, *, color: bool = False, unicode: bool = True) -> list[str]:
    return list(format_charts([chart], color=color, width=width, unicode=unicode))[:-1]


BARS = BarChart("By city", ("Leeds", "東京", "none", "back"), (1000, 750, None, -250), "EUR")


def test_bars_are_as_long_as_their_values_and_start_at_zero() -> None:
    assert draw(BARS) == [
        "By city (EUR)",
        "Leeds       ██████████████████████ 1,000",
        "東京        ████████████████▌        750",
        "none                                   –",
        "back  ▒▒▒▒▒▒                        -250",
    ]


def test_bars_in_ascii() -> None:
    assert draw(BARS, unicode=False)[1:] == [
        "Leeds       ====================== 1,000",
        "東京        ================         750",
        "none                                   –",
        "back  ------                        -250",
    ]


def test_a_bar_of_a_small_share_is_still_seen() -> None:
    lines = draw(BarChart("x", ("much", "little"), (1_000_000, 1)))
    assert lines[2] == "little ▏                               1"


@pytest.mark.parametrize(
    ("values", "unit", "ticks"),
    [
        ((1, 0, 1), "customers", ["0", "1"]),
        ((3, 0, 1), "customers", ["0", "1", "2", "3"]),
        ((9, 0, 1), "customers", ["0", "5", "10"]),
        ((1, 0, 1), "%", ["0%", "25%", "50%", "75%", "100%"]),
        ((0.5, 0, 1), "", ["0", "0.25", "0.50", "0.75", "1.00"]),
    ],
)
def test_axes_of_counts_have_whole_numbers(
    values: tuple[float, ...], unit: str, ticks: list[str]
) -> None:
    lines = draw(BarChart("x", ("2026-01", "2026-02", "2026-03"), values, unit))
    labels = [line.partition("│")[0].strip() for line in lines[1:]]
    assert [each for each in reversed(labels[:-1]) if each] == ticks


@pytest.mark.parametrize(
    ("values", "figures"),
    [
        ((1366.4, 54.15), ["1,366", "54"]),
        ((1366.4, 5.15), ["1,366", "5"]),
        ((1366.4, 0.15), ["1,366.40", "0.15"]),
        ((12, 3), ["12", "3"]),
        ((12.5, None), ["12.50", "–"]),
    ],
)
def test_figures_beside_bars_have_equal_decimals(
    values: tuple[float | None, ...], figures: list[str]
) -> None:
    lines = draw(BarChart("x", ("a", "b"), values))
    assert [line.split()[-1] for line in lines[1:]] == figures


def test_only_the_first_bars_of_many_are_drawn() -> None:
    lines = draw(BarChart("x", tuple(map(str, range(100))), (1,) * 100))
    assert len(lines) == 22
    assert lines[-1] == "… 80 more"


def test_values_of_periods_are_columns_with_losses_below_zero() -> None:
    values = (100, 200, None, 400, -200, 0, 100, 100, 100, 100, 100, 1)
    assert draw(BarChart("Revenue", YEAR, values, "EUR"), 44) == [
        "Revenue (EUR)",
        " 400 │         ██",
        "     │         ██",
        "     │         ██",
        " 200 │   ██    ██",
        "     │▄▄ ██    ██       ▄▄ ▄▄ ▄▄ ▄▄ ▄▄",
        "     │██ ██    ██       ██ ██ ██ ██ ██ ▁▁",
        "   0 │            ▒▒",
        "     │            ▒▒",
        "-200 │            ▒▒",
        "      2026-01   2026-05     2026-09",
    ]


def test_heat_map_without_color_has_shades_beside_the_figures() -> None:
    chart = HeatMap("Cohorts", ("2026-01", "2026-02"), ("0", "1"), ((1.0, 0.25), (1.0, None)), "%")
    assert draw(chart, 30) == [
        "Cohorts",
        "              0      1",
        "2026-01  █ 100% ░  25%",
        "2026-02  █ 100%",
    ]


def test_heat_map_in_color_has_grounds() -> None:
    chart = HeatMap("Change", ("a",), ("x", "y", "z"), ((10, -10, 0),))
    line = draw(chart, 30, color=True)[2]
    assert "\x1b[38;5;231;48;5;17m" in line
    assert "\x1b[38;5;231;48;5;88m" in line
    assert "\x1b[38;5;16;48;5;255m" in line


def test_heat_map_names_the_columns_that_do_not_fit() -> None:
    chart = HeatMap("x", ("a",), tuple(map(str, range(30))), ((0.5,) * 30,), "%")
    assert draw(chart, 40)[-1] == "… 24 more columns"


def test_lines_with_a_gap_a_band_and_a_legend() -> None:
    chart = LineChart(
        "Revenue",
        YEAR[:6],
        (
            Series("now", (0, 50, 100, None, None, None)),
            Series("forecast", (None, None, 100, 100, 100, 100)),
        ),
        Band("80%", (None, None, 100, 50, 50, 0), (None, None, 100, 150, 150, 200)),
    )
    assert draw(chart, 44) == [
        "Revenue",
        "━━ now  ╍╍ forecast  ░░ 80%",
        "200 │                                     ░░",
        "    │                                 ░░░░░░",
        "150 │                     ░░░░░░░░░░░░░░░░░░",
        "    │                  ░░░░░░░░░░░░░░░░░░░░░",
        "100 │              ⢀⠤⠤░⠤⠤░⠤⠤⠄⠤⠤░⠤⠤░⠤⠤░⠤⠤░⠤⠤⠠",
        "    │          ⢀⠤⠔⠉⠁   ░░░░░░░░░░░░░░░░░░░░░",
        " 50 │      ⢀⡠⠔⠉⠁          ░░░░░░░░░░░░░░░░░░",
        "    │   ⣀⠤⠊⠁                          ░░░░░░",
        "  0 │⡠⠔⠊                                  ░░",
        "     2026-01     2026-03         2026-05",
    ]


def test_labeled_points_are_named_and_skewed_amounts_are_logarithmic() -> None:
    points = [Point(day, 10.0) for day in range(30)]
    chart = ScatterPlot("x", "days", "value", (*points, Point(15, 90_000, "Ada Byron")))
    lines = draw(chart, 60)
    assert lines[1] == "value (logarithmic)"
    assert any("Ada Byron" in line for line in lines)
    assert lines[-1].endswith("days")


EMPTY = (
    BarChart("x", (), ()),
    BarChart("x", ("a",), (None,)),
    LineChart("x", (), ()),
    LineChart("x", YEAR, (Series("s", (None,) * 12),)),
    HeatMap("x", (), (), ()),
    HeatMap("x", ("a",), ("b",), ((None,),)),
    ScatterPlot("x", "a", "b", ()),
)


@pytest.mark.parametrize("chart", EMPTY)
def test_a_chart_without_values_says_so(chart: Chart) -> None:
    assert draw(chart) == ["x", "no values"]


VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(10**15), 10**15).map(float),
    st.sampled_from([0.0, 1.0, -1.0, 1e6, 1e-9, math.pi]),
)
TEXTS = st.text(max_size=30)


@st.composite
def charts(draw_one: st.DrawFn) -> Chart:
    count = draw_one(st.integers(0, 40))
    labels = draw_one(
        st.one_of(
            st.just(tuple(f"{1990 + year}" for year in range(count))),
            st.lists(TEXTS, min_size=count, max_size=count).map(tuple),
        )
    )

    def values() -> tuple[float | None, ...]:
        return tuple(draw_one(st.lists(VALUES, min_size=count, max_size=count)))

    kind = draw_one(st.sampled_from(["bars", "lines", "heat", "points"]))
    title, unit = draw_one(TEXTS), draw_one(st.sampled_from(["", "%", "EUR"]))
    if kind == "bars":
        return BarChart(title, labels, values(), unit)
    if kind == "lines":
        series = tuple(
            Series(draw_one(TEXTS), values()) for _ in range(draw_one(st.integers(1, 5)))
        )
        return LineChart(title, labels, series, Band("band", values(), values()), unit)
    if kind == "heat":
        rows = draw_one(st.lists(TEXTS, max_size=4).map(tuple))
        return HeatMap(title, rows, labels, tuple(values() for _ in rows), unit)
    pairs = zip(values(), values(), labels, strict=True)
    points = tuple(Point(x, y, name) for x, y, name in pairs if x is not None and y is not None)
    return ScatterPlot(title, "a", "b", points)


# The figures and labels leave one cell for the bars on both sides of 0.
_NARROW_BARS = BarChart("", ("", "000000000000000000 ⏎ 0"), (1e8, -1.0), "%")


@given(chart=charts(), width=st.integers(40, 200), unicode=st.booleans())
@example(chart=_NARROW_BARS, width=40, unicode=False)
def test_every_chart_fits_its_terminal_and_holds_no_control_characters(
    chart: Chart, width: int, unicode: bool
) -> None:
    for line in draw(chart, width, unicode=unicode):
        assert cell_width(line) <= width
        assert sanitize(line) == line


@given(charts())
def test_color_changes_no_text_but_the_cells_of_heat_maps(chart: Chart) -> None:
    if not isinstance(chart, HeatMap):
        colored = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in draw(chart, 80, color=True)]
        assert colored == draw(chart, 80)
