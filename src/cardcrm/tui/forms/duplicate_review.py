"""Go through the likely duplicates one by one: merge, mark as different, or leave them."""

from collections import Counter
from typing import TYPE_CHECKING

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import Job, journal_command, start
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import merge_dialog
from cardcrm.tui.forms.merge_dialog import Sides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.deduplication.pairs import Pair

_SHARES = (0.15, 0.15, 0.7)  # of the time, for reading, indexing and comparing


def review_duplicates(context: AppContext) -> None:
    """Look for duplicates beside the screen, then show them one by one.

    Raises ConflictError while another job is in progress.
    """
    job = Job("looking for duplicates", 1000, changes=False)

    def describe(found: "Sequence[Pair]") -> str:
        if not found:
            return "No likely duplicates"
        context.start(_review(context, found))
        return f"{len(found)} likely pair{'s' * (len(found) != 1)}"

    start(context, job, lambda store: _find(store, job), describe)


def _find(store: Store, job: Job) -> "list[Pair]":
    """Return the pairs, and count the progress in thousandths."""
    from cardcrm.records.deduplication import pairs

    total = max(store.count_rows("contact"), 1)

    def report(before: float, share: float, most: int, done: int) -> None:
        job.done = int(1000 * (before + share * min(done / most, 1.0)))
        job.check()

    read, index, compare = _SHARES
    progress = pairs.Progress(
        lambda done: report(0.0, read, total, done),
        lambda done: report(read, index, total, done),
        lambda done: report(read + index, compare, pairs.PAIRS_EACH * total, done),
    )
    return pairs.find_pairs(store, progress=progress)


async def _review(context: AppContext, found: "Sequence[Pair]") -> None:
    """Ask about one pair after the other, until the user stops."""
    counts: Counter[str] = Counter()
    for number, pair in enumerate(found, 1):
        sides = await _read(context, pair)
        if sides is None:
            continue
        title = f"Duplicates? {number} of {len(found)}, {pair.score:.2f}"
        decision = await merge_dialog.decide(context, sides, title, ", ".join(pair.reasons))
        if decision.action == "cancel":
            break
        counts[decision.action] += 1
        if decision.action == "merge":
            await merge_dialog.merge_sides(context, sides, decision)
        elif decision.action == "different":
            await _mark_different(context, pair)
    context.show_message(_describe(counts))


async def _read(context: AppContext, pair: "Pair") -> Sides | None:
    """Return the contacts of a pair; None if one of them was merged or removed meanwhile."""
    try:
        return await context.database.read(lambda store: merge_dialog.read_sides(store, pair.ids))
    except (NotFoundError, UsageError):
        return None


async def _mark_different(context: AppContext, pair: "Pair") -> None:
    from cardcrm.records.deduplication import distinct

    command = journal_command("dupes --not", *pair.ids)
    await context.change(command, lambda store: distinct.add_distinct(store, *pair.ids))


def _describe(counts: Counter[str]) -> str:
    """Return what was decided, in words."""
    words = {"merge": "merged", "different": "different", "later": "for later"}
    parts = [f"{counts[action]} {word}" for action, word in words.items() if counts[action]]
    return f"Duplicates: {', '.join(parts)}" if parts else "Nothing was changed"
