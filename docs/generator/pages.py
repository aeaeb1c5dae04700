"""Fill the generated parts of the pages."""

import re
from collections.abc import Callable
from pathlib import Path

from docs.generator import (
    commands,
    import_tables,
    json_schema,
    lists,
    python_api,
    schema,
    star,
    survival,
)

DOCS = Path(__file__).parents[1]
PART = re.compile(r"(<!-- made: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
PARTS: dict[str, Callable[[], str]] = {
    "options": commands.global_options,
    "commands": commands.reference,
    "settings": lists.settings,
    "fields": lists.fields,
    "columns": lists.columns,
    "nouns": lists.nouns,
    "own-columns": lists.native_header,
    "headers": lists.recognized_headers,
    "import-programs": import_tables.programs,
    "exit-codes": lists.exit_codes,
    "whens": lists.dates,
    "everies": lists.recurrences,
    "answers": json_schema.command_table,
    "objects": json_schema.object_table,
    "keys": json_schema.key_table,
    "python-api": python_api.reference,
    "schema": schema.tables,
    "views": schema.views,
    "star": star.tables,
    "vcard-survival": survival.vcards,
}


def fill(page: str) -> str:
    """Return the text of a page with its generated parts written again."""
    return PART.sub(lambda match: f"{match[1]}{PARTS[match[2]]()}\n{match[3]}", page)


def find_pages() -> list[Path]:
    """Return the pages that have generated parts."""
    return [path for path in sorted(DOCS.rglob("*.md")) if PART.search(path.read_text("utf-8"))]


def write() -> None:
    """Write the generated parts of all pages."""
    for page in find_pages():
        page.write_text(fill(page.read_text("utf-8")), encoding="utf-8")
