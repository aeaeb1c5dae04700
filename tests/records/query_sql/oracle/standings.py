"""Score customers as ``docs/explanation/customer-value.md`` says, by counting."""

from collections.abc import Iterable, Sequence

from tests.records.query_sql.oracle.people import TODAY, Person, Sale

# By recency from 5 to 1, then by the mean of the other two scores from 1 to 5.
TABLE = """
New customers | Potential loyal | Potential loyal | Champions | Champions
Promising | Potential loyal | Potential loyal | Loyal | Champions
About to sleep | About to sleep | Need attention | Loyal | Loyal
Hibernating | Hibernating | At risk | At risk | At risk
Lost | Hibernating | At risk | Can't lose them | Can't lose them
"""
GRID = [[each.strip() for each in line.split("|")] for line in TABLE.strip().splitlines()]


def score_people(people: Iterable[Person], currency: str) -> dict[int, tuple[int, int, int]]:
    """Return the scores of each contact with sales of its own in a currency."""
    sold = {
        each.id: mine
        for each in people
        if (mine := [sale for sale in each.sales if sale.currency == currency])
    }
    return score_figures({id_: _figures(mine) for id_, mine in sold.items()})


def score_figures(figures: dict[int, tuple[int, int, int]]) -> dict[int, tuple[int, int, int]]:
    """Return the scores by the days since the last order, the days with one, and the revenue."""
    if len(figures) < 5:
        return {}
    columns = list(zip(*figures.values(), strict=True))
    return {
        id_: (
            _score(mine[0], columns[0], 5, -1),
            _score(mine[1], columns[1], 1, 1),
            _score(mine[2], columns[2], 1, 1),
        )
        for id_, mine in figures.items()
    }


def standing_of(scores: tuple[int, int, int]) -> str:
    """Return the standing by three scores."""
    recency, frequency, monetary = scores
    mean = -(-(frequency + monetary) // 2)
    return GRID[5 - recency][mean - 1]


def _figures(sold: Sequence[Sale]) -> tuple[int, int, int]:
    """Return the days since the last order, the days with an order, and the revenue."""
    ordered = {each.day for each in sold if each.amount > 0}
    last = max(ordered or {each.day for each in sold})
    return (TODAY - last).days, len(ordered), sum(each.amount for each in sold)


def _score(value: int, values: Sequence[int], first: int, step: int) -> int:
    """Return the score: one step from the first one for each boundary that the value exceeds."""
    if len(set(values)) == 1:
        return 3
    return first + step * sum(value > _percentile(values, fifth) for fifth in (1, 2, 3, 4))


def _percentile(values: Sequence[int], fifth: int) -> int:
    """Return the smallest value that at least that number of fifths of the values do not exceed."""
    return min(
        each for each in values if sum(other <= each for other in values) * 5 >= fifth * len(values)
    )
