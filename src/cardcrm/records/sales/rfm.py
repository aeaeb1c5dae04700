"""Score customers by recency, frequency and monetary value (RFM), and name their standings.

Each customer gets scores from 1 to 5 for the days since the last sale, the number of purchases
(days with an order), and the revenue. The boundaries between scores are the 20th, 40th, 60th and
80th percentiles of all customers by nearest rank (the smallest value that at least that share of
the values does not exceed). The score for orders and revenue is 1 + the number of boundaries that
the value exceeds. For days, where fewer are better, it is 5 - that number. Equal values therefore
have equal scores. If all customers have the same value, their score is 3.
"""

from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T", int, str)

MIN_CUSTOMERS = 5  # fewer cannot be divided into fifths
MIDDLE_SCORE = 3
_LEAST_LETTERS = 3

CHAMPIONS = "Champions"
LOYAL = "Loyal"
POTENTIAL_LOYAL = "Potential loyal"
NEW = "New customers"
PROMISING = "Promising"
NEEDS_ATTENTION = "Need attention"
ABOUT_TO_SLEEP = "About to sleep"
AT_RISK = "At risk"
CANNOT_LOSE = "Can't lose them"
HIBERNATING = "Hibernating"
LOST = "Lost"

# By recency (5 first, 1 last), then by the mean of frequency and monetary value from 1 to 5.
GRID: tuple[tuple[str, ...], ...] = (
    (NEW, POTENTIAL_LOYAL, POTENTIAL_LOYAL, CHAMPIONS, CHAMPIONS),
    (PROMISING, POTENTIAL_LOYAL, POTENTIAL_LOYAL, LOYAL, CHAMPIONS),
    (ABOUT_TO_SLEEP, ABOUT_TO_SLEEP, NEEDS_ATTENTION, LOYAL, LOYAL),
    (HIBERNATING, HIBERNATING, AT_RISK, AT_RISK, AT_RISK),
    (LOST, HIBERNATING, AT_RISK, CANNOT_LOSE, CANNOT_LOSE),
)

# The best first.
STANDINGS = (
    CHAMPIONS, LOYAL, POTENTIAL_LOYAL, NEW, PROMISING, NEEDS_ATTENTION,
    ABOUT_TO_SLEEP, AT_RISK, CANNOT_LOSE, HIBERNATING, LOST,
)  # fmt: skip


def name_standing(recency: int, strength: int) -> str:
    """Return the standing of the scores for recency, and of the mean of the other two."""
    return GRID[5 - recency][strength - 1]


def slug(standing: str) -> str:
    """Return a standing as one word for queries: ``cant-lose-them``."""
    return standing.lower().replace("'", "").replace(" ", "-")


def find_standing(text: str) -> str | None:
    """Return the standing that a text names; three letters that only one begins with are enough.

    Case, spaces, hyphens and apostrophes do not matter.
    """
    wanted = _letters(text)
    found = [name for name in STANDINGS if _letters(name).startswith(wanted)]
    exact = [name for name in found if _letters(name) == wanted]
    if exact or len(wanted) < _LEAST_LETTERS:
        return exact[0] if exact else None
    return found[0] if len(found) == 1 else None


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.lower()))


def cells_of(standing: str) -> tuple[tuple[int, int], ...]:
    """Return recency, and the mean of the other two scores, of the customers with a standing."""
    return tuple(
        (5 - row, strength)
        for row, names in enumerate(GRID)
        for strength, name in enumerate(names, 1)
        if name == standing
    )


class Quintiles(NamedTuple, Generic[T]):
    """The four boundaries between fifths; ``flat`` if all values are equal.

    With ``days``, values are the ISO days of last sales, and a later day has a higher score.
    """

    cuts: tuple[T, ...]
    flat: bool
    days: bool = False

    def score(self, value: T) -> int:
        """Return the score of a value, from 1 (lowest) to 5."""
        if self.flat:
            return MIDDLE_SCORE
        if self.days:
            return 5 - sum(value < cut for cut in self.cuts)
        return 1 + sum(cut < value for cut in self.cuts)

    def range_of(self, score: int) -> tuple[T | None, T | None] | None:
        """Return the boundaries around the values with a score; None at an open end.

        For days the first boundary is included and the last is not; for other values the last is
        included and the first is not. Returns None for a score that no value has because all values
        are equal.
        """
        if self.flat:
            return (None, None) if score == MIDDLE_SCORE else None
        position = 5 - score if self.days else score - 1
        before = self.cuts[position - 1] if position else None
        after = self.cuts[position] if position < len(self.cuts) else None
        return (after, before) if self.days else (before, after)


class Scale(NamedTuple):
    """The boundaries for ISO days of last sales, purchases, and revenue in minor units."""

    recency: Quintiles[str]
    frequency: Quintiles[int]
    monetary: Quintiles[int]

    def scores(self, last_on: str, purchases: int, revenue: int) -> "Scores":
        """Return one customer's scores."""
        return Scores(
            self.recency.score(last_on),
            self.frequency.score(purchases),
            self.monetary.score(revenue),
        )


class Scores(NamedTuple):
    """A customer's scores, from 1 to 5, for recency, frequency and monetary value."""

    recency: int
    frequency: int
    monetary: int

    def __str__(self) -> str:
        return f"{self.recency}{self.frequency}{self.monetary}"

    @property
    def standing(self) -> str:
        """Return the usual name of the standing of customers with these scores.

        Names and ranges of R and of the mean of F and M (halves rounded up) are those that Putler
        published in “RFM Analysis for Successful Customer Segmentation”. Its ranges overlap; `GRID`
        chooses one standing for each cell, following the common grid of recency and frequency.
        """
        return name_standing(self.recency, (self.frequency + self.monetary + 1) // 2)


def boundary_ranks(count: int) -> tuple[int, ...]:
    """Return the positions, from 0, of the four boundaries among ``count`` sorted values."""
    return tuple(-(-fifth * count // 5) - 1 for fifth in range(1, 5))
