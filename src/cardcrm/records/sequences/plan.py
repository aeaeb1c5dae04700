"""The steps of a sequence and its rules, as its file states them."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

MAIL, WAIT, TASK, SET, NOTIFY, GOTO = "mail", "wait", "task", "set", "notify", "goto"
ACTIONS: Final = (MAIL, WAIT, TASK, SET, NOTIFY, GOTO)
END: Final = "end"  # the label behind the last step

REPLY, MEETING, BOUNCE, UNSUBSCRIBE = "reply", "meeting", "bounce", "unsubscribe"
PURCHASE, DEAL_CLOSED = "purchase", "deal closed"
STOPS: Final = (REPLY, MEETING, BOUNCE, UNSUBSCRIBE, PURCHASE, DEAL_CLOSED)
DEFAULT_STOPS: Final = (REPLY, BOUNCE, UNSUBSCRIBE)

# Words of a condition that stand for what happened since the contact entered, not for a query.
REPLIED, MET, BOUGHT = "replied", "met", "bought"
HAPPENED: Final = {REPLIED: REPLY, MET: MEETING, BOUGHT: PURCHASE}

FIRST_SALE, NO_SALE, STAGE, LEAD = "first sale", "no sale", "stage", "lead"
DEAL_WON, DEAL_LOST, DEAL_STAGE = "deal won", "deal lost", "deal stage"
BIRTHDAY, DATE = "birthday", "date"
DEAL_EVENTS: Final = (DEAL_WON, DEAL_LOST, DEAL_STAGE)
REPEATED_EVENTS: Final = (*DEAL_EVENTS, BIRTHDAY, DATE)  # a contact has several of them

NEVER, ALWAYS = -1, 0


@dataclass(frozen=True)
class Event:
    """An event that makes contacts enter: its kind, a name and days.

    The name is that of a stage, a source or a field. The days are those without a sale, or those
    after a yearly or a stored day, negative before it.
    """

    kind: str
    name: str = ""
    days: int = 0


@dataclass(frozen=True)
class Wait:
    """A time to wait: days of the calendar, and minutes."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Step:
    """A step: what is done, and the condition without which it is skipped.

    ``text`` is the name of a template, the text of a task or a note, or the label to go to.
    """

    number: int
    label: str
    action: str
    text: str = ""
    condition: str = ""
    wait: Wait = Wait()
    due_days: int = 0
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def summary(self) -> str:
        """The text, or the changes in words."""
        return self.text or ", ".join(f"{name} = {value}" for name, value in self.changes)


@dataclass(frozen=True)
class Plan:
    """A sequence: who enters, which steps follow, and what ends it early.

    ``again`` is the number of days after which a contact may enter again, or `NEVER`.
    """

    steps: tuple[Step, ...]
    purpose: str = ""
    enter: str = ""
    on: Event | None = None
    again: int = NEVER
    stop: tuple[str, ...] = DEFAULT_STOPS
    hours: tuple[dt.time, dt.time] | None = None
    weekdays: bool = False
    positions: dict[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Number the labels."""
        self.positions.update({each.label: at for at, each in enumerate(self.steps)})
        self.positions[END] = len(self.steps)

    @property
    def has_mail(self) -> bool:
        """True for a sequence that writes mail."""
        return any(each.action == MAIL for each in self.steps)

    @property
    def templates(self) -> tuple[str, ...]:
        """The templates of its mails."""
        return tuple(dict.fromkeys(each.text for each in self.steps if each.action == MAIL))

    @property
    def certain_templates(self) -> tuple[str, ...]:
        """The templates of the mails that every contact gets, with its fields as they are now."""
        certain = takewhile(lambda each: each.action not in (GOTO, SET), self.steps)
        mails = (each for each in certain if each.action == MAIL and not each.condition)
        return tuple(dict.fromkeys(each.text for each in mails))

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions of all steps."""
        return tuple(dict.fromkeys(each.condition for each in self.steps if each.condition))
