"""Generate the table of what becomes of the columns of other programs' files."""

import io

from cardcrm.formats.csv.reader import read_csv
from cardcrm.formats.import_entries import ColumnReport
from cardcrm.formats.import_job import ColumnUse
from docs.generator.markdown import table
from docs.generator.program_files import FILES


def programs() -> str:
    """List by program which columns become fields, and which are kept as custom fields."""
    rows = []
    for name, (program, text) in FILES.items():
        uses = _read_uses(text)
        lost = [each.column for each in uses if not each.is_kept]
        kept = [each for each in uses if each.is_kept and (each.count or each.column not in lost)]
        known = [f"{each.column} → {each.target}" for each in kept if not each.is_field]
        fields = [each.column for each in kept if each.is_field]
        rows.append((f"{program} (`{name}`)", "; ".join(known), ", ".join(fields), ", ".join(lost)))
    heads = ("Program", "Column → field", "Kept as custom fields", "Not kept")
    return table(heads, rows)


def _read_uses(text: str) -> tuple[ColumnUse, ...]:
    (report,) = [
        each for each in read_csv(io.StringIO(text, newline="")) if isinstance(each, ColumnReport)
    ]
    return report.columns
