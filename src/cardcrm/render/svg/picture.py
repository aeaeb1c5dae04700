"""Draw any chart as one SVG element with a title and a description for screen readers."""

from html import escape

from cardcrm.chart import BarChart, Chart, HeatMap, LineChart, ScatterPlot
from cardcrm.render.charts.axis import heading
from cardcrm.render.charts.drawing import has_values
from cardcrm.render.svg.bar_picture import draw_bars
from cardcrm.render.svg.description import describe
from cardcrm.render.svg.elements import WIDTH, element, number
from cardcrm.render.svg.heat_picture import draw_heat_map
from cardcrm.render.svg.line_picture import draw_lines
from cardcrm.render.svg.scatter_picture import draw_scatter
from cardcrm.text import sanitize


def draw_figure(chart: Chart, number_on_page: int) -> str:
    """Return a figure with a caption; ids are made of the number, which is unique on a page."""
    caption = element("figcaption", escape(sanitize(title_of(chart))) or " ")
    if not has_values(chart):
        return element("figure", caption + element("p", "no values", class_="note"))
    return element("figure", caption + draw_picture(chart, number_on_page))


def title_of(chart: Chart) -> str:
    """Return the title of a chart, with its unit."""
    return heading(chart.title, "" if isinstance(chart, ScatterPlot) else chart.unit)


def draw_picture(chart: Chart, number_on_page: int) -> str:
    """Return the SVG element."""
    if isinstance(chart, BarChart):
        height, parts = draw_bars(chart)
    elif isinstance(chart, LineChart):
        height, parts = draw_lines(chart)
    elif isinstance(chart, HeatMap):
        height, parts = draw_heat_map(chart)
    else:
        height, parts = draw_scatter(chart)
    title, description = f"chart{number_on_page}", f"about{number_on_page}"
    return element(
        "svg",
        element("title", escape(sanitize(title_of(chart))) or " ", id=title)
        + element("desc", escape(sanitize(describe(chart))), id=description)
        + "".join(parts),
        viewBox=f"0 0 {WIDTH} {number(height)}",
        role="img",
        aria_labelledby=f"{title} {description}",
    )
