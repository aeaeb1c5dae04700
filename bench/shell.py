"""Time whole processes, from Enter to the prompt, against starting Typer and nothing else."""

import contextlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.databases import Plan
from bench.measure import FLOOR, USER, Line, Runner, command, environment, paired_line, run_in_turns
from cardcrm.cli import completion_scripts
from cardcrm.errors import CardcrmError
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store, journal, open_store

BOUNDS = {
    "add": 1.35,
    "log": 1.35,
    "remind": 1.35,
    "deal move": 1.35,
    "done": 1.35,
    "due": 1.5,
    "due --limit 3": 1.5,
    "find": 1.5,
    "show": 1.9,
    "--help": 2.5,
    "Tab": 1.3,
}
GROWTH = 1.15
_PRESSING = {"Tab": {completion_scripts.VARIABLE: "bash"}}  # what the script of a shell sets


@contextlib.contextmanager
def open_database(database: Path | str) -> Iterator[Store]:
    """Open a database to measure it or to undo a measured change."""
    store = open_store(database, user=USER)
    try:
        yield store
    finally:
        store.close()


def unique_name(store: Store) -> str:
    """Return a full name that only one contact has."""
    largest = store.value("SELECT max(id) FROM contact")
    for number in range(largest // 2, largest):
        name = store.value("SELECT name FROM contact WHERE id = :id", id=number)
        with contextlib.suppress(CardcrmError):
            if resolve(store, name).id == number:
                return str(name)
    raise LookupError("no unique name in the database")


def undo_last_command(database: Path | str) -> None:
    """Restore the database and its journal to their state before the last command."""
    with open_database(database) as store:
        journal.undo(store)
        store.engine.begin()
        for sql in (
            "DELETE FROM change WHERE step_id IN (SELECT id FROM step WHERE author = :author)",
            "DELETE FROM step WHERE author = :author",
        ):
            store.engine.execute(sql, {"author": USER})
        store.engine.commit()


def add_deal(store: Store) -> int:
    """Return the first deal in the first stage; one is added where there is none."""
    from cardcrm.records.deals import deals

    sql = "SELECT d.id FROM deal d JOIN stage g ON g.id = d.stage_id WHERE g.position = 1 LIMIT 1"
    found = store.value(sql)
    if found is None:
        store.author = store.author._replace(name="setup")  # the journal of USER is undone
        found = deals.add(store, {"title": "Bench", "contact": "#1", "amount": "1000"}).record.id
    return int(found)


def commands(database: Path) -> dict[str, tuple[list[str], bool]]:
    """Return the words of each command, and whether it changes the database."""
    with open_database(database) as store:
        who = unique_name(store)
        reminder = store.value(
            "SELECT id FROM reminder WHERE done_at IS NULL AND rule = '' ORDER BY due_on LIMIT 1"
        )
        deal = add_deal(store)
    add = ["add", "Bench", "Mark", "--email", "bench.mark@example.com", "--phone"]
    return {
        "add": ([*add, "+44 113 496 0999", "--tag", "bench"], True),
        "log": (["log", who, "asked", "for", "a", "quote"], True),
        "remind": (["remind", who, "call", "back", "--due", "fri"], True),
        "deal move": (["deal", "move", str(deal), "demo"], True),
        "done": (["done", str(reminder)], True),
        "due": (["due"], False),
        "due --limit 3": (["due", "--limit", "3"], False),
        "find": (["find", *who.split()], False),
        "show": (["show", who, "--color", "always"], False),
        "--help": (["--help"], False),
        "Tab": ([f"cardcrm show {who[:3]}", who[:3]], False),
    }


def command_environment(name: str, database: Path) -> dict[str, str]:
    """Return the environment of a command; a Tab has in it what the script of a shell sets."""
    return environment(database) | _PRESSING.get(name, {})


def measure(plans: Sequence[Plan], runs: int) -> list[Line]:
    """Measure every command on every database against the floor, and its growth."""
    words = {plan.name: commands(plan.path) for plan in plans}
    runners: dict[str, Runner] = {}
    for name in BOUNDS:
        for plan in plans:
            line, changes = words[plan.name][name]
            after = partial(undo_last_command, plan.path) if changes else None
            runners[f"floor of {name} {plan.name}"] = Runner(FLOOR)
            variables = command_environment(name, plan.path)
            runners[f"{name} {plan.name}"] = Runner(command(*line), variables, after)
    failed = run_in_turns(runners, runs)
    lines = [
        _line(f"`{name}`, {plan.contacts:,} contacts", name, plan.name, runners, failed)
        for name in BOUNDS
        for plan in plans
    ]
    return lines + _growth(plans, runners, failed)


def _line(
    label: str, name: str, plan: str, runners: dict[str, Runner], failed: dict[str, str]
) -> Line:
    key = f"{name} {plan}"
    if key in failed:
        return Line(label, note=failed[key])
    return paired_line(label, runners[key], runners[f"floor of {key}"], BOUNDS[name])


def _growth(
    plans: Sequence[Plan], runners: dict[str, Runner], failed: dict[str, str]
) -> list[Line]:
    """Compare each command on the largest database with the smallest."""
    small, large = plans[0], plans[-1]
    names = [name for name in BOUNDS if name != "--help" and f"{name} {large.name}" not in failed]
    if small is large:
        return []
    return [
        paired_line(
            f"`{name}`, {large.contacts:,} against {small.contacts:,} contacts",
            runners[f"{name} {large.name}"],
            runners[f"{name} {small.name}"],
            GROWTH,
        )
        for name in names
    ]
