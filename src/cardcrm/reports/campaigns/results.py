"""Results of a campaign: mails, answers, and the sales of those who got it and those held out.

A contact is converted who bought something from the time at which the campaign was queued, up to
its conversion days later; a sale of that first day counts if it was recorded after that time. All
contacts who were to get the mail count, also those whose mail came back, so that they can be
compared with those held out, who were chosen among the same contacts. The uplift is the difference
of the two shares with its 95% interval (Newcombe 1998, method 10).
"""

import datetime as dt
from typing import Any, NamedTuple, cast

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.campaigns.channel import MAIL
from cardcrm.records.campaigns.completion import WAITING
from cardcrm.records.records import Record
from cardcrm.reports.statistics.intervals import Interval, newcombe_interval
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class Counts(NamedTuple):
    """The mails of a campaign, or of one of its templates.

    ``queued`` are all, ``waiting`` those that are not sent yet. ``revenue`` is that of the
    converted contacts in the currency of the firm, less their refunds.
    """

    template: str
    queued: int
    waiting: int
    sent: int
    failed: int
    bounced: int
    replied: int
    unsubscribed: int
    converted: int
    revenue: Money

    @property
    def delivered(self) -> int:
        """The mails that were sent and did not come back."""
        return self.sent - self.bounced

    @property
    def revenue_per_mail(self) -> Money | None:
        """The revenue for each mail that was sent, rounded to the minor unit; None without any."""
        if not self.sent:
            return None
        return Money(round(self.revenue.minor / self.sent), self.revenue.currency)


class Comparison(NamedTuple):
    """The difference of the shares of converted contacts, of the first template less the second.

    ``better`` is the name of the better template, "" if the interval includes no difference.
    """

    better: str
    difference: float
    interval: Interval


class Results(NamedTuple):
    """The results of a campaign; ``complete_on`` is the day from which no sale counts any more."""

    total: Counts
    templates: tuple[Counts, ...]
    held_out: int
    held_out_converted: int
    complete_on: dt.date | None

    @property
    def uplift(self) -> float | None:
        """The share of converted contacts less that of those held out; None without both."""
        if not (self.total.queued and self.held_out):
            return None
        return self.total.converted / self.total.queued - self.held_out_converted / self.held_out

    @property
    def interval(self) -> Interval | None:
        """The 95% interval of the uplift."""
        if not (self.total.queued and self.held_out):
            return None
        return newcombe_interval(
            self.total.converted, self.total.queued, self.held_out_converted, self.held_out
        )

    def compare_templates(self, today: dt.date) -> Comparison | None:
        """Compare the two templates; None without two, and until no sale counts any more.

        They are compared once: looking every day until one seems better would find differences
        that do not exist.
        """
        if len(self.templates) != 2 or self.complete_on is None or today < self.complete_on:
            return None
        first, second = self.templates
        counts = (first.converted, first.queued, second.converted, second.queued)
        difference = first.converted / first.queued - second.converted / second.queued
        interval = newcombe_interval(*counts)
        is_clear = interval.low > 0 or interval.high < 0
        better = (first if difference > 0 else second).template if is_clear else ""
        return Comparison(better, difference, interval)


def load_results(store: Store, campaign: Record) -> Results:
    """Return the results of a campaign; all counts are 0 before it is queued."""
    until = find_last_day(store, campaign)
    if until is None:
        return Results(_empty(store), (), 0, 0, None)
    params = find_params(store, campaign, until)
    figures, source = choose_figures(campaign)
    rows, held_out = store.fetch_many(
        [
            Query(_TEMPLATES.format(figures=figures, rows=source), params, lambda rows: rows),
            Query(_HELD_OUT, params, lambda rows: rows[0]),
        ]
    )
    templates = tuple(_to_counts(store, row) for row in rows)
    return Results(
        _sum(store, templates),
        templates,
        held_out[0],
        held_out[1] or 0,
        until + dt.timedelta(days=1),
    )


_AFTERWARDS = (
    "s.on_date >= :since AND s.on_date <= :until "
    "AND (s.on_date > :since OR s.created_at >= :started)"
)
_BOUGHT = f"SELECT 1 FROM sale s WHERE s.contact_id = {{person}} AND s.amount > 0 AND {_AFTERWARDS}"
_REVENUE = (
    "SELECT CASE WHEN max(s.amount) > 0 THEN "
    "sum(CASE WHEN s.currency = :currency THEN s.amount ELSE 0 END) END "
    f"FROM sale s WHERE s.contact_id = m.contact_id AND {_AFTERWARDS}"
)
# The figures of messages ``m``, in the order of `Counts`.
_MESSAGE_FIGURES = (
    "count(*), sum(CASE WHEN m.status IN ('queued', 'sending') THEN 1 ELSE 0 END), "
    "count(m.sent_at), sum(CASE WHEN m.status IN ('failed', 'given up') THEN 1 ELSE 0 END), "
    "sum(CASE WHEN m.status = 'bounced' THEN 1 ELSE 0 END), count(m.replied_at), "
    f"count(m.unsubscribed_at), sum(CASE WHEN EXISTS ({_BOUGHT.format(person='m.contact_id')}) "
    f"THEN 1 ELSE 0 END), CAST(sum(({_REVENUE})) AS BIGINT)"
)
# The same figures of contacts ``m`` of a campaign ``c`` through another channel, with their
# reminders ``r``: nothing fails, comes back or is answered there.
_CONTACT_FIGURES = (
    f"count(*), sum(CASE WHEN {WAITING.format('c')} AND c.status <> 'stopped' THEN 1 ELSE 0 END), "
    "count(coalesce(m.sent_at, r.done_at)), 0, 0, 0, 0, "
    f"sum(CASE WHEN EXISTS ({_BOUGHT.format(person='m.contact_id')}) THEN 1 ELSE 0 END), "
    f"CAST(sum(({_REVENUE})) AS BIGINT)"
)
_CONTACTS = (
    "campaign_contact m JOIN campaign c ON c.id = m.campaign_id "
    "LEFT JOIN reminder r ON r.id = m.reminder_id"
)
# The figures of contacts held out ``h``: all, and those who bought.
HELD_OUT_FIGURES = (
    f"count(*), sum(CASE WHEN EXISTS ({_BOUGHT.format(person='h.contact_id')}) THEN 1 ELSE 0 END)"
)
_TEMPLATES = (
    "SELECT t.name, {figures} FROM {rows} LEFT JOIN template t ON t.id = m.template_id "
    "WHERE m.campaign_id = :id GROUP BY m.template_id, t.name ORDER BY t.name"
)
_HELD_OUT = f"SELECT {HELD_OUT_FIGURES} FROM holdout h WHERE h.campaign_id = :id"


def choose_figures(campaign: Record) -> tuple[str, str]:
    """Return the SQL of the figures of a campaign, and of the rows ``m`` that have them."""
    if campaign.columns["channel"] == MAIL:
        return _MESSAGE_FIGURES, "message m"
    return _CONTACT_FIGURES, _CONTACTS


def find_last_day(store: Store, campaign: Record) -> dt.date | None:
    """Return the last day on which a sale counts; None before the campaign is queued."""
    started = campaign.columns["started_at"]
    if not started:
        return None
    since = dates.from_instant(started, store.locale.zone).date()
    return since + dt.timedelta(days=campaign.columns["conversion_days"])


def find_params(store: Store, campaign: Record, until: dt.date) -> dict[str, Any]:
    """Return the parameters of `choose_figures` and `HELD_OUT_FIGURES`."""
    since = until - dt.timedelta(days=campaign.columns["conversion_days"])
    return {
        "id": campaign.id,
        "since": since.isoformat(),
        "started": campaign.columns["started_at"],
        "until": until.isoformat(),
        "currency": store.locale.currency,
    }


def _to_counts(store: Store, row: Row) -> Counts:
    name, *numbers, revenue = row
    counts = [int(each or 0) for each in numbers]
    return Counts._make([name or "", *counts, Money(revenue or 0, store.locale.currency)])


def _empty(store: Store) -> Counts:
    return _sum(store, ())


def _sum(store: Store, parts: tuple[Counts, ...]) -> Counts:
    numbers = [sum(cast("int", each[at]) for each in parts) for at in range(1, 9)]
    revenue = sum(each.revenue.minor for each in parts)
    return Counts._make(["", *numbers, Money(revenue, store.locale.currency)])
