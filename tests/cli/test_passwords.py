"""A server's password: where it may stand, and where it never does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cardcrm
from cardcrm.cli.open_tui import _named
from cardcrm.cli.run import main
from cardcrm.store import server_address

SECRET = "s3cret"
OPEN = "postgresql://ann@127.0.0.1:1/cards"
CLOSED = f"postgresql://ann:{SECRET}@127.0.0.1:1/cards"


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "cards.db"))
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "conf" / "config.toml"))
    monkeypatch.setenv("CARDCRM_USER", "ann")


@pytest.mark.parametrize(
    "words",
    [
        ["--db", CLOSED, "find"],
        ["find", f"--db={CLOSED}"],
        ["--db", f"postgresql://ann@h/cards?password={SECRET}", "config", "list"],
        ["--db", f"pg:host=h password={SECRET}", "add", "Jane"],
        ["db", "copy", "cards.db", CLOSED],
        ["db", "copy", CLOSED, "cards.db"],
        ["config", "set", "db", CLOSED],
    ],
)
def test_a_password_that_was_typed_is_refused_with_the_way_to_keep_it(words, capsys, tmp_path):
    assert main(words) == 2
    out, told = capsys.readouterr()
    assert out == ""
    assert [line.partition(":")[0] for line in told.splitlines()] == ["error", "hint"]
    assert "command line" in told
    assert "~/.pgpass" in told
    assert SECRET not in told
    assert not (tmp_path / "conf").exists()


def test_an_address_without_a_password_may_be_typed(capsys):
    pytest.importorskip("psycopg")
    assert main(["--db", OPEN, "find"]) == 5
    assert main(["config", "set", "db", OPEN]) == 0
    assert "no server is listening" in capsys.readouterr().err


def test_a_settings_file_with_a_password_is_for_its_owner_alone(tmp_path, monkeypatch, capsys):
    pytest.importorskip("psycopg")
    monkeypatch.delenv("CARDCRM_DB")
    file = tmp_path / "conf" / "config.toml"
    file.parent.mkdir()
    file.write_text(f'db = "{CLOSED}"\n')
    for mode, code, told in ((0o644, 2, "not of mode 0600"), (0o600, 5, "no server is listening")):
        file.chmod(mode)
        assert main(["find"]) == code
        out, err = capsys.readouterr()
        assert told in err
        assert SECRET not in out + err


@pytest.mark.parametrize(
    "words", [["config", "list"], ["config", "get", "db"], ["config", "list", "--format", "json"],
              ["config", "set", "currency", "EUR"], ["db", "info"], ["find"],
              ["config", "unset", "db"], ["config", "set", "db", OPEN]],
)  # fmt: skip
def test_a_password_in_the_environment_is_shown_nowhere(words, monkeypatch, capsys):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("CARDCRM_DB", CLOSED)
    main(words)
    out, told = capsys.readouterr()
    assert out + told
    assert SECRET not in out + told


@pytest.mark.parametrize(
    "location", [CLOSED, f"postgresql://ann:{SECRET}@db", f"pg:password={SECRET}"]
)
def test_the_screen_names_the_box_without_its_password(location):
    assert SECRET not in _named(location)
    assert server_address.has_password(location)


def test_a_password_stands_neither_in_the_process_list_nor_on_the_server(server_location):
    """The server trusts everybody, so that a password in the address does no harm and no good."""
    import psycopg

    place = server_location.replace("//cardcrm@", f"//cardcrm:{SECRET}@")
    environment = {
        **os.environ, "CARDCRM_DB": place, "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent),
    }  # fmt: skip
    waiting = (
        "import sys, time; from cardcrm.cli.run import main; "
        "sys.argv[1:] and main(sys.argv[1:]); print('done', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", waiting, "add", "Jane", "--note", "a card"],
        env=environment, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout.readline() == "done\n"
        listed = Path(f"/proc/{running.pid}/cmdline")
        assert not listed.exists() or SECRET not in listed.read_text()
        running.kill()
    with psycopg.connect(server_location) as db:
        tables = db.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        ).fetchall()
        kept = [db.execute(f"SELECT t::text FROM {table} t").fetchall() for (table,) in tables]
        running = db.execute("SELECT a::text FROM pg_stat_activity a").fetchall()
    assert "Jane" in str(kept)
    assert SECRET not in f"{kept}{running}"
