"""Tests run on both engines, unless their module is listed here with its reason.

Outside tests/tui a test runs on both engines when it takes one of the fixtures that lend databases.
A test of the screen does so when it is marked ``engines("sqlite", "postgresql")``; there is no SQL
in the screen's code, so SQLite alone is enough for most of them.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent

ONE_ENGINE = {
    "bench/test_databases.py": "the benchmark creates its databases as files",
    "bench/test_shop.py": "the benchmark creates its databases as files",
    "cli/test_damage.py": "damage that files alone can have",
    "cli/test_pager.py": "what a terminal shows, whatever the engine",
    "cli/test_odd_lines.py": "each line needs a database of its own, a copy of one file",
    "cli/test_temporary_files.py": "files that a signal would leave",
    "mail/test_full_disk.py": "a limit to the size of files; a full server is tested elsewhere",
    "records/search/test_incremental.py": "sets of results are cached for files alone",
    "reports/warehouse/test_warehouse_files.py": "queries over files, whatever the engine",
    "store/test_migrations.py": "from one engine to the other, on a server of its own",
    "store/sqlite/test_version_2.py": "a file that an earlier version has left",
    "store/sqlite/test_engine.py": "what can happen to files alone",
    "test_import_hygiene.py": "what a command on a file must not import",
    "test_sales_week.py": "sixty processes; each command is tested on both engines elsewhere",
    "tui/test_acted_on.py": "which contact is acted on, whatever its database",
    "tui/test_contrast.py": "colors, whatever the data",
    "tui/test_footer.py": "keys by focus, without data",
    "tui/test_keys.py": "keys and their help, without data",
    "tui/test_mouse.py": "clicks, which lead to the same actions as keys",
    "tui/test_round_trips.py": "how often a server is asked",
}

OPENS = re.compile(r"open_store\(|CARDCRM_DB|open_app|create_app\(")
# The fixture `typed` of tests/cli types commands on both engines.
ON_BOTH = re.compile(
    r"def \w+\([^)]*\b((shared_|server_|cli_)?locations?|temporary_store|server_databases)\b"
    r"|\bdef \w+\(typed\b|getfixturevalue\(\"server_locations"
)
MARKED = re.compile(r'engines\("sqlite", "postgresql"\)')


def test_every_module_that_opens_a_database_does_so_on_both_engines_or_is_listed():
    modules = {
        path.relative_to(HERE).as_posix(): path.read_text("utf-8")
        for path in HERE.rglob("test_*.py")
        if path != Path(__file__)
    }
    on_one = {
        name
        for name, text in modules.items()
        if OPENS.search(text) and not (MARKED if name.startswith("tui/") else ON_BOTH).search(text)
    }
    assert on_one == set(ONE_ENGINE)
