"""Predict the amount of a purchase with the Gamma-Gamma model.

The amounts of a customer vary around a mean of their own, and the means differ between customers.
The model takes it that customers who buy often do not spend more, or less, at a time.
"""

from typing import NamedTuple


class SpendModel(NamedTuple):
    """The parameters of the Gamma-Gamma model, for amounts in major units of a currency."""

    p: float
    q: float
    v: float

    def expected_spend(self, repeats: int, total: float) -> float:
        """Return the expected amount of a purchase, of a customer with a total of repeat purchases.

        Fader and Hardie (2013), equation 5: a weighted mean of all customers' mean and the
        customer's own. Without repeat purchases it is the mean of all, which needs q > 1.
        """
        return self.p * (self.v + max(total, 0.0)) / (self.p * repeats + self.q - 1)
