"""The page of a report: well-formed, self-contained, escaped, and readable in any light."""

import base64
import hashlib
import itertools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from cardcrm.chart import Band, BarChart, Chart, HeatMap, LineChart, Point, ScatterPlot, Series
from cardcrm.render import page_style
from cardcrm.render.report_page import Document, write_page
from cardcrm.render.svg.description import describe
from cardcrm.render.svg.picture import draw_figure, draw_picture
from cardcrm.sheet import Card, Column, Section, Sheet
from tests.render.test_terminal_charts import YEAR, charts

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = LineChart(
    "Revenue",
    YEAR,
    (Series("revenue", tuple(range(12))), Series("forecast", (None,) * 11 + (11,))),
    Band("80% range", (None,) * 10 + (8, 9), (None,) * 10 + (12, 14)),
    "EUR",
)
HOSTILE = "<script>alert(1)</script>\"'&\x1b[31m\u202e"


def build(document: Document) -> str:
    parts: list[str] = []
    write_page(document, parts.append)
    return "".join(parts)


def read_svg(chart: Chart) -> ET.Element:
    return ET.fromstring(draw_picture(chart, 1))


def test_descriptions_count_one_in_the_singular() -> None:
    assert describe(BarChart("x", ("a",), (1,), "customers")) == (
        "Bar chart: highest 1 customer at a."
    )
    assert describe(HeatMap("x", ("a",), ("1", "2"), ((1, 2),))) == (
        "Heat map of 1 row and 2 columns."
    )


def test_a_picture_has_a_title_and_a_description_for_screen_readers() -> None:
    root = read_svg(LINES)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "chart1 about1"
    title, description = root[0], root[1]
    assert (title.tag, title.text) == ("title", "Revenue (EUR)")
    assert (description.tag, description.get("id")) == ("desc", "about1")
    assert description.text == (
        "Line chart from 2026-01 to 2026-12. "
        "revenue: highest 11 EUR at 2026-12, lowest 0 EUR at 2026-01. "
        "forecast: highest 11 EUR at 2026-12. The band is 80% range."
    )


def test_lines_are_named_in_a_legend_and_differ_in_their_dashes() -> None:
    root = read_svg(LINES)
    assert {"revenue", "forecast", "80% range"} <= {each.text for each in root.iter("text")}
    styles = {each.get("class") for each in root.iter("path")}
    assert {"series1", "series2", "band"} <= styles
    dashes = re.findall(r"\.series\d\{[^}]*stroke-dasharray:([^;]*);", page_style.STYLE)
    assert len(dashes) == len(set(dashes)) == 4


def test_an_axis_has_labels_of_values_and_of_periods() -> None:
    texts = [each.text for each in read_svg(LINES).iter("text")]
    assert {"0", "5", "10"} <= set(texts)
    assert "2026-01" in texts


def test_a_bar_starts_at_zero_and_is_as_long_as_its_value() -> None:
    chart = BarChart("x", ("a", "b", "c"), (100, 50, -100))
    widths = {
        each.get("class", "") + str(at): float(each.get("width", "0"))
        for at, each in enumerate(read_svg(chart).iter("rect"))
    }
    assert widths["bar0"] == pytest.approx(2 * widths["bar1"], abs=0.2)
    assert widths["minus2"] == pytest.approx(widths["bar0"], abs=0.2)


@pytest.mark.parametrize(
    "chart",
    [
        LINES,
        LineChart("x", YEAR * 2, (Series("a", tuple(range(24))), Series("b", tuple(range(24))))),
        BarChart("x", tuple(f"product number {n}" for n in range(100)), (1234.5,) * 100, "EUR"),
        BarChart("x", YEAR * 100, (1234.5,) * 1200, "EUR"),
        ScatterPlot("x", "a", "b", tuple(Point(n % 997, n % 1009) for n in range(100_000))),
        LineChart("x", ("a",) * 100_000, (Series("a", tuple(range(100_000))),)),
    ],
)
def test_a_picture_stays_small(chart: Chart) -> None:
    assert 1_000 < len(draw_picture(chart, 1)) < 50_000


@given(charts())
def test_every_chart_is_well_formed_and_inside_its_picture(chart: Chart) -> None:
    figure = ET.fromstring(draw_figure(chart, 1))
    picture = figure.find("svg")
    if picture is None:
        assert figure.find("p") is not None
        return
    _, _, width, height = map(float, str(picture.get("viewBox")).split())
    for each in [*picture.iter("text"), *picture.iter("rect")]:
        assert -0.5 <= float(each.get("x", "0")) <= width + 0.5
        assert -0.5 <= float(each.get("y", "0")) <= height + 0.5


def test_texts_from_outside_are_escaped_and_cleaned() -> None:
    sheet = Sheet((Column("a", HOSTILE),), [(HOSTILE,)], HOSTILE, HOSTILE)
    section = Section(HOSTILE, sheet=sheet, note=HOSTILE, charts=_hostile_charts())
    card = Card(HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), (section,))
    for data in (sheet, card, [card, card]):
        page = build(Document(data, _hostile_charts(), (HOSTILE,), HOSTILE, HOSTILE))
        assert "<script" not in page
        assert "\x1b" not in page
        assert "\u202e" not in page
        assert page.count("&lt;script&gt;") > 5


def _hostile_charts() -> tuple[Chart, ...]:
    return (
        BarChart(HOSTILE, (HOSTILE,), (1,), HOSTILE),
        LineChart(HOSTILE, (HOSTILE,), (Series(HOSTILE, (1,)),), Band(HOSTILE, (1,), (2,))),
        HeatMap(HOSTILE, (HOSTILE,), (HOSTILE,), ((1,),), HOSTILE),
        ScatterPlot(HOSTILE, HOSTILE, HOSTILE, (Point(1, 1, HOSTILE),)),
    )


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    page = build(Document(None, (LINES, *_hostile_charts()), ("a note",), "Title", "footer"))
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"<(script|img|link|iframe|object|form)\b|\bstyle=|\bon\w+=|url\(", page)
    style = re.search("<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        in page
    )


def test_charts_have_ids_of_their_own() -> None:
    section = Section("x", charts=(LINES, LINES))
    page = build(Document(Card("x", sections=(section, section)), (LINES,)))
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids)) == 10


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(a: str, b: str) -> float:
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [page_style.LIGHT, page_style.DARK], ids=["light", "dark"])
def test_texts_and_lines_have_contrast(colors: dict[str, str]) -> None:
    """Compare with WCAG 2.2, 1.4.3 (texts, 4.5:1) and 1.4.11 (graphics, 3:1)."""
    texts: list[tuple[str, str]] = [("ink", "paper"), ("dim", "paper")]
    texts += [
        ("strong" if shade > 2 else "weak", f"{kind}{shade}")
        for kind in ("shade", "below")
        for shade in range(kind == "below", 5)
    ]
    for ink, ground in texts:
        assert _contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)
    for name in ("bar", "minus", "series1", "series2", "series3", "series4"):
        assert _contrast(colors[name], colors["paper"]) >= 3, name


@pytest.mark.parametrize("colors", [page_style.LIGHT, page_style.DARK], ids=["light", "dark"])
def test_shades_rise_evenly_so_that_they_need_no_color_vision(colors: dict[str, str]) -> None:
    rise: Callable[[str], list[float]] = lambda kind: [  # noqa: E731
        _contrast(colors[f"{kind}{shade}"], colors["paper"]) for shade in range(kind == "below", 5)
    ]
    for kind in ("shade", "below"):
        found = rise(kind)
        assert all(after >= 1.25 * before for before, after in itertools.pairwise(found))
