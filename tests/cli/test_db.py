"""`db`, `config`, `segment`, `field`, `undo`, `redo` and `journal` as they are typed."""

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
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "conf" / "config.toml"))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_USER", "ann")
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def run(capsys):
    def words(*given, code=0):
        ended = main(list(given))
        out, told = capsys.readouterr()
        assert ended == code, told
        return out, told

    return words


@pytest.fixture
def box(run, location, monkeypatch):
    """Two cards, in a file and then on a server."""
    monkeypatch.setenv("CARDCRM_DB", str(location))
    return _filled(run)


@pytest.fixture
def file_box(run):
    """The same, in a file alone."""
    return _filled(run)


def _filled(run):
    run("add", "Jane Doe", "--tag", "vip", "--city", "Leeds")
    run("add", "John Roe", "--field", "shoe=41")
    return run


# undo, redo, journal


def test_undo_and_redo_say_what_they_did(box):
    box("tag", "jane", "+gold")
    assert box("undo")[1] == "took back: tag jane +gold (2026-11-21 20:00, 1 change)\n"
    assert box("find", "tag:gold", "--format", "ids")[0] == ""
    assert box("redo")[1].startswith("did again: tag jane +gold")
    assert box("find", "tag:gold", "--format", "ids")[0] == "1\n"
    assert "nothing to redo" in box("redo", code=1)[1]


def test_nothing_to_undo_is_told_and_seen_by_scripts(box):
    box("undo")
    box("undo")
    assert box("undo", code=1)[1].startswith("error: nothing to undo\n")


def test_the_journal_lists_steps_and_shows_their_changes(box):
    box("edit", "jane", "--set", "note=likes tea")
    box("undo")
    out, _ = box("journal", "--limit", "2", "--format", "json")
    undo, edit = json.loads(out)
    assert (undo["command"], undo["changes"]) == ("undo (step 3)", edit["changes"])
    assert (edit["id"], edit["author"], edit["state"]) == (3, "ann", "undone")
    rows = json.loads(box("journal", "3", "--format", "json")[0])
    assert rows == [
        {"what": "contact 1", "change": "changed", "field": "note", "old": "", "new": "likes tea"}
    ]
    assert "2026-11-21 20:00" in box("journal")[0]
    assert "there is no step 99" in box("journal", "99", code=3)[1]


def test_people_are_told_of_a_change_in_words_and_scripts_by_columns(box):
    box("edit", "jane", "--set", "note=likes tea", "--set", "org=Acme Ltd")
    out, _ = box("journal", "3")
    assert "organisation added · Acme Ltd" in out
    told = out[out.index("card changed · Jane Doe") :]
    assert re.search(r"works at +Acme Ltd", told)
    assert "org_id" not in out
    assert "contact 1" not in out
    box("edit", "jane", "--set", "note=likes coffee")
    assert re.search(
        r"card changed · Jane Doe +note +likes tea +likes coffee", box("journal", "4")[0]
    )
    fields = {row["field"] for row in json.loads(box("journal", "3", "--format", "json")[0])}
    assert {"org", "note"} <= fields


# segments and fields


def test_a_segment_is_saved_listed_shown_and_removed(box):
    assert box("segment", "add", "vips", "tag:vip")[1] == "saved the segment vips: 1 card now\n"
    changed = box("segment", "add", "VIPs", "tag:vip", "-city:york")[1]
    assert changed == "changed the segment vips: 1 card now; it was tag:vip\n"
    listed = json.loads(box("segment", "list", "--format", "json")[0])
    assert listed == [{"name": "vips", "cards": 1, "query": "tag:vip -city:york"}]
    assert box("segment", "show", "vips", "--format", "ids")[0] == "1\n"
    assert "--yes" in box("segment", "rm", "vips", code=2)[1]
    box("segment", "rm", "vips", "--yes")
    assert "no segment" in box("segment", "show", "vips", code=3)[1]
    box("undo")
    assert box("segment", "show", "vips", "--format", "ids")[0] == "1\n"


@pytest.mark.parametrize("query", ["colour:red", "last>xyz", "(tag:vip", "segment:bad"])
def test_a_query_that_cannot_be_run_is_not_saved(box, query):
    box("segment", "add", "bad", query, code=2)
    assert box("segment", "list", "--format", "ids")[0] == ""


def test_fields_are_made_with_a_type_and_removed_with_their_values(box):
    box("field", "add", "Heating", "--choices", "gas, oil")
    assert "choices" in box("field", "add", "Size", "--type", "choice", code=2)[1]
    assert "already" in box("field", "add", "heating", code=4)[1]
    listed = json.loads(box("field", "list", "--format", "json")[0])
    assert [(row["name"], row["type"], row["cards"]) for row in listed] == [
        ("heating", "choice", 0),
        ("shoe", "text", 1),
    ]
    assert "1 card uses" in box("field", "rm", "shoe", code=2)[1]
    box("field", "rm", "shoe", "--yes")
    assert "no field" in box("find", "shoe:41", code=2)[1].lower()
    box("undo")
    assert box("find", "shoe:41", "--format", "ids")[0] == "2\n"
    assert "did you mean heating?" in box("field", "rm", "heatin", code=3)[1]


# the box


def test_info_tells_what_is_in_the_box(box, location):
    told = json.loads(box("db", "info", "--format", "json")[0])
    assert told["path"] == str(location)
    assert told["size"] > 0
    assert (told["contacts"], told["journal steps"]) == (2, 2)
    assert told["last change"] == "2026-11-21 20:00 add John Roe --field shoe=41"
    assert told["currency"] == "GBP"


def test_backup_and_restore_bring_back_what_was(file_box, tmp_path):
    assert "backups/cards-2026-11-21.db" in file_box("db", "backup")[1]
    file_box("rm", "jane", "--yes")
    copy = str(tmp_path / "backups" / "cards-2026-11-21.db")
    assert "--yes" in file_box("db", "restore", copy, code=2)[1]
    told = file_box("db", "restore", copy, "--yes")[1]
    assert "cards.before-restore-2026-11-21.db" in told
    assert file_box("find", "--format", "ids")[0] == "1\n2\n"


def test_backups_are_kept_to_a_number(file_box, tmp_path):
    for _ in range(4):
        file_box("db", "backup", "--keep", "2")
    kept = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert kept == ["cards-2026-11-21-3.db", "cards-2026-11-21-4.db"]
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700
    assert "already" in file_box("db", "backup", str(tmp_path / "cards.db"), code=4)[1]
    file_box("db", "backup", str(tmp_path / "x.db"), "--keep", "2", code=2)


def test_check_exits_1_when_something_is_wrong_and_mends_it(box, location):
    assert "is sound" in box("db", "check")[1]
    store = open_store(location)
    store.engine.execute("UPDATE contact SET last_on = '2020-01-01'", {})
    store.close()
    out, told = box("db", "check", code=1)
    assert "2 contacts with a wrong last contact date: 1, 2" in out
    assert "--repair" in told
    box("db", "check", "--repair")
    box("db", "check")


def test_sql_in_every_writing(box):
    query = "select id, name from contact where id < :most order by id"
    ask = ("db", "sql", query, "-p", "most=3")
    assert box(*ask, "--format", "csv")[0].split() == ["id,name", "1,Jane", "Doe", "2,John", "Roe"]
    assert json.loads(box(*ask, "--format", "json")[0])[1] == {"id": 2, "name": "John Roe"}
    lines = box(*ask, "--nl")[0].splitlines()
    assert json.loads(lines[0]) == {"id": 1, "name": "Jane Doe"}
    assert box(*ask, "--fmt", "github")[0].startswith("|   id | name     |")
    assert "no style" in box(*ask, "--fmt", "pretty-please", code=2)[1]
    assert "read-only" in box("db", "sql", "delete from contact", code=2)[1]
    assert box("find", "--format", "ids")[0] == "1\n2\n"


# settings


def settings_text(tmp_path) -> str:
    return (tmp_path / "conf" / "config.toml").read_text(encoding="utf-8")


def test_keys_are_given_only_to_actions_that_the_screen_has(run, tmp_path):
    run("config", "set", "keys.done", "f")
    _, err = run("config", "set", "keys.snoze", "z", code=2)
    assert "there is no action “snoze” to give keys to" in err
    assert "Did you mean keys.snooze?" in err
    assert "snoze" not in (tmp_path / "conf" / "config.toml").read_text(encoding="utf-8")


def test_settings_are_written_privately_and_keep_comments(run, tmp_path):
    run("config", "set", "currency", "eur")
    path = tmp_path / "conf" / "config.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.write_text("# my shop\n" + path.read_text() + "\n[mail]  # the post\nhost = 'a.example'\n")
    run("config", "set", "mail.port", "465")
    run("config", "set", "lock-wait", "2.5")
    told = settings_text(tmp_path)
    assert "# my shop" in told
    assert "# the post" in told
    assert "port = 465" in told
    assert run("config", "get", "lock-wait")[0] == "2.5\n"
    assert list(path.parent.iterdir()) == [path]
    run("config", "unset", "mail.port")
    assert run("config", "get", "mail.port")[0] == "\n"


def test_flag_over_environment_over_file_over_default(run, monkeypatch):
    def origin(*more):
        rows = json.loads(run("config", "list", "--format", "json", *more)[0])
        return next((row["value"], row["from"]) for row in rows if row["name"] == "color")

    assert origin() == ("auto", "default")
    run("config", "set", "color", "never")
    assert origin() == ("never", str(config.config_file()))
    monkeypatch.setenv("CARDCRM_COLOR", "always")
    assert origin() == ("always", "the environment")
    assert origin("--color", "auto") == ("auto", "the command line")
    assert "the environment says always" in run("config", "set", "color", "auto")[1]


def test_what_the_box_says_of_itself_is_told(run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "german.db"))

    def told(*more):
        rows = json.loads(run("config", "list", "--format", "json", *more)[0])
        return [(row["value"], row["from"]) for row in rows if row["name"] in OF_A_BOX]

    new = "the system's language, for a new box"
    assert told() == [("DE", new), ("EUR", new)]
    run("add", "Jane Doe")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert told() == [("DE", "the box"), ("EUR", "the box")]
    assert run("config", "get", "currency")[0] == "EUR\n"
    assert told("--db", "ftp://what") == told("--db", "postgresql://nobody@/x") == [("", "")] * 2
    run("config", "set", "currency", "chf")
    assert told()[1] == ("CHF", str(config.config_file()))


OF_A_BOX = ("region", "currency")


def test_every_setting_is_told_with_its_use(run):
    rows = json.loads(run("config", "list", "--format", "json")[0])
    assert [row["name"] for row in rows] == list(config.SETTINGS)
    assert all(row["help"] for row in rows)


def test_the_formats_one_may_set_are_those_there_are():
    assert config.SETTINGS["format"].choices == render.FORMATS


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("colr", "never", "Did you mean color?"),
        ("color", "red", "auto, always, never"),
        ("lock-wait", "nan", "zero or more"),
        ("lock-wait", "-1", "zero or more"),
        ("lock-wait", "soon", "no number"),
        ("currency", "pounds", ""),
        ("region", "Germany", "Two letters"),
        ("region", "ZZ", "“ZZ” is no region"),
        ("region", "uk", "Two letters, such as GB, for UK."),
        ("region", "ß", "Two letters"),
        ("timezone", "Mars/Olympus", "no time zone"),
        ("mail.password", "secret", "not kept in the settings"),
    ],
)
def test_what_cannot_be_is_not_written(run, tmp_path, name, value, told):
    assert told in run("config", "set", name, value, code=2)[1]
    assert not (tmp_path / "conf").exists()


def test_a_region_that_there_is_not_is_told_with_where_it_stands(run, monkeypatch):
    monkeypatch.setenv("CARDCRM_REGION", "ZZ")
    told = run("add", "Jane Doe", code=2)[1]
    assert "“ZZ” is no region (in the environment)" in told
    assert "Two letters, such as GB, DE or US." in told
    monkeypatch.setenv("CARDCRM_REGION", "de")
    run("add", "Jane Doe", "--phone", "0221 4710123")
    assert "+49 221 4710123" in run("show", "jane")[0]


def test_regions_are_those_whose_numbers_can_be_read():
    letters = string.ascii_uppercase
    known = {a + b for a in letters for b in letters if _is_region(a + b)}
    assert known == phonenumbers.SUPPORTED_REGIONS


def _is_region(text: str) -> bool:
    try:
        return config.check("region", text.lower()) == text
    except UsageError:
        return False


@pytest.mark.parametrize(("lang", "region"), [("de_DE.UTF-8", "DE"), ("en_ZZ", "GB"), ("C", "GB")])
def test_a_new_box_is_of_a_region_that_there_is(run, monkeypatch, lang, region):
    monkeypatch.setenv("LC_ALL", lang)
    run("add", "Jane Doe")
    assert run("config", "get", "region")[0] == f"{region}\n"


@pytest.mark.parametrize("text", ["color = 'red'\n", "colr = 'never'\n", "region = 'ZZ'\n"])
def test_a_bad_line_is_told_with_its_file_and_can_be_unset(run, tmp_path, text):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.toml").write_text(text)
    assert "config.toml" in run("find", code=2)[1]
    run("config", "unset", text.split()[0])
    assert run("config", "get", "color")[0] == "auto\n"


def test_a_file_that_is_no_toml_is_left_as_it_is(run, tmp_path):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.toml").write_text("color = \n")
    assert "is no TOML" in run("config", "set", "color", "never", code=2)[1]
    assert settings_text(tmp_path) == "color = \n"


def test_a_linked_settings_file_stays_a_link(run, tmp_path):
    (tmp_path / "conf").mkdir()
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    (tmp_path / "conf" / "config.toml").symlink_to(real)
    run("config", "set", "color", "never")
    assert (tmp_path / "conf" / "config.toml").is_symlink()
    assert "never" in real.read_text()


class _Keyring(types.ModuleType):
    """A keyring in memory."""

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


def test_the_mail_password_goes_into_the_keyring_and_nowhere_else(
    run, tmp_path, monkeypatch, keyring
):
    assert "mail.user" in run("config", "password", code=2)[1]
    run("config", "set", "mail.user", "ann@example.com")
    typed(monkeypatch, "tops3cret\n")
    assert "tops3cret" not in "".join(run("config", "password"))
    assert keyring.kept == {("cardcrm", "ann@example.com"): "tops3cret"}
    assert "tops3cret" not in settings_text(tmp_path)
    run("config", "password", "--remove")
    assert keyring.kept == {}


def test_a_machine_without_a_keyring_says_what_to_do_instead(run, monkeypatch, keyring):
    run("config", "set", "mail.user", "ann")
    typed(monkeypatch, "refused\n")
    told = run("config", "password", code=6)[1]
    assert "No recommended backend was available." in told
    assert "mail.password-command" in told
    monkeypatch.setitem(sys.modules, "keyring", None)
    typed(monkeypatch, "tops3cret\n")
    assert "cardcrm[secrets]" in run("config", "password", code=6)[1]
