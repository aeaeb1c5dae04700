"""`report clusters`: groups of customers who buy alike, saved as segments on request."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import Yes, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money, to_units
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.cli.session import Session
    from cardcrm.reports.clusters.clusters import ClusterReport

app = typer.Typer()


Count = Annotated[
    int | None,
    typer.Option(
        "--clusters", metavar="K", help="Number of clusters, else the best.", min=2, max=20
    ),
]
Prefix = Annotated[
    str,
    typer.Option(
        "--save", metavar="PREFIX", help="Save as tags and segments: PREFIX-1, PREFIX-2 …"
    ),
]


@app.command("clusters")
@add_options("where", "currency")
def clusters(
    ctx: typer.Context,
    options: ReportOptions,
    count: Count = None,
    save: Prefix = "",
    yes: Yes = False,
) -> Result:
    """Find groups of customers who buy alike, and name what sets each apart.

    The groups are found by k-means on the days since the last order, purchases, revenue and the mix
    of products. With --save, each customer is tagged and each tag is a segment; this is one step
    for undo. The tags are those of today: save again to renew them.

    Examples:
        cardcrm report clusters

        cardcrm report clusters --clusters 4 --save group

    """
    from cardcrm.reports.clusters.clusters import build_clusters

    session = session_of(ctx)
    scope = options.read_scope(session)
    found = build_clusters(session.store(), scope, count)
    others = note_currencies(session.store(), scope.currency)
    if found.reason:
        return Result(_to_sheet(found), notes=(found.reason, *others))
    notes = (*_explain(found), *others)
    if save:
        notes = (*notes, _save(session, save, found, yes=yes))
    is_program = not session.is_for_people
    sheet = _to_sheet(found) if is_program else _to_table(found, scope.currency)
    return Result(sheet, notes=notes, charts=_draw(found, scope.currency))


def _save(session: "Session", prefix: str, found: "ClusterReport", *, yes: bool) -> str:
    """Save the clusters after a question; return what was saved."""
    from cardcrm.reports.clusters.save_clusters import name_segments, save_clusters

    names = name_segments(prefix, found.clusters)
    span = f"{names[0]} to {names[-1]}"
    session.confirm(f"tag {pluralize(found.customers, 'customer')} with {span}", yes=yes)
    saved = save_clusters(session.store(), prefix, found.clusters)
    changed = pluralize(saved.changed, "contact")
    return f"saved the segments {', '.join(saved.names)} as tags of {changed}, as of today"


def _to_sheet(found: "ClusterReport") -> Sheet:
    """Return the clusters for programs."""
    columns = (
        Column("cluster", "#"),
        Column("name", "name"),
        Column("customers", "customers"),
        Column("revenue", "revenue", currency="currency"),
        Column("share", "share", digits=6),
        Column("median_days", "days", digits=1),
        Column("median_purchases", "purchases", digits=1),
        Column("median_revenue", "median revenue", currency="currency"),
        Column("product", "product"),
        Column("silhouette", "silhouette", digits=6),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.number,
            each.name,
            len(each.ids),
            each.revenue,
            each.share,
            float(each.days),
            float(each.purchases),
            each.median_revenue,
            each.product,
            found.silhouette,
        )
        for each in found.clusters
    ]
    return Sheet(columns, rows, ids="cluster")


def _to_table(found: "ClusterReport", currency: str) -> Sheet:
    """Return the clusters for people, which fit a terminal of 80 columns."""
    columns = (
        Column("cluster", "#", "right"),
        Column("name", "what sets them apart", wide=True, min_width=20, wrapped=True),
        Column("customers", "customers", "right"),
        Column("share", "share", "right"),
        Column("days", "days", "right"),
        Column("purchases", "purchases", "right"),
        Column("median_revenue", "revenue", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.number,
            each.name,
            f"{len(each.ids):,}",
            f"{each.share:.0%}",
            f"{each.days:,.10g}",
            f"{each.purchases:,.10g}",
            format_money(each.median_revenue, code=False),
        )
        for each in found.clusters
    ]
    title = f"Clusters of {pluralize(found.customers, 'customer')}, in {currency}"
    note = (
        "share: part of all revenue; days since the last order, purchases and revenue are the "
        "medians of the customers"
    )
    return Sheet(columns, rows, title, note, ids="cluster")


def _explain(found: "ClusterReport") -> tuple[str, ...]:
    from cardcrm.reports.clusters.clusters import CLEAR

    if found.silhouette is None:
        return ()
    rated = f"how clearly the groups differ: {found.silhouette:.2f} of 1 (silhouette)"
    if found.silhouette < CLEAR:
        return (f"{rated}: the groups blend into each other, so do not rely on their borders",)
    return (rated,)


def _draw(found: "ClusterReport", currency: str) -> "tuple[Chart, ...]":
    from cardcrm.chart import BarChart, Point, ScatterPlot

    bars = BarChart(
        "Customers by cluster",
        tuple(f"{each.number} {each.name}" for each in found.clusters),
        tuple(float(len(each.ids)) for each in found.clusters),
    )
    points = tuple(
        Point(float(each.days), to_units(each.median_revenue), f"{each.number}")
        for each in found.clusters
    )
    x_title, y_title = "days since the last order", f"median revenue, {currency}"
    return (bars, ScatterPlot("Clusters", x_title, y_title, points))
