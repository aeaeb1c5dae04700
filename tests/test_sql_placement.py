"""SQL is written only in the packages that know the tables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "cardcrm"
SQL = re.compile(r"\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b", re.DOTALL)
WITH_SQL = {"store", "records", "reports"}
# It reads the SQLite file of another package, which has no table of ours.
FOREIGN = {SOURCE / "formats" / "places" / "builtin_towns.py"}


def find_sql(path: Path) -> Iterator[str]:
    """Yield the strings of a module that are SQL."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and SQL.search(text):
            yield text


def test_sql_is_written_only_in_store_records_and_reports() -> None:
    found: dict[str, list[str]] = {}
    for path in set(SOURCE.rglob("*.py")) - FOREIGN:
        package = path.relative_to(SOURCE).parts[0]
        found.setdefault(package, []).extend(find_sql(path))
    assert {name for name, texts in found.items() if texts} == WITH_SQL
