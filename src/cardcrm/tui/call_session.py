"""The calls of one sitting: a fixed list of contacts, with what came of each and what was typed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class CallTask:
    """A contact to ring, perhaps about a reminder; ``reason`` says why in words."""

    contact_id: int
    name: str
    reminder_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class CallResult:
    """A card that is done: its step in the journal, the line as it was typed, and its words.

    ``planned`` lists what was planned, one line each.
    """

    step_id: int
    line: str
    words: str
    planned: tuple[str, ...] = ()


@dataclass
class CallSession:
    """The tasks, and the place in them; at the end, the place is behind the last one."""

    tasks: list[CallTask]
    place: int = 0
    drafts: dict[int, str] = field(default_factory=dict)
    results: list[tuple[int, CallResult]] = field(default_factory=list)  # with their places
    undone: CallResult | None = None  # until the next card

    @property
    def task(self) -> CallTask | None:
        """The task of the card that is shown; None at the end."""
        return self.tasks[self.place] if self.place < len(self.tasks) else None

    @property
    def result(self) -> CallResult | None:
        """The result of the card that is shown, if it is done."""
        return dict(self.results).get(self.place)

    @property
    def done(self) -> frozenset[int]:
        """The places of the cards that are done, some more than once."""
        return frozenset(place for place, _ in self.results)

    @property
    def draft(self) -> str:
        """The text that was typed on the card that is shown."""
        return self.drafts.get(self.place, "")

    @property
    def names_of_drafts(self) -> list[str]:
        """The names of the contacts whose cards hold text that is not recorded."""
        return [self.tasks[each].name for each in sorted(self.drafts)]

    def keep_draft(self, line: str) -> None:
        """Keep the text that was typed on the card that is shown."""
        if line.strip() and self.task is not None:
            self.drafts[self.place] = line
        else:
            self.drafts.pop(self.place, None)

    def turn(self, step: int) -> bool:
        """Turn to the next card or the one before; return False if there is none."""
        place = self.place + step
        if not 0 <= place <= len(self.tasks):
            return False
        self.place, self.undone = place, None
        return True

    def finish_card(self, result: CallResult, draft: str = "") -> None:
        """Record what came of the card, and turn to the next one that is not done.

        ``draft`` is text that is not recorded.
        """
        self.keep_draft(draft)
        self.results.append((self.place, result))
        self.undone = None
        done = self.done
        later = range(self.place + 1, len(self.tasks))
        self.place = next((each for each in later if each not in done), len(self.tasks))

    def reopen_last(self) -> CallResult | None:
        """Turn back to the card that was done last, with its text; None if none is done."""
        if not self.results:
            return None
        self.place, result = self.results.pop()
        self.keep_draft(result.line)
        self.undone = result
        return result

    @property
    def last_result(self) -> CallResult | None:
        """The result of the card that was done last."""
        return self.results[-1][1] if self.results else None

    @property
    def last_words(self) -> str:
        """The words of the card that was done last, or of the one that was undone."""
        if self.undone is not None:
            return f"undone: {self.undone.words}"
        return f"✓ {self.last_result.words}" if self.last_result else ""

    def replace_contact(self, contact_id: int, name: str) -> None:
        """Replace the contact of the card by the one that it was merged into."""
        self.tasks[self.place] = replace(self.tasks[self.place], contact_id=contact_id, name=name)

    def describe_end(self) -> list[str]:
        """Return the lines of the end: how many are done, what is planned, and who is left."""
        count, total = len(self.done), len(self.tasks)
        left = [task.name for place, task in enumerate(self.tasks) if place not in self.done]
        if not left:
            first = f"{'The call is' if total == 1 else f'All {total}'} done. Nice work."
        else:
            first = f"{count} of {total} done, {len(left)} skipped: {', '.join(left[:3])}"
            first += f" and {len(left) - 3} more" if len(left) > 3 else ""
        planned = [line for _, each in self.results for line in each.planned]
        return [first, *(["", "Planned:"] if planned else []), *planned]


def arrange(tasks: Iterable[CallTask], first: int | None = None) -> list[CallTask]:
    """Return the tasks from that of a contact on, then those above it; each contact once."""
    found = list(tasks)
    start = next((at for at, each in enumerate(found) if each.contact_id == first), 0)
    once: dict[int, CallTask] = {}
    for each in (*found[start:], *found[:start]):
        once.setdefault(each.contact_id, each)
    return list(once.values())
