"""Modules that a quick command loads, and what they build, in a new process after it has run.

Every further module, pattern or dataclass costs each command 0.1 to 0.6 ms, so a new one has to be
listed here: load it where it is used if most runs of the command can do without it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "rich", "dateutil", "phonenumbers", "vobject", "sqlite_utils", "tomllib", "tomlkit",
    "textual", "platformdirs", "keyring", "smtplib", "csv", "cardcrm.formats", "cardcrm.mail",
    "glob", "cardcrm.store.migrations",
)  # fmt: skip

FIRST = ["add", "Jane", "Doe", "--tag", "vip"]
ADD = ["add", "Bob", "Ray", "--phone", "+44 113 496 0123", "--city", "Leeds"]
LOG = ["log", "jane", "asked", "for", "a", "quote", "--next", "send it", "--due", "2099-01-02"]
FIND = ["find", "jane", "tag:vip"]
SHOW = ["show", "jane"]

DUE = ["due"]
MOVE = ["deal", "move", "1", "demo"]
QUICK = {"add": ADD, "log": LOG, "due": DUE, "find": FIND, "show": SHOW, "deal move": MOVE}

# Modules of cardcrm, by the commands that load them.
ALL = """
    cli cli.arguments cli.commands cli.global_options cli.result cli.result_writer cli.root cli.run
    cli.session cli.terminal config dates dates.clock dates.date_parser dates.date_parts
    dates.day_words errors paths records records.contacts records.registry store store.derived
    store.derived_refresh store.engine store.fetch store.journal_writer store.private_files
    store.schema_version store.search_engine store.server_address store.settings store.sqlite
    store.sqlite.connection store.sqlite.engine store.sqlite.errors store.sqlite.transactions
    store.store store.table_registry store.word_match text
"""
FIELDS = """
    records.fields records.fields.date_fields records.fields.field records.fields.late_fields
    records.fields.number_fields records.fields.purpose_field records.fields.recurrence_field
    records.fields.reference_fields records.fields.text_fields records.record_type
"""
CONTACTS = """
    cli.contact_output domains records.contacts.contact_derived records.contacts.contact_points
    records.contacts.contact_queries records.contacts.contacts records.contacts.custom_fields
    records.contacts.name_words records.contacts.resolve records.contacts.uids
    records.places records.places.locations store.places_migration store.retry
    store.touch_migration
"""
SEARCH = """
    store.search_sql store.sqlite.candidates store.sqlite.result_tables store.sqlite.search
    store.sqlite.search_index
"""
ACTIVITY = """
    records.activity records.activity.interaction_type records.activity.interactions
    records.activity.reminder_type records.activity.reminders records.activity.series
"""
SALES = """
    records.contacts.contact_field_types records.contacts.contact_type records.sales
    records.sales.margin records.sales.sale_sums
"""
TABLES = (
    "currencies dates.anniversaries money render render.cells render.streams render.table sheet"
)
ALLOWED = {
    "add": ALL + FIELDS + CONTACTS + SEARCH + SALES + """
        cli.contact cli.contact_options cli.signature records.contacts.drafts
        records.contacts.duplicates records.contacts.name_parser records.contacts.names
        records.contacts.normalize records.contacts.part_types records.contacts.writer
        records.mail records.mail.suppressed_rows records.teamwork records.teamwork.new_owners
    """,
    "log": ALL + FIELDS + CONTACTS + SEARCH + ACTIVITY + """
        cli.bulk_edit cli.log dates.written_date records.activity.log_and_plan
        records.teamwork records.teamwork.activity records.teamwork.colleagues store.owner_sql
    """,
    "due": ALL + """
        cli.due dates.anniversaries records.contacts.cadence_rules records.deals
        records.deals.rotting render render.digest
        render.digest_layout
        render.streams reports reports.alerts reports.alerts.alert_queries reports.due
        reports.due_cases reports.due_contacts reports.due_contracts reports.due_deals
        reports.due_invoices reports.due_leads reports.due_queries reports.due_rows records.leads
        records.leads.statuses reports.leads records.mail records.mail.message_status
        reports.leads.active_leads reports.leads.first_response reports.mail_alarms
        store.owner_sql
    """,
    "find": ALL + FIELDS + CONTACTS + SEARCH + SALES + TABLES + """
        cli.find query records.contacts.query_fields records.query_sql records.query_sql.columns
        store.owner_sql
        records.mail records.mail.consent_status records.query_sql.consent_predicates
        records.query_sql.contact_predicates records.query_sql.contact_query
        records.query_sql.date_periods records.query_sql.date_predicates
        records.query_sql.field_predicates records.query_sql.predicates
        records.query_sql.sale_predicates records.query_sql.text_predicates
        records.query_sql.tree_compiler
    """,
    "deal move": ALL + FIELDS + """
        cli.deal_move currencies money records.deals records.deals.deal_sql
        records.deals.deal_type records.deals.moves records.deals.pipeline_type
        records.deals.stage_history records.deals.stage_kinds records.deals.stages
        records.deals.stored_deals records.sales records.sales.line_fields store.retry
    """,
    "show": ALL + FIELDS + CONTACTS + SEARCH + ACTIVITY + SALES + TABLES + """
        cli.show records.contacts.attachments records.contacts.cadence_rules
        records.assets records.assets.card_assets
        records.contacts.drafts records.deals records.deals.deal_sql records.deals.stored_deals
        records.feedback records.feedback.open_feedback
        records.invoices records.invoices.open_invoices records.leads records.leads.statuses
        reports.leads reports.leads.active_leads reports.leads.first_response
        records.sales.line_rows records.sales.products records.sales.sale_lines
        records.sales.sales render.plain_card reports reports.card reports.card_json
        reports.card_sections reports.card_text
        records.mail records.mail.absences records.mail.consent_states
        records.mail.consent_status records.mail.report_kind
        records.teamwork records.teamwork.open_claims
        records.partners records.partners.partnerships
    """,
}  # fmt: skip
PATTERNS = ["cli.arguments._NUMBERS", "text._MAYBE_WIDE", "text._NOT_DIGITS"]
DATACLASSES = {
    "deal move": ["money.Money", "money.UnitPrice"],
    "find": [
        "money.Money", "money.UnitPrice",
        "records.query_sql.predicates.OpenSegments", "records.query_sql.predicates.QueryContext",
    ],
}  # fmt: skip

PROGRAM = """
import sys
from cardcrm.cli.run import main
code = main(sys.argv[1:])
import re
own = [(name, module) for name, module in list(sys.modules.items()) if name.startswith("cardcrm.")]
patterns = {f"pattern:{name}.{key}" for name, module in own for key, value in vars(module).items()
            if isinstance(value, re.Pattern)}
dataclasses = {f"dataclass:{value.__module__}.{key}" for name, module in own
               for key, value in vars(module).items() if hasattr(value, "__dataclass_fields__")}
sys.stderr.write("\\nLOADED " + " ".join(sorted({*sys.modules, *patterns, *dataclasses})))
sys.exit(code)
"""


def loaded(folder: Path, words: list[str], **variables: str) -> set[str]:
    """Return the modules that a command has loaded when it is done."""
    source = str(Path(__file__).parents[1] / "src")
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "CARDCRM_DB": str(folder / "cards.db"),
        "CARDCRM_CONFIG": "/dev/null",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("LOADED ")[2].split())


def intersect(modules: set[str], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in modules]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("database")
    loaded(folder, FIRST)
    loaded(folder, ["remind", "jane", "call back", "--due", "today"])
    loaded(folder, ["deal", "add", "Roof", "--contact", "jane"])
    return folder


def select(loaded_names: set[str], prefix: str) -> list[str]:
    """Return the names with a prefix, without it."""
    return sorted(name.removeprefix(prefix) for name in loaded_names if name.startswith(prefix))


@pytest.mark.parametrize("name", QUICK)
def test_quick_command_loads_no_module_that_is_not_listed(database: Path, name: str) -> None:
    modules = set(select(loaded(database, QUICK[name]), "cardcrm."))
    assert sorted(modules - set(ALLOWED[name].split())) == []


@pytest.mark.parametrize("name", ["add", "log", "due", "find"])
def test_quick_command_compiles_no_pattern_before_a_value_needs_it(
    database: Path, name: str
) -> None:
    assert select(loaded(database, QUICK[name]), "pattern:cardcrm.") == PATTERNS


@pytest.mark.parametrize("name", ["add", "log", "due", "find"])
def test_quick_command_defines_no_further_dataclass(database: Path, name: str) -> None:
    found = select(loaded(database, QUICK[name]), "dataclass:cardcrm.")
    assert found == DATACLASSES.get(name, [])


@pytest.mark.parametrize("words", [DUE, FIND, SHOW], ids=["due", "find", "show"])
def test_commands_without_changes_load_no_json(database: Path, words: list[str]) -> None:
    assert intersect(loaded(database, words), ("json", "cardcrm.store.migrations")) == []


def test_command_loads_its_own_module(database: Path) -> None:
    modules = loaded(database, FIND)
    assert intersect(modules, ("typer", "sqlite3", "cardcrm.cli.find")) == [
        "typer", "sqlite3", "cardcrm.cli.find",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [ADD, LOG, FIND], ids=["add", "log", "find"])
def test_quick_commands_load_nothing_heavy(database: Path, words: list[str]) -> None:
    assert intersect(loaded(database, words), HEAVY) == []


@pytest.mark.parametrize("words", [ADD, LOG], ids=["add", "log"])
def test_changes_load_neither_query_language_nor_renderer(database: Path, words: list[str]) -> None:
    assert (
        intersect(loaded(database, words), ("cardcrm.query", "cardcrm.render", "cardcrm.sheet"))
        == []
    )


@pytest.mark.parametrize("words", [["sn"], ["show", "jan"], ["find", "tag:"], ["done", ""]])
def test_completion_loads_no_parser_and_no_command(database: Path, words: list[str]) -> None:
    modules = loaded(database, words, _CARDCRM_COMPLETE="zsh")
    heavy = (*HEAVY, "typer", "inspect", "cardcrm.cli.root", "cardcrm.cli.show")
    assert intersect(modules, heavy) == []


def test_command_loads_no_other_command(database: Path) -> None:
    front_end = {name for name in loaded(database, LOG) if name.startswith("cardcrm.cli.")}
    assert front_end == {f"cardcrm.cli.{name}" for name in (
        "arguments", "bulk_edit", "commands", "contact_output", "global_options", "log", "result",
        "result_writer", "root", "run", "session", "terminal",
    )}  # fmt: skip


def test_show_loads_no_rich_in_a_pipe(database: Path) -> None:
    assert intersect(loaded(database, SHOW), ("rich", "dateutil")) == []


def test_show_loads_rich_but_not_its_tables(database: Path) -> None:
    modules = loaded(database, SHOW, COLUMNS="80")
    assert "rich.text" in modules
    assert intersect(modules, ("rich.table", "rich.markdown", "rich.syntax", "dateutil")) == []


def test_first_screen_loads_no_form_and_no_other_page() -> None:
    program = "import sys, cardcrm.tui.app; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    modules = set(shown.stdout.split())
    pages = [f"cardcrm.tui.screens.{name}" for name in ("contacts", "value", "journal", "records")]
    later = (
        "cardcrm.tui.palette", "cardcrm.tui.forms", "cardcrm.tui.search_controller",
        "cardcrm.store.journal", "cardcrm.records.query_sql", "cardcrm.query", "cardcrm.render",
        "cardcrm.formats", "cardcrm.mail", "typer", "phonenumbers", "vobject",
    )  # fmt: skip
    assert intersect(modules, (*pages, *later)) == []
