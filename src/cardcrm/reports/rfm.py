"""Recency, frequency, monetary value: scores from 1 to 5 and the segments they make.

Each customer is scored on the days since their last sale, the number of their orders and their
revenue. The scores are quintiles: the boundaries are the 20th, 40th, 60th and 80th percentiles of
all customers, by nearest rank (the smallest value that at least so many percent do not exceed), and
a score counts the boundaries that the value exceeds: one more than that for orders and revenue, 5
less that for days, of which fewer are better. Equal values thus have equal scores: all who bought
today are recent, all who bought once are rare. Where all customers have the same value it tells
none apart and counts 3.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", int, str)

MIN_CUSTOMERS = 5  # customers; fewer make no fifths
MIDDLE_SCORE = 3

CHAMPIONS = "Champions"
LOYAL = "Loyal"
POTENTIAL = "Potential loyal"
NEW = "New customers"
PROMISING = "Promising"
ATTENTION = "Need attention"
SLEEPY = "About to sleep"
RISK = "At risk"
PRECIOUS = "Can't lose them"
HIBERNATING = "Hibernating"
LOST = "Lost"

# By recency (5 first, 1 last), then by the mean of frequency and monetary value from 1 to 5.
GRID: tuple[tuple[str, ...], ...] = (
    (NEW, POTENTIAL, POTENTIAL, CHAMPIONS, CHAMPIONS),
    (PROMISING, POTENTIAL, POTENTIAL, LOYAL, CHAMPIONS),
    (SLEEPY, SLEEPY, ATTENTION, LOYAL, LOYAL),
    (HIBERNATING, HIBERNATING, RISK, RISK, RISK),
    (LOST, HIBERNATING, RISK, PRECIOUS, PRECIOUS),
)


@dataclass(frozen=True)
class Quintiles(Generic[T]):
    """The four boundaries between fifths; ``flat`` where all values are the same.

    ``days`` says that the values are the ISO days of last sales: the later, the fewer days since.
    """

    cuts: tuple[T, ...]
    flat: bool
    days: bool = False

    def score(self, value: T) -> int:
        """From 1 (lowest) to 5."""
        if self.flat:
            return MIDDLE_SCORE
        if self.days:
            return 5 - sum(value < cut for cut in self.cuts)
        return 1 + sum(cut < value for cut in self.cuts)

    def span(self, score: int) -> tuple[T | None, T | None] | None:
        """Between which boundaries a value of that score lies, None where there is none.

        Of days the first is included and the last is not, of other values the other way round.
        None for a score that no value has because all are the same.
        """
        if self.flat:
            return (None, None) if score == MIDDLE_SCORE else None
        place = 5 - score if self.days else score - 1
        nearer = self.cuts[place - 1] if place else None
        farther = self.cuts[place] if place < len(self.cuts) else None
        return (farther, nearer) if self.days else (nearer, farther)


@dataclass(frozen=True)
class Scale:
    """The boundaries of all three: ISO days of last sales, orders, and revenue in minor units."""

    recency: Quintiles[str]
    frequency: Quintiles[int]
    monetary: Quintiles[int]

    def scores(self, last_on: str, orders: int, revenue: int) -> "Scores":
        """One customer's scores."""
        return Scores(
            self.recency.score(last_on),
            self.frequency.score(orders),
            self.monetary.score(revenue),
        )


@dataclass(frozen=True)
class Scores:
    """From 1 to 5 each: recency, frequency, monetary value."""

    recency: int
    frequency: int
    monetary: int

    def __str__(self) -> str:
        return f"{self.recency}{self.frequency}{self.monetary}"

    @property
    def segment(self) -> str:
        """The usual name for customers of these scores.

        Names and ranges of R and of the mean of F and M (halves rounded up) are those published by
        Putler in “RFM Analysis for Successful Customer Segmentation” and repeated in most guides
        since. Its ranges overlap; `GRID` settles that, each cell within the ranges of its name, by
        the grid of recency and frequency that is in common use.
        """
        return GRID[5 - self.recency][(self.frequency + self.monetary + 1) // 2 - 1]


def boundary_ranks(count: int) -> tuple[int, ...]:
    """The places, from 0, of the four boundaries among ``count`` values in rising order."""
    return tuple(-(-fifth * count // 5) - 1 for fifth in range(1, 5))
