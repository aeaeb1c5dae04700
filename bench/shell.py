"""Whole processes: what a person waits for after Enter, against starting Typer at all."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.boxes import Plan
from bench.measure import FLOOR, USER, Line, Runner, command, environment, take_turns
from cardcrm.errors import CardError
from cardcrm.records.who import resolve
from cardcrm.store import Store, journal, open_store

BOUNDS = {
    "add": 1.35,
    "log": 1.35,
    "remind": 1.35,
    "done": 1.35,
    "due": 1.5,
    "find": 1.5,
    "show": 1.9,
    "--help": 2.5,
}
GROWTH = 1.15


@contextlib.contextmanager
def opened(box: Path) -> Iterator[Store]:
    """A box open for measuring or for taking back."""
    store = open_store(box, user=USER)
    try:
        yield store
    finally:
        store.close()


def unique_name(store: Store) -> str:
    """A full name that only one card has."""
    largest = store.value("SELECT max(id) FROM contact")
    for number in range(largest // 2, largest):
        name = store.value("SELECT name FROM contact WHERE id = :id", id=number)
        with contextlib.suppress(CardError):
            if resolve(store, name).id == number:
                return str(name)
    raise LookupError("no unique name in the box")


def take_back(box: Path) -> None:
    """Leave a box as it was before the last command, its journal too."""
    with opened(box) as store:
        journal.undo(store)
        store.engine.begin()
        for sql in (
            "DELETE FROM change WHERE step_id IN (SELECT id FROM step WHERE author = :author)",
            "DELETE FROM step WHERE author = :author",
        ):
            store.engine.execute(sql, {"author": USER})
        store.engine.commit()


def _commands(box: Path) -> dict[str, tuple[list[str], bool]]:
    """The words of each command, and whether it changes the box."""
    with opened(box) as store:
        who = unique_name(store)
        reminder = store.value(
            "SELECT id FROM reminder WHERE done_at IS NULL AND rule = '' ORDER BY due_on LIMIT 1"
        )
    add = ["add", "Bench", "Mark", "--email", "bench.mark@example.com", "--phone"]
    return {
        "add": ([*add, "+44 113 496 0999", "--tag", "bench"], True),
        "log": (["log", who, "asked", "for", "a", "quote"], True),
        "remind": (["remind", who, "call", "back", "--due", "fri"], True),
        "done": (["done", str(reminder)], True),
        "due": (["due"], False),
        "find": (["find", *who.split()], False),
        "show": (["show", who, "--color", "always"], False),
        "--help": (["--help"], False),
    }


def measure(plans: Sequence[Plan], runs: int) -> list[Line]:
    """Every command on every box against the floor, and the largest box against the smallest."""
    runners = {"floor": Runner(FLOOR)}
    for plan in plans:
        for name, (words, changes) in _commands(plan.path).items():
            after = (lambda box=plan.path: take_back(box)) if changes else None
            runners[f"{name} {plan.name}"] = Runner(command(*words), environment(plan.path), after)
    failed = take_turns(runners, runs)
    floor = runners["floor"].median
    lines = []
    for name, bound in BOUNDS.items():
        for plan in plans:
            key, what = f"{name} {plan.name}", f"`{name}`, {plan.cards:,} cards"
            if key in failed:
                lines.append(Line(what, note=failed[key]))
            else:
                lines.append(Line(what, runners[key].median, floor, bound))
    return lines + _growth(plans, runners, failed)


def _growth(
    plans: Sequence[Plan], runners: dict[str, Runner], failed: dict[str, str]
) -> list[Line]:
    """How much longer each command takes in the largest box than in the smallest."""
    small, large = plans[0], plans[-1]
    if small is large:
        return []
    lines = []
    for name in BOUNDS:
        ends = [f"{name} {plan.name}" for plan in (large, small)]
        if name != "--help" and not failed.keys() & set(ends):
            what = f"`{name}`, {large.cards:,} against {small.cards:,} cards"
            big, little = (runners[end].median for end in ends)
            lines.append(Line(what, big, little, GROWTH))
    return lines
