"""The result of a backtest that is stored with a model, to know whether its words can be used."""

import datetime as dt
from typing import NamedTuple


class BacktestResult(NamedTuple):
    """The mean errors of a model that knew the purchases up to a day, and of the naive guess.

    Errors are in purchases of a customer over the days after ``until``.
    """

    until: dt.date
    mae: float
    naive_mae: float

    @property
    def is_won(self) -> bool:
        """True if the model was closer to what happened than the naive guess."""
        return self.mae < self.naive_mae
