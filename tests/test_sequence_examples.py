"""Run the commands of the guide to sequences, with the files of the examples."""

import json
import re
import shlex
from pathlib import Path

import pytest

from cardcrm.cli.run import main

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "how-to" / "sequences.md"


def commands():
    """Return the command lines of the guide, in their order."""
    lines = re.findall(r"^    cardcrm (.+)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    return [shlex.split(each) for each in lines]


@pytest.mark.engines("sqlite", "postgresql")
def test_the_guide_does_what_it_says(location, tmp_path, monkeypatch, capsys):
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("CARDCRM_DB", str(location))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T10:00")
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "localhost")
    monkeypatch.setenv("CARDCRM_MAIL_FROM", "shop@example.com")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "fair.csv").write_text("name,email\nMia Fair,mia@example.com\n")
    for name in ("jane", "bob"):
        assert main(["add", name.title(), "--email", f"{name}@example.com", "--tag", "vip"]) == 0
    assert main(["sell", "bob", "20", "rose", "--on", "2026-01-10"]) == 0
    for words in commands():
        assert main(words) == 0, (words, capsys.readouterr().err)
    capsys.readouterr()
    assert main(["sequence", "simulate", "welcome", "jane", "--json"]) == 0
    steps = [(each["on"], each["step"]) for each in json.loads(capsys.readouterr().out)]
    assert steps == [
        ("2026-11-24", "mail-welcome"),
        ("2026-12-01", "mail-tips"),
        ("2026-12-15", "task-call-and-ask-how-it-went"),
    ]
    assert main(["enrollment", "list", "sequence:win-back", "--format", "csv"]) == 0
    assert "Bob" in capsys.readouterr().out
