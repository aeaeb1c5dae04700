"""Predictions in NumPy, for many customers; see `forecasts.forecast_lists`.

The expected purchases of an active customer depend on the repeat purchases and the age alone, and
many customers are equal in both.
"""

from array import array
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from cardcrm.money import count_decimals
from cardcrm.reports.lifetime_model.discounting import POINTS
from cardcrm.reports.lifetime_model.fitting import LifetimeModel
from cardcrm.reports.lifetime_model.forecasts import Forecasts, Horizon
from cardcrm.reports.lifetime_model.histories import DAYS_PER_WEEK, Histories
from cardcrm.reports.lifetime_model.purchase_model import (
    PurchaseModel,
    find_regular,
    is_uniform,
)
from cardcrm.reports.lifetime_model.special_functions import LARGE, MAX_TERMS

Floats = NDArray[np.float64]


def forecast_arrays(model: LifetimeModel, histories: Histories, horizon: Horizon) -> Forecasts:
    """Return the predictions for some histories."""
    repeats = np.asarray(histories.repeats, dtype=np.int64)
    recency = np.asarray(histories.recency, dtype=np.float64) / DAYS_PER_WEEK
    days = np.asarray(histories.age, dtype=np.int64)
    active = active_arrays(model.purchase, repeats, recency, days / DAYS_PER_WEEK)
    width = int(days.max(initial=0)) + 1
    pairs, place = np.unique(repeats * width + days, return_inverse=True)
    if_active = _discount(model.purchase, pairs // width, pairs % width / DAYS_PER_WEEK, horizon)
    purchases, discounted = (column[place] for column in if_active)
    unit = 10 ** count_decimals(model.currency)
    spent = np.maximum(np.asarray(histories.spent, dtype=np.float64), 0.0) / unit
    spend = _expected_spend(model, repeats, spent) * unit * active
    return Forecasts(
        array("d", active.tobytes()),
        array("d", (active * purchases).tobytes()),
        array("q", np.rint(purchases * spend).astype(np.int64).tobytes()),
        array("q", np.rint(discounted * spend).astype(np.int64).tobytes()),
    )


def active_arrays(
    model: PurchaseModel, repeats: NDArray[np.int64], recency: Floats, age: Floats
) -> Floats:
    """Return the probabilities that customers have not left; 1 without repeat purchases."""
    k = model.r + repeats
    before = np.maximum(model.b + repeats - 1, 1e-300)
    odds = np.log(model.a / before) + k * np.log((model.alpha + age) / (model.alpha + recency))
    probability: Floats = 1 / (1 + np.exp(np.minimum(odds, 700.0)))
    return np.where(repeats > 0, probability, 1.0)


def _expected_spend(model: LifetimeModel, repeats: NDArray[np.int64], spent: Floats) -> Floats:
    if model.spend is None:
        return np.full(len(repeats), model.mean_spend)
    p, q, v = model.spend
    spend: Floats = p * (v + spent) / (p * repeats + q - 1)
    return spend


def _discount(
    model: PurchaseModel, repeats: NDArray[np.int64], age: Floats, horizon: Horizon
) -> tuple[Floats, Floats]:
    """Return the expected purchases of active customers, plain and discounted.

    The rule of `discounting.discount_purchases`.
    """
    weeks, rate = horizon.weeks, horizon.rate
    purchases = purchases_if_active(model, repeats, age, np.full(len(age), weeks))
    if not rate:
        return purchases, purchases
    scale = model.alpha + age
    top = np.log1p(weeks / scale)
    integral = np.zeros(len(age))
    for at, weight in POINTS:
        week = scale * np.expm1(at * top)
        expected = purchases_if_active(model, repeats, age, week)
        integral += weight * np.exp(-rate * week) * expected * (scale + week)
    return purchases, exp(-rate * weeks) * purchases + rate * top * integral


def purchases_if_active(
    model: PurchaseModel, repeats: NDArray[np.int64], age: Floats, weeks: Floats
) -> Floats:
    """Return `PurchaseModel.purchases_if_active` of many customers."""
    found = np.zeros(len(age))
    for number in np.unique(repeats):
        here = repeats == number
        z = weeks[here] / (model.alpha + age[here] + weeks[here])
        sides = find_regular(model, int(number))
        for side in sides:
            found[here] += _expect(side, int(number), z) / len(sides)
    return found


def _expect(model: PurchaseModel, repeats: int, z: Floats) -> Floats:
    r, _, a, b = model
    c = a + b + repeats - 1
    if is_uniform(model):
        k = r + repeats
        size, sign = log_hypergeometric_arrays(k, b + repeats, c, z)
        size += k * np.log1p(-z)
        large: Floats = c / (a - 1) * np.where(sign > 0, -np.expm1(size), 1 + np.exp(size))
        return large
    found: Floats = (1 - z) ** (a - 1) * hypergeometric_arrays(a + b - 1 - r, a - 1, c, z)
    return c / (a - 1) * (1 - found)


def hypergeometric_arrays(a: float, b: float, c: float, z: Floats) -> Floats:
    """Return 2F1(a, b; c; z) for many z from 0 to below 1, by its series."""
    term, total = np.ones(len(z)), np.ones(len(z))
    for n in range(MAX_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if not np.any(np.abs(term) > 1e-16 * np.abs(total)):
            break
    return total


def log_hypergeometric_arrays(a: float, b: float, c: float, z: Floats) -> tuple[Floats, Floats]:
    """Return `special_functions.log_hypergeometric` for many z."""
    term, total, scale = np.ones(len(z)), np.ones(len(z)), np.zeros(len(z))
    for n in range(MAX_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        size = np.abs(total)
        if not np.any(np.abs(term) > 1e-16 * size):
            break
        if np.any(large := size > LARGE):
            term[large] /= LARGE
            total[large] /= LARGE
            scale[large] += log(LARGE)
    return scale + np.log(np.abs(total)), np.sign(total)
