"""Answer rates by channel, weekday and hour, and the best time to call.

A rate of a few attempts is chance. So each rate has a Wilson interval, which alone is shown for
fewer than `MIN_ATTEMPTS`, and the best time is found by the expected rate:

    expected = (answered + 5 × usual rate) / (attempts + 5)

The usual rate is that of the channel, (answered + 1) / (attempts + 2) by Laplace's rule, and of one
contact the expected rate of all contacts at this time. One answered call of one thus moves the
expectation by a sixth of the way, and no rate is expected to be 100%.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cardcrm.dates.date_parts import WEEKDAYS
from cardcrm.reports.behavior.attempts import Tally
from cardcrm.reports.statistics.intervals import Interval, wilson_interval

MIN_ATTEMPTS = 5
_WEIGHT = 5  # attempts that the usual rate counts as
CHANNELS = ("call", "mail", "message", "meeting", "visit")

Key = str | int | tuple[int, int | None] | None
Part = Callable[[Tally], Key]


class Counts(NamedTuple):
    """Numbers of interactions, incoming ones, attempts and answered attempts."""

    interactions: int = 0
    incoming: int = 0
    attempts: int = 0
    answered: int = 0


@dataclass(frozen=True)
class AnswerRate:
    """The attempts of a channel, a weekday or an hour, as ``by`` says, and those answered.

    ``expected`` is None for fewer than `MIN_ATTEMPTS`, which for one contact are those of all
    contacts.
    """

    by: str
    name: str
    counts: Counts
    expected: float | None

    @property
    def rate(self) -> float | None:
        """The share of the attempts that were answered; None for fewer than `MIN_ATTEMPTS`."""
        attempts = self.counts.attempts
        return self.counts.answered / attempts if attempts >= MIN_ATTEMPTS else None

    @property
    def interval(self) -> Interval | None:
        """The 95% interval of the rate; None without an attempt."""
        attempts = self.counts.attempts
        return wilson_interval(self.counts.answered, attempts) if attempts else None


@dataclass(frozen=True)
class AnswerReport:
    """The rates of channels, and those of weekdays and hours of one ``channel``.

    For one contact, the rates include times at which others were reached alone. ``grid`` has the
    expected rates of each weekday by hour: of hours that have one, where there was an attempt.
    """

    channel: str
    channels: tuple[AnswerRate, ...]
    weekdays: tuple[AnswerRate, ...]
    hours: tuple[AnswerRate, ...]
    grid: tuple[tuple[float | None, ...], ...]

    @property
    def rows(self) -> tuple[AnswerRate, ...]:
        """The rates of channels, weekdays and hours that have interactions."""
        rates = (*self.channels, *self.weekdays, *self.hours)
        return tuple(each for each in rates if each.counts.interactions)


def build_rates(
    tallies: Sequence[Tally], channel: str = "call", everyone: Sequence[Tally] | None = None
) -> AnswerReport:
    """Return the answer rates of tallies; those of one contact with the tallies of ``everyone``."""
    usual = Rates(everyone if everyone is not None else tallies, channel)
    own = usual if everyone is None else Rates(tallies, channel, usual)
    hours = own.list_rates("hour", own.of_channel, _hour, {at: f"{at:02}:00" for at in range(24)})
    return AnswerReport(
        channel,
        own.list_rates("channel", tallies, _kind, {name: name for name in CHANNELS}),
        own.list_rates("weekday", own.of_channel, _weekday, dict(enumerate(WEEKDAYS))),
        hours,
        own.build_grid(hours),
    )


def _kind(tally: Tally) -> Key:
    return tally.kind


def _weekday(tally: Tally) -> Key:
    return tally.weekday


def _hour(tally: Tally) -> Key:
    return tally.hour


def _cell(tally: Tally) -> Key:
    return tally.weekday, tally.hour


class Rates:
    """The rates of tallies, drawn towards the ``usual`` ones, else to the rate of the channel."""

    def __init__(
        self, tallies: Sequence[Tally], channel: str, usual: "Rates | None" = None
    ) -> None:
        self.tallies = tallies
        self.of_channel = [each for each in tallies if each.kind == channel]
        self.usual = usual
        self.middles = {
            "channel": _find_rate(tallies),
            "weekday": _find_rate(self.of_channel),
            "hour": _find_rate(self.of_channel),
        }

    def list_rates(
        self, by: str, tallies: Sequence[Tally], part: Part, names: dict[Key, str]
    ) -> tuple[AnswerRate, ...]:
        """Return the rates of each part that has interactions, here or usually."""
        sums = _sum_by(tallies, part)
        middles = dict.fromkeys(names, self.middles[by])
        everywhere = sums
        if self.usual is not None:
            source = self.usual.tallies if by == "channel" else self.usual.of_channel
            usual = everywhere = _sum_by(source, part)
            middles = {
                key: _expect(usual.get(key, Counts()), self.usual.middles[by]) for key in names
            }
            sums = {key: sums.get(key, Counts()) for key in usual}
        return tuple(
            AnswerRate(by, name, sums[key], _expect_known(sums[key], everywhere[key], middles[key]))
            for key, name in names.items()
            if key in sums
        )

    def build_grid(self, hours: Sequence[AnswerRate]) -> tuple[tuple[float | None, ...], ...]:
        """Return the expected rate of each weekday and hour with an attempt, by those of hours."""
        known = {int(each.name[:2]): each.expected for each in hours}
        sums = _sum_by(self.of_channel, _cell)

        def expect(day: int, hour: int) -> float | None:
            cell = sums.get((day, hour), Counts())
            return _expect(cell, known.get(hour)) if cell.attempts else None

        return tuple(tuple(expect(day, hour) for hour in range(24)) for day in range(len(WEEKDAYS)))


def _sum_by(tallies: Iterable[Tally], part: Part) -> dict[Key, Counts]:
    """Return the counts of each part of tallies."""
    sums: dict[Key, Counts] = {}
    for each in tallies:
        key = part(each)
        known = sums.get(key, Counts())
        sums[key] = Counts(
            known.interactions + each.interactions,
            known.incoming + each.incoming,
            known.attempts + each.attempts,
            known.answered + each.answered,
        )
    return sums


def _find_rate(tallies: Sequence[Tally]) -> float | None:
    """Return the rate of all attempts by Laplace's rule; None without any."""
    attempts = sum(each.attempts for each in tallies)
    answered = sum(each.answered for each in tallies)
    return (answered + 1) / (attempts + 2) if attempts else None


def _expect_known(counts: Counts, everywhere: Counts, middle: float | None) -> float | None:
    """Return the rate that is expected; None for fewer than `MIN_ATTEMPTS` of all contacts."""
    return _expect(counts, middle) if everywhere.attempts >= MIN_ATTEMPTS else None


def _expect(counts: Counts, middle: float | None) -> float | None:
    """Return the rate that is expected after some attempts; None without any and a usual rate."""
    if middle is None:
        return None
    return (counts.answered + _WEIGHT * middle) / (counts.attempts + _WEIGHT)
