"""The result of a backtest, which is stored with a model, and what it says about the model."""

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


def explain_result(result: BacktestResult | None) -> str:
    """Return why a model is not to be relied on; "" for one that has won its backtest."""
    if result is None:
        return "this model is not tested: there is too little history to keep a part of it back"
    if result.is_won:
        return ""
    return (
        "on your own past this model was not better than the naive guess that all go on as before: "
        f"mean error {result.mae:.2f} purchases against {result.naive_mae:.2f}; do not rely on it "
        "(cardcrm value backtest)"
    )
