"""The number of round trips of quick commands, which decides their time over a slow network."""

import pytest

from cardcrm.cli.run import main

pytest.importorskip("psycopg")

MAX_TRIPS = {
    "add": (["add", "Bob Ray", "--email", "b@x.org", "--phone", "0113 496 0124", "--tag", "x"], 20),
    "log": (["log", "jane", "asked for a quote"], 17),
    "remind": (["remind", "jane", "call back", "--due", "fri"], 12),
    "done": (["done", "1"], 10),
    "due": (["due"], 6),
    "find": (["find", "jane"], 6),
    "find in a pipe": (["find", "jane", "--format", "csv"], 6),
    "show": (["show", "jane"], 6),
}  # fmt: skip


@pytest.mark.parametrize("name", MAX_TRIPS)
def test_a_quick_command_needs_few_round_trips(name, server_location, trips, monkeypatch, tmp_path):
    monkeypatch.setenv("CARDCRM_DB", server_location)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    assert main(["add", "Jane Doe", "--phone", "0113 496 0123", "--tag", "vip"]) == 0
    assert main(["remind", "jane", "call", "--due", "2026-11-20"]) == 0
    line, limit = MAX_TRIPS[name]
    trips.clear()
    assert main(line) == 0
    assert 0 < len(trips) <= limit, "\n".join(map(str, trips))
