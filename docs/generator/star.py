"""Generate the reference of the star schema from the declarations of its tables."""

from cardcrm.reports.warehouse.star_table import StarTable
from cardcrm.reports.warehouse.tables.all_tables import all_tables
from docs.generator.markdown import table


def tables() -> str:
    """Return each table of the star with its columns."""
    return "\n\n".join(map(_describe, all_tables()))


def _describe(star: StarTable) -> str:
    rows = [(f"`{each.name}`", each.type, each.meaning) for each in star.columns]
    partition = f" Partitioned by the month of `{star.day}`." if star.day else ""
    text = star.meaning if star.meaning.endswith(".") else f"{star.meaning}."
    return f"### {star.name}\n{text}{partition}\n\n{table(('column', 'type', 'meaning'), rows)}"
