"""Fixtures for tests of the shell: commands typed on a database of either engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.cli.run import main
from tests.support.databases import Location

Result = tuple[int, str, str]
"""The exit code of a command, its data and its messages."""


@pytest.fixture
def cli_location(
    location: Location, tmp_path: Path, now: str, monkeypatch: pytest.MonkeyPatch
) -> Location:
    """The database of the commands typed; there is no settings file."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_NOW", now)
    return location


@pytest.fixture
def typed(cli_location: Location, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command; return its exit code, its data and its messages."""

    def run(*words: str) -> Result:
        code = main(list(words))
        output = capsys.readouterr()
        return code, output.out, output.err

    return run
