"""`db`, `config`, `segment`, `field`, `undo`, `redo` and `journal` from the command line."""

import json
import re
import stat
import string
import sys
import types

import phonenumbers
import pytest

from cardcrm import config, render
from cardcrm.cli.run import main
from cardcrm.errors import UsageError
from cardcrm.store import open_store


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "cards.db"))
    monkeypatch.delenv("CARDCRM_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "conf"))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_USER", "ann")
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def run(capsys):
    def words(*given, code=0):
        ended = main(list(given))
        out, message = capsys.readouterr()
        assert ended == code, message
        return out, message

    return words


@pytest.fixture
def cardcrm(run, location, monkeypatch):
    """Run commands on a database with two contacts, in a file and then on a server."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    return _filled(run)


@pytest.fixture
def cardcrm_on_file(run):
    """Run commands on a database file with two contacts."""
    return _filled(run)


def _filled(run):
    run("add", "Jane Doe", "--tag", "vip", "--city", "Leeds")
    run("add", "John Roe", "--field", "shoe=41")
    return run


# Undo, redo, journal


def test_undo_and_redo_report_the_command(cardcrm):
    cardcrm("tag", "jane", "+gold")
    assert cardcrm("undo")[1] == "undone: tag jane +gold (2026-11-21 20:00, 1 change)\n"
    assert cardcrm("find", "tag:gold", "--format", "ids")[0] == ""
    assert cardcrm("redo")[1].startswith("redone: tag jane +gold")
    assert cardcrm("find", "tag:gold", "--format", "ids")[0] == "1\n"
    assert "nothing to redo" in cardcrm("redo", code=1)[1]


def test_nothing_to_undo_is_an_error(cardcrm):
    cardcrm("undo")
    cardcrm("undo")
    assert cardcrm("undo", code=1)[1].startswith("error: nothing to undo\n")


def test_journal_lists_steps_and_their_changes(cardcrm):
    cardcrm("edit", "jane", "--set", "note=likes tea")
    cardcrm("undo")
    out, _ = cardcrm("journal", "--limit", "2", "--format", "json")
    undo, edit = json.loads(out)
    assert (undo["command"], undo["change_count"]) == ("undo (step 3)", edit["change_count"])
    assert (edit["id"], edit["author"], edit["state"]) == (3, "ann", "undone")
    rows = json.loads(cardcrm("journal", "3", "--format", "json")[0])
    assert rows == [
        {"row": "contact 1", "change": "changed", "field": "note", "old": "", "new": "likes tea"}
    ]
    assert "2026-11-21 20:00" in cardcrm("journal")[0]
    assert "unknown step 99" in cardcrm("journal", "99", code=3)[1]


def test_changes_are_in_words_for_people_and_by_column_for_programs(cardcrm):
    cardcrm("edit", "jane", "--set", "note=likes tea", "--set", "org=Acme Ltd")
    out, _ = cardcrm("journal", "3")
    assert "organization added · Acme Ltd" in out
    message = out[out.index("contact changed · Jane Doe") :]
    assert re.search(r"works at +Acme Ltd", message)
    assert "org_id" not in out
    assert "contact 1 " not in out
    cardcrm("edit", "jane", "--set", "note=likes coffee")
    assert re.search(
        r"contact changed · Jane Doe +note +likes tea +likes coffee", cardcrm("journal", "4")[0]
    )
    fields = {row["field"] for row in json.loads(cardcrm("journal", "3", "--format", "json")[0])}
    assert {"org", "note"} <= fields


# Segments and fields


def test_segment_is_saved_listed_shown_and_removed(cardcrm):
    assert (
        cardcrm("segment", "add", "vips", "tag:vip")[1]
        == "saved the segment vips, tag:vip: 1 contact now\n"
    )
    changed = cardcrm("segment", "add", "VIPs", "tag:vip", "-city:york")[1]
    assert (
        changed == "changed the segment vips, query tag:vip → tag:vip -city:york: 1 contact now\n"
    )
    listed = json.loads(cardcrm("segment", "list", "--format", "json")[0])
    assert listed == [{"id": 1, "name": "vips", "contacts": 1, "query": "tag:vip -city:york"}]
    assert cardcrm("segment", "show", "vips", "--format", "ids")[0] == "1\n"
    assert "--yes" in cardcrm("segment", "rm", "vips", code=2)[1]
    cardcrm("segment", "rm", "vips", "--yes")
    assert "unknown segment" in cardcrm("segment", "show", "vips", code=3)[1]
    cardcrm("undo")
    assert cardcrm("segment", "show", "vips", "--format", "ids")[0] == "1\n"


@pytest.mark.parametrize("query", ["colour:red", "last>xyz", "(tag:vip", "segment:bad"])
def test_invalid_query_is_not_saved(cardcrm, query):
    cardcrm("segment", "add", "bad", query, code=2)
    assert cardcrm("segment", "list", "--format", "ids")[0] == ""


def test_custom_fields_are_added_and_removed_with_values(cardcrm):
    cardcrm("field", "add", "Heating", "--choices", "gas, oil")
    assert "choices" in cardcrm("field", "add", "Size", "--type", "choice", code=2)[1]
    assert "already" in cardcrm("field", "add", "heating", code=4)[1]
    listed = json.loads(cardcrm("field", "list", "--format", "json")[0])
    assert [(row["name"], row["type"], row["contacts"]) for row in listed] == [
        ("heating", "choice", 0),
        ("shoe", "text", 1),
    ]
    assert "from 1 contact" in cardcrm("field", "rm", "shoe", code=2)[1]
    cardcrm("field", "rm", "shoe", "--yes")
    assert "unknown field" in cardcrm("find", "shoe:41", code=2)[1].lower()
    cardcrm("undo")
    assert cardcrm("find", "shoe:41", "--format", "ids")[0] == "2\n"
    assert "Did you mean heating?" in cardcrm("field", "rm", "heatin", code=3)[1]


# The database


def test_info_describes_the_database(cardcrm, location):
    result = json.loads(cardcrm("db", "info", "--format", "json")[0])
    assert result["path"] == str(location)
    assert result["size"] > 0
    assert (result["contact_count"], result["journal_step_count"]) == (2, 2)
    assert result["last_change"] == "2026-11-21T20:00:00Z"
    assert result["last_command"] == 'add "John Roe" --field shoe=41'
    assert result["currency"] == "GBP"


def test_backup_and_restore_recover_the_data(cardcrm_on_file, tmp_path):
    assert "backups/cards-2026-11-21.db" in cardcrm_on_file("db", "backup")[1]
    cardcrm_on_file("rm", "jane", "--yes")
    copy = str(tmp_path / "backups" / "cards-2026-11-21.db")
    assert "--yes" in cardcrm_on_file("db", "restore", copy, code=2)[1]
    message = cardcrm_on_file("db", "restore", copy, "--yes")[1]
    assert "cards.before-restore-2026-11-21.db" in message
    assert cardcrm_on_file("find", "--format", "ids")[0] == "1\n2\n"


def test_old_backups_are_removed(cardcrm_on_file, tmp_path):
    for _ in range(4):
        cardcrm_on_file("db", "backup", "--keep", "2")
    kept = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert kept == ["cards-2026-11-21-3.db", "cards-2026-11-21-4.db"]
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700
    assert "already" in cardcrm_on_file("db", "backup", str(tmp_path / "cards.db"), code=4)[1]
    cardcrm_on_file("db", "backup", str(tmp_path / "x.db"), "--keep", "2", code=2)


def test_check_finds_and_repairs_problems(cardcrm, location):
    assert "is intact" in cardcrm("db", "check")[1]
    store = open_store(location)
    store.engine.execute("UPDATE contact SET last_on = '2020-01-01'", {})
    store.close()
    out, message = cardcrm("db", "check", code=1)
    assert "2 contacts with a wrong last contact date: 1, 2" in out
    assert "--repair" in message
    cardcrm("db", "check", "--repair")
    cardcrm("db", "check")


def test_sql_results_in_every_format(cardcrm):
    query = "select id, name from contact where id < :most order by id"
    ask = ("db", "sql", query, "-p", "most=3")
    assert cardcrm(*ask, "--format", "csv")[0].split() == [
        "id,name",
        "1,Jane",
        "Doe",
        "2,John",
        "Roe",
    ]
    assert json.loads(cardcrm(*ask, "--format", "json")[0])[1] == {"id": 2, "name": "John Roe"}
    lines = cardcrm(*ask, "--nl")[0].splitlines()
    assert json.loads(lines[0]) == {"id": 1, "name": "Jane Doe"}
    assert cardcrm(*ask, "--fmt", "github")[0].startswith("|   id | name     |")
    assert "unknown table style" in cardcrm(*ask, "--fmt", "pretty-please", code=2)[1]
    assert "read-only" in cardcrm("db", "sql", "delete from contact", code=2)[1]
    assert cardcrm("find", "--format", "ids")[0] == "1\n2\n"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("select * from sales_view", "sales"),
        ("select amont from sales", "amount"),
        ("select s.on_dat from sales s", "on_date"),
    ],
)
def test_a_mistyped_name_in_sql_is_answered_with_the_nearest_names(tmp_path, capsys, query, name):
    database = str(tmp_path / "cards.db")
    assert main(["--db", database, "add", "Jane Doe"]) == 0
    assert main(["--db", database, "db", "sql", query]) == 2
    hint = capsys.readouterr().err.rpartition("Did you mean ")[2]
    assert name in hint.rstrip("?\n").split(", ")


# Settings


def settings_text(tmp_path) -> str:
    return (tmp_path / "conf" / "cardcrm" / "config.toml").read_text(encoding="utf-8")


def test_keys_are_set_only_for_existing_actions(run, tmp_path):
    run("config", "set", "keys.done", "f")
    _, err = run("config", "set", "keys.snoze", "z", code=2)
    assert "unknown action “snoze” in the key settings" in err
    assert "Did you mean keys.snooze?" in err
    assert "snoze" not in settings_text(tmp_path)


def test_settings_file_is_private_and_keeps_comments(run, tmp_path):
    run("config", "set", "currency", "eur")
    path = tmp_path / "conf" / "cardcrm" / "config.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.write_text("# my shop\n" + path.read_text() + "\n[mail]  # the post\nhost = 'a.example'\n")
    run("config", "set", "mail.port", "465")
    run("config", "set", "lock-wait", "2.5")
    message = settings_text(tmp_path)
    assert "# my shop" in message
    assert "# the post" in message
    assert "port = 465" in message
    assert run("config", "get", "lock-wait")[0] == "2.5\n"
    assert list(path.parent.iterdir()) == [path]
    run("config", "unset", "mail.port")
    assert run("config", "get", "mail.port")[0] == "\n"


def test_flag_overrides_environment_overrides_file_overrides_default(run, monkeypatch):
    def origin(*more):
        rows = json.loads(run("config", "list", "--format", "json", *more)[0])
        return next((row["current"], row["from"]) for row in rows if row["name"] == "color")

    assert origin() == ("auto", "default")
    run("config", "set", "color", "never")
    assert origin() == ("never", str(config.config_file()))
    monkeypatch.setenv("CARDCRM_COLOR", "always")
    assert origin() == ("always", "the environment")
    assert origin("--color", "auto") == ("auto", "the command line")
    assert "the environment sets it to always" in run("config", "set", "color", "auto")[1]


def test_settings_of_the_database_are_shown(run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "german.db"))

    def message(*more):
        rows = json.loads(run("config", "list", "--format", "json", *more)[0])
        return [(row["current"], row["from"]) for row in rows if row["name"] in OF_A_BOX]

    new = "the system's language, for a new database"
    assert message() == [("DE", new), ("EUR", new)]
    run("add", "Jane Doe")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert message() == [("DE", "the database"), ("EUR", "the database")]
    assert run("config", "get", "currency")[0] == "EUR\n"
    assert (
        message("--db", "ftp://what") == message("--db", "postgresql://nobody@/x") == [("", "")] * 2
    )
    run("config", "set", "currency", "chf")
    assert message()[1] == ("CHF", str(config.config_file()))


OF_A_BOX = ("region", "currency")


def test_every_setting_is_listed_with_its_meaning(run):
    rows = json.loads(run("config", "list", "--format", "json")[0])
    assert [row["name"] for row in rows] == list(config.SETTINGS)
    assert all(row["help"] for row in rows)


def test_format_setting_lists_all_formats():
    assert config.SETTINGS["format"].choices == render.FORMATS


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("colr", "never", "Did you mean color?"),
        ("color", "red", "auto, always, never"),
        ("lock-wait", "nan", "0 or more"),
        ("lock-wait", "-1", "0 or more"),
        ("lock-wait", "soon", "invalid number"),
        ("currency", "pounds", ""),
        ("region", "Germany", "two letters"),
        ("region", "ZZ", "unknown region “ZZ”"),
        ("region", "uk", "two letters, such as GB, for UK."),
        ("region", "ß", "two letters"),
        ("timezone", "Mars/Olympus", "unknown time zone"),
        ("mail.password", "secret", "cannot be stored in the settings"),
    ],
)
def test_invalid_settings_are_not_written(run, tmp_path, name, value, message):
    assert message in run("config", "set", name, value, code=2)[1]
    assert not (tmp_path / "conf").exists()


def test_unknown_region_is_reported_with_its_origin(run, monkeypatch):
    monkeypatch.setenv("CARDCRM_REGION", "ZZ")
    message = run("add", "Jane Doe", code=2)[1]
    assert "unknown region “ZZ” (in the environment)" in message
    assert "two letters, such as GB, DE or US." in message
    monkeypatch.setenv("CARDCRM_REGION", "de")
    run("add", "Jane Doe", "--phone", "0221 4710123")
    assert "+49 221 4710123" in run("show", "jane")[0]


def test_regions_match_the_phone_library():
    letters = string.ascii_uppercase
    known = {a + b for a in letters for b in letters if _is_region(a + b)}
    assert known == phonenumbers.SUPPORTED_REGIONS


def _is_region(text: str) -> bool:
    try:
        return config.validate("region", text.lower()) == text
    except UsageError:
        return False


@pytest.mark.parametrize(("lang", "region"), [("de_DE.UTF-8", "DE"), ("en_ZZ", "GB"), ("C", "GB")])
def test_new_database_gets_a_valid_region(run, monkeypatch, lang, region):
    monkeypatch.setenv("LC_ALL", lang)
    run("add", "Jane Doe")
    assert run("config", "get", "region")[0] == f"{region}\n"


@pytest.mark.parametrize("text", ["color = 'red'\n", "colr = 'never'\n", "region = 'ZZ'\n"])
def test_bad_setting_in_file_is_reported_and_can_be_unset(run, tmp_path, text):
    (tmp_path / "conf" / "cardcrm").mkdir(parents=True)
    (tmp_path / "conf" / "cardcrm" / "config.toml").write_text(text)
    assert "config.toml" in run("find", code=2)[1]
    run("config", "unset", text.split()[0])
    assert run("config", "get", "color")[0] == "auto\n"


def test_invalid_toml_is_left_unchanged(run, tmp_path):
    (tmp_path / "conf" / "cardcrm").mkdir(parents=True)
    (tmp_path / "conf" / "cardcrm" / "config.toml").write_text("color = \n")
    assert "invalid TOML" in run("config", "set", "color", "never", code=2)[1]
    assert settings_text(tmp_path) == "color = \n"


def test_linked_settings_file_stays_a_link(run, tmp_path):
    (tmp_path / "conf" / "cardcrm").mkdir(parents=True)
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    (tmp_path / "conf" / "cardcrm" / "config.toml").symlink_to(real)
    run("config", "set", "color", "never")
    assert (tmp_path / "conf" / "cardcrm" / "config.toml").is_symlink()
    assert "never" in real.read_text()


class _Keyring(types.ModuleType):
    """An in-memory keyring."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.errors = types.ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})
        self.errors.PasswordDeleteError = type(
            "PasswordDeleteError", (self.errors.KeyringError,), {}
        )

    def set_password(self, service, user, password):
        if password == "refused":
            raise self.errors.KeyringError("No recommended backend was available.\nInstall one")
        self.kept[service, user] = password

    def delete_password(self, service, user):
        if (service, user) not in self.kept:
            raise self.errors.PasswordDeleteError("none")
        del self.kept[service, user]


@pytest.fixture
def keyring(monkeypatch):
    ring = _Keyring()
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", ring.errors)
    return ring


def typed(monkeypatch, text):
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_mail_password_is_stored_only_in_the_keyring(run, tmp_path, monkeypatch, keyring):
    assert "mail.user" in run("config", "password", code=2)[1]
    run("config", "set", "mail.user", "ann@example.com")
    typed(monkeypatch, "tops3cret\n")
    assert "tops3cret" not in "".join(run("config", "password"))
    assert keyring.kept == {("cardcrm", "ann@example.com"): "tops3cret"}
    assert "tops3cret" not in settings_text(tmp_path)
    run("config", "password", "--remove")
    assert keyring.kept == {}


def test_missing_keyring_gets_a_hint(run, monkeypatch, keyring):
    run("config", "set", "mail.user", "ann")
    typed(monkeypatch, "refused\n")
    message = run("config", "password", code=6)[1]
    assert "No recommended backend was available." in message
    assert "mail.password-command" in message
    monkeypatch.setitem(sys.modules, "keyring", None)
    typed(monkeypatch, "tops3cret\n")
    assert "pip install 'keyring>=25'" in run("config", "password", code=6)[1]
