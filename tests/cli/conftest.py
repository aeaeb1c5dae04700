"""Shared fixtures for the tests of commands: a database, a fixed clock, a command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.cli.run import main

Told = tuple[int, str, str]


@pytest.fixture
def own_place(place: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | str:
    """Return the location of the database; there are no settings, and it is Saturday evening."""
    monkeypatch.setenv("CARDCRM_DB", str(place))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    return place


@pytest.fixture
def typed(own_place: Path | str, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run a command, and return its exit code, output and messages."""

    def run(*words: str) -> Told:
        code = main(list(words))
        message = capsys.readouterr()
        return code, message.out, message.err

    return run
