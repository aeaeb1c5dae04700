"""Completion of names by the shells: found in any case, one word, and nothing that runs."""

from pathlib import Path

import pytest

from cardcrm.cli.run import main


@pytest.fixture(autouse=True)
def _box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "cards.db"))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    main(["add", "Jane Doe"])
    main(["add", "Zoe $(touch /tmp/x); `id` \u202e"])
    capsys.readouterr()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Ja", "Jane\\ Doe"),
        ("ja", "jane\\ Doe"),
        ("zo", "zoe\\ \\$\\(touch\\ /tmp/x\\)\\;\\ \\`id\\`"),
        ("nobody", ""),
    ],
)
def test_bash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, offered: str
) -> None:
    monkeypatch.setenv("_CARDCRM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"cardcrm show {typed}")
    monkeypatch.setenv("COMP_CWORD", "2")
    main([])
    assert capsys.readouterr().out.rstrip("\\ \n") == offered


def test_zsh(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_CARDCRM_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "cardcrm log ja")
    main([])
    assert "jane Doe" in capsys.readouterr().out


def test_a_name_needs_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "jane", "Doe", "--format", "json"]) == 0
    assert '"Jane Doe"' in capsys.readouterr().out
    assert main(["brief", "jane", "Doe"]) == main(["value", "jane", "Doe"]) == 0
