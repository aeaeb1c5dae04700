"""What the tests of commands share: a box of their own, a clock that stands, and a line to type."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.cli.run import main

Told = tuple[int, str, str]


@pytest.fixture
def own_place(place: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | str:
    """The place of the box: no settings are heeded, and it is a Saturday evening."""
    monkeypatch.setenv("CARDCRM_DB", str(place))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    return place


@pytest.fixture
def typed(own_place: Path | str, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run a command: its exit code, its data and its words."""

    def run(*words: str) -> Told:
        code = main(list(words))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run
