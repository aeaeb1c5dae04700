"""Both engines run the same tests; those of one by nature are named here with the reason."""

import re
from pathlib import Path

HERE = Path(__file__).parent

ONE_ENGINE = {
    "bench/test_databases.py": "the bench makes its boxes as files",
    "records/search/test_incremental.py": "sets of cards are kept beside a file alone",
    "records/search/test_result_page.py": "pages of results come from the file engine alone",
    "store/test_migrations.py": "from the one to the other, on a server of its own",
    "store/sqlite/test_engine.py": "what only a file can suffer",
    "store/sqlite/test_version_2.py": "a file of an earlier version",
    "tui/test_terminal.py": "the process and its terminal, whatever the engine",
    "test_import_hygiene.py": "what a command on a file must not import",
    "tui/test_quick.py": "how the screen starts, which is the same for both",
}

OPENS = re.compile(r"open_store\(|CARDCRM_DB")
# What is ``typed`` in tests/cli is typed in a place of both engines.
TAKES = re.compile(r"\b(?:shared_|server_|own_)?places?\b|server_databases|\bdef \w+\(typed\b")


def test_every_module_that_opens_a_box_does_so_on_both_engines_or_says_why_not():
    pages = {
        str(path.relative_to(HERE)): path.read_text("utf-8") for path in HERE.rglob("test_*.py")
    }
    of_one = {
        name
        for name, text in pages.items()
        if OPENS.search(text) and not TAKES.search(text) and name != "test_engines.py"
    }
    assert of_one == set(ONE_ENGINE)
