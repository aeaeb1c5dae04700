"""Compare two groups of contacts by all factors, and correct for the number of comparisons.

The effect of a property is the difference of its shares, with Newcombe's interval. The effect of a
number is Cliff's delta: the share of pairs in which the target has more, less that in which it has
less. For a property both are the same figure, so that all effects are on one scale from -1 to 1.
Effects are significant with a p-value of at most 0.05, adjusted by Benjamini and Hochberg.
"""

from dataclasses import dataclass, replace
from typing import Literal

from cardcrm.reports.drivers.factors import Factors, Spread, read_factors
from cardcrm.reports.drivers.target import Target, parse_target
from cardcrm.reports.scope import Scope
from cardcrm.reports.statistics.effect_size import Effect, compare_numbers, compare_shares
from cardcrm.reports.statistics.p_values import adjust_p_values
from cardcrm.reports.statistics.quantiles import find_counted_median
from cardcrm.store import Store

MIN_GROUP = 10  # contacts in the target, and in the rest
SIGNIFICANT = 0.05
_MIN_SPREAD = 5  # contacts with a number, in each group


@dataclass(frozen=True)
class Driver:
    """A factor in which the groups differ: the shares, or the medians, of both, and the effect."""

    name: str
    measure: Literal["share", "median"]
    target: float
    others: float
    effect: Effect
    adjusted: float = 1.0

    @property
    def is_share(self) -> bool:
        """True for a property, false for a number."""
        return self.measure == "share"

    @property
    def is_significant(self) -> bool:
        """True if the difference is more than chance, as far as all comparisons can tell."""
        return self.adjusted <= SIGNIFICANT


@dataclass(frozen=True)
class DriverReport:
    """The groups, their sizes and all factors compared, the largest effect first.

    ``reason`` says why nothing was compared.
    """

    target: Target
    size: int
    other_size: int
    drivers: tuple[Driver, ...] = ()
    reason: str = ""

    @property
    def significant(self) -> tuple[Driver, ...]:
        """The factors in which the groups differ by more than chance."""
        return tuple(each for each in self.drivers if each.is_significant)


def build_drivers(store: Store, scope: Scope, text: str) -> DriverReport:
    """Return the factors in which the contacts of a target differ. Raises UsageError."""
    target = parse_target(store, scope, text)
    factors = read_factors(store, scope, target, MIN_GROUP)
    reason = ""
    if min(factors.size, factors.other_size) < MIN_GROUP:
        reason = (
            f"no comparison: both groups need at least {MIN_GROUP} contacts; so far: "
            f"{target.words} {factors.size:,}, {target.others} {factors.other_size:,}"
        )
    return DriverReport(target, factors.size, factors.other_size, compare_factors(factors), reason)


def compare_factors(factors: Factors) -> tuple[Driver, ...]:
    """Return all factors with their effects, the largest first."""
    found = [
        Driver(
            each.name,
            "share",
            each.hits / factors.size,
            each.other_hits / factors.other_size,
            compare_shares(each.hits, factors.size, each.other_hits, factors.other_size),
        )
        for each in factors.properties
    ]
    found += [_compare(each) for each in factors.spreads if _is_comparable(each)]
    adjusted = adjust_p_values([each.effect.p_value for each in found])
    drivers = [replace(each, adjusted=p) for each, p in zip(found, adjusted, strict=True)]
    return tuple(sorted(drivers, key=lambda each: (-abs(each.effect.size), each.name)))


def _is_comparable(spread: Spread) -> bool:
    return min(sum(spread.counts.values()), sum(spread.other_counts.values())) >= _MIN_SPREAD


def _compare(spread: Spread) -> Driver:
    return Driver(
        spread.name,
        "median",
        find_counted_median(spread.counts),
        find_counted_median(spread.other_counts),
        compare_numbers(spread.counts, spread.other_counts),
    )
