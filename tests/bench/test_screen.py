"""The benchmark of the screen times the content of pages, not their scroll bars."""

from pathlib import Path

from bench import databases, screen
from bench.databases import Plan
from bench.measure import command, environment
from bench.terminal import Terminal

BARS = set(" ▁▂▃▄▅▆▇█")
LISTED = slice(4, -1)  # the lines of the lists
QUIET = 3.0  # seconds; a busy machine may pause in the middle of a page


def test_columns_left_out_of_a_page_are_those_of_its_scroll_bars(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    databases.make(Plan("screen", 200, 5, 2, 5, overdue=0.4), path)
    terminal = Terminal(command("tui"), environment(path))
    try:
        terminal.wait_for_output(QUIET)
        today = terminal.screen.lines
        terminal.press("2")
        terminal.wait_until_idle(QUIET)
        contacts = terminal.screen.lines
    finally:
        terminal.close()
    for lines, (listed, card) in ((today, screen.TODAY), (contacts, screen.CONTACTS)):
        bars = {line[listed.stop] for line in lines[LISTED]}
        assert bars | {line[card.stop] for line in lines[LISTED]} <= BARS
        assert bars - {" "}  # the list is longer than the screen
