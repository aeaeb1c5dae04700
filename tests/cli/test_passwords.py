"""The password of a server: where it is allowed, and where it never appears."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

import cardcrm
from cardcrm.cli.open_tui import database_name
from cardcrm.cli.run import main
from cardcrm.store import server_address, server_password

SECRET = "s3cret"
OPEN = "postgresql://ann@127.0.0.1:1/cards"
CLOSED = f"postgresql://ann:{SECRET}@127.0.0.1:1/cards"


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "cards.db"))
    monkeypatch.delenv("CARDCRM_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "conf"))
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
def test_password_on_the_command_line_is_refused(words, capsys, tmp_path):
    assert main(words) == 2
    out, message = capsys.readouterr()
    assert out == ""
    assert [line.partition(":")[0] for line in message.splitlines()] == ["error", "hint"]
    assert "command line" in message
    assert "~/.pgpass" in message
    assert SECRET not in message
    assert not (tmp_path / "conf").exists()


def test_address_without_password_is_accepted(capsys):
    pytest.importorskip("psycopg")
    assert main(["--db", OPEN, "find"]) == 5
    assert main(["config", "set", "db", OPEN]) == 0
    assert "no server is listening" in capsys.readouterr().err


def test_settings_file_with_password_must_be_private(tmp_path, monkeypatch, capsys):
    pytest.importorskip("psycopg")
    monkeypatch.delenv("CARDCRM_DB")
    file = tmp_path / "conf" / "cardcrm" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'db = "{CLOSED}"\n')
    for mode, code, message in (
        (0o644, 2, "not of mode 0600"),
        (0o600, 5, "no server is listening"),
    ):
        file.chmod(mode)
        assert main(["find"]) == code
        out, err = capsys.readouterr()
        assert message in err
        assert SECRET not in out + err


@pytest.mark.parametrize(
    "words", [["config", "list"], ["config", "get", "db"], ["config", "list", "--format", "json"],
              ["config", "set", "currency", "EUR"], ["db", "info"], ["find"],
              ["config", "unset", "db"], ["config", "set", "db", OPEN]],
)  # fmt: skip
def test_password_in_the_environment_is_never_shown(words, monkeypatch, capsys):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("CARDCRM_DB", CLOSED)
    main(words)
    out, message = capsys.readouterr()
    assert out + message
    assert SECRET not in out + message


# 300 writings of a password in an address: signs of URLs and of shells, encoded and not, as login,
# parameter or keyword; many of them libpq refuses, or reads otherwise than they were meant.
_SIGNS = r"""#?/@:%&=+,;'"\ [](){}<>|~^!*$é"""
_LOGINS = (
    "postgresql://ann:{}@127.0.0.1:1/cards", "postgres://:{}@127.0.0.1:1/cards?sslmode=disable",
    "postgresql://ann:{}@127.0.0.1:1,127.0.0.1:2/cards", "postgresql://ann:{}@[::1]:1",
    "pg:postgresql://ann:{}@127.0.0.1:1/cards?options=-csearch_path%3Dx@y",
)  # fmt: skip
_PARAMETERS = (
    "postgresql://127.0.0.1:1/cards?password={}",
    "postgresql://ann@127.0.0.1:1?sslpassword={}&user=a",
    "postgresql://127.0.0.1:1/cards?%70assword={}",
    "postgresql://127.0.0.1:1/cards?user=a&p%61ss%77ord={}",
)  # fmt: skip
_KEYWORDS = (
    "pg:host=127.0.0.1 port=1 password={}", "service=none password = {}",
    "pg: password='{}' host=127.0.0.1 port=1", "pg:sslpassword={} host=127.0.0.1 port=1",
    "pg:PASSWORD={} host=127.0.0.1", "pg:password='{} host=127.0.0.1", "host=127.0.0.1 password={}",
)  # fmt: skip


def write_passwords():
    """Return 300 addresses whose password contains s3c and ret7."""
    chosen = random.Random(8)
    found = set()
    while len(found) < 300:
        middle = "".join(chosen.choices(_SIGNS, k=chosen.choice((1, 1, 2, 3))))
        password = f"s3c{middle}ret7"
        encoded = quote(password, safe=chosen.choice(("", "/", "?#", "@:/")))
        form = chosen.choice((*_LOGINS, *_PARAMETERS, *_KEYWORDS))
        found.add(form.format(chosen.choice((password, encoded))))
    return sorted(found)


def hides(text):
    return "s3c" not in text and "ret7" not in text


def test_no_writing_of_a_password_is_shown_by_any_command(monkeypatch, capsys):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("CARDCRM_LOCK_WAIT", "0")
    for address in write_passwords():
        monkeypatch.setenv("CARDCRM_DB", address)
        for words in (
            ["config", "get", "db"], ["config", "list", "--json"], ["db", "info", "--json"],
            ["find"], ["journal"], ["config", "set", "db", address], ["--db", address, "due"],
        ):  # fmt: skip
            main(words)
            assert hides("".join(capsys.readouterr())), (address, words)
        assert hides(database_name(address)), address


def test_password_is_found_where_libpq_finds_it():
    conninfo = pytest.importorskip("psycopg.conninfo")
    clear = 0
    for address in filter(server_password.is_clear, write_passwords()):
        try:
            read = conninfo.conninfo_to_dict(server_address.conninfo(address))
        except psycopg_error():
            continue  # refused by libpq in its own way
        secrets = {read[key] for key in ("password", "sslpassword") if key in read}
        is_url = "://" in address
        for setting in server_password.read_settings(address):
            if setting.keyword in ("password", "sslpassword"):
                written = address[setting.start : setting.end]
                found = unquote(written) if is_url else unescape(written)
                assert secrets == {found}, address
                clear += 1
    assert clear > 100


def psycopg_error():
    import psycopg

    return psycopg.Error


def unescape(written):
    quoted = written[1:-1] if written.startswith("'") else written
    return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)


@pytest.mark.parametrize("sign", ["#", "?", "%2F", "%40", ":", "=&"])
@pytest.mark.parametrize("form", ["login", "parameter"])
def test_connected_database_never_shows_its_password(
    server_location, sign, form, monkeypatch, capsys
):
    password = f"s3c{sign}ret7"
    login = server_location.replace("//cardcrm@", f"//cardcrm:{password}@")
    parameter = f"{server_location}&%70assword={quote(password, safe='%')}"
    monkeypatch.setenv("CARDCRM_DB", login if form == "login" else parameter)
    for words in (
        ["add", "Jane"], ["db", "info"], ["db", "info", "--json"], ["journal", "--json"],
        ["journal", "1"], ["config", "get", "db"], ["db", "check"], ["db", "sql", "select x"],
        ["db", "backup"], ["show", "nobody", "--json"],
    ):  # fmt: skip
        assert main(words) in range(7)
        out, err = capsys.readouterr()
        assert out + err
        assert hides(out + err), words


@pytest.mark.parametrize(
    "location", [CLOSED, f"postgresql://ann:{SECRET}@db", f"pg:password={SECRET}"]
)
def test_title_shows_the_address_without_password(location):
    assert SECRET not in database_name(location)
    assert server_address.has_password(location)


def test_password_is_neither_in_process_list_nor_on_server(server_location):
    """Look for a password in the address; the server trusts everyone and ignores it."""
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
