"""The settings file and the paths that users type: one clear line for whatever they name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Result = tuple[int, str, str]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX files")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let CARDCRM_CONFIG name a file."""
    return lambda path: monkeypatch.setenv("CARDCRM_CONFIG", path)


def test_a_pipe_without_a_writer_is_refused_at_once(
    typed: Callable[..., Result], config: Callable[[str], None], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    config(str(pipe))
    assert typed("find") == (
        2, "", f"error: cannot read {pipe}: it is not a file\nhint: Name a text file.\n"
    )  # fmt: skip
    code, _, message = typed("config", "set", "currency", "EUR")
    assert (code, "it is not a file" in message) == (2, True)
    assert pipe.is_fifo()


def test_an_empty_device_is_empty_settings(
    typed: Callable[..., Result], config: Callable[[str], None]
) -> None:
    config("/dev/null")
    assert typed("add", "Ann")[0] == 0
    code, _, message = typed("config", "set", "currency", "EUR")
    assert (code, "it is not a file" in message) == (2, True)
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no device without an end")
def test_a_device_without_an_end_is_refused(
    typed: Callable[..., Result], config: Callable[[str], None]
) -> None:
    config("/dev/zero")
    code, data, message = typed("find")
    assert (code, data) == (2, "")
    assert message.startswith("error: /dev/zero is longer than 1,000,000 bytes\n")


def test_a_folder_is_refused(
    typed: Callable[..., Result], config: Callable[[str], None], tmp_path: Path
) -> None:
    config(str(tmp_path))
    code, data, message = typed("find")
    assert (code, data) == (2, "")
    assert message.startswith(f"error: cannot read {tmp_path}: ")
    assert "Traceback" not in message


@pytest.mark.parametrize("value", ["3", '"x"', "[1]", "true", "1979-05-27"])
def test_a_value_in_place_of_a_table_is_refused(
    typed: Callable[..., Result], config: Callable[[str], None], tmp_path: Path, value: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"mail = {value}\n")
    config(str(file))
    for words in (("find",), ("config", "set", "mail.host", "h"), ("config", "list")):
        code, data, message = typed(*words)
        assert (code, data) == (2, "")
        assert message.startswith("error: ")
        assert "\nhint: " in message
    assert file.read_text() == f"mail = {value}\n"


@pytest.mark.parametrize("name", ["~nouser/x", "~nouser"])
def test_the_home_folder_of_an_unknown_user_is_refused(
    typed: Callable[..., Result], config: Callable[[str], None], name: str
) -> None:
    expected = (
        2,
        "",
        f"error: the home folder in {name} is unknown\n"
        "hint: Write the whole path, or ./~NAME for a file of that name.\n",
    )
    assert typed("--db", name, "find") == expected
    config(name)
    assert typed("find") == expected


def test_settings_of_the_home_folder_are_found(
    typed: Callable[..., Result],
    config: Callable[[str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text('currency = "CHF"\n')
    config("~/settings.toml")
    assert typed("config", "get", "currency")[:2] == (0, "CHF\n")


def test_bad_entries_do_not_follow_a_link_to_nowhere(
    typed: Callable[..., Result], tmp_path: Path
) -> None:
    file, target = tmp_path / "people.vcf", tmp_path / "elsewhere"
    file.write_text("BEGIN:VCARD\nFN:Ann\n")
    link = tmp_path / "people.bad.vcf"
    link.symlink_to(target)
    code, _, message = typed("import", str(file))
    assert (code, "people.bad-2.vcf" in message) == (1, True)
    assert (tmp_path / "people.bad-2.vcf").read_text() == "BEGIN:VCARD\nFN:Ann\n"
    assert not target.exists()
    assert link.is_symlink()
    code, _, message = typed("import", str(file), "--bad", str(link))
    assert (code, message.splitlines()[0]) == (4, f"error: {link} already exists")
