"""Learn from past leads and deals which properties go with a win.

A case is a lead that is dead or whose deal is closed, or a closed deal without a lead; it is a hit
if the deal was won. Each property is compared with all cases without it, by the odds of a win:

    odds ratio = (won with × lost without) / (lost with × won without)

A property whose 95% interval leaves out 1 gives 10 × ln(odds ratio) points, at most 20.

Only what was known when the case was added counts: a tag, an address or a number that the journal
has in a later step may follow from the win, as the purchase that the win became does. Whether a
person works at an organization is left out, as the conversion of a lead fills that in.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cardcrm.reports.statistics.odds_ratio import OddsRatio, find_odds_ratio
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

MIN_GROUP: Final = 10  # cases that were won, and that were lost
MIN_CASES: Final = 5  # cases with a property, and without it
SCALE, MOST = 10, 20  # points


def _added(table: str, alias: str) -> str:
    """Return SQL for the step of the journal that added a row; 0 if it has none.

    The first id of a load stands for all its rows.
    """
    return (
        "coalesce((SELECT h.step_id FROM change h WHERE h.op IN ('insert', 'load') AND h.tbl IN "
        f"('tag', 'point', 'address', 'lead', 'deal') AND h.tbl = '{table}' "
        f"AND h.row_id <= {alias}.id ORDER BY h.row_id DESC, h.step_id LIMIT 1), 0)"
    )


def _known(table: str, alias: str) -> str:
    """Return SQL: a row was there when the case ``b`` was added, or the journal has neither."""
    return f"(b.step = 0 OR {_added(table, alias)} <= b.step)"


_CASES: Final = f"""
SELECT l.id, l.contact_id, l.source, l.received_on AS day, {_added("lead", "l")} AS step,
  CASE WHEN d.status = 'won' THEN 1 ELSE 0 END AS hit
FROM lead l LEFT JOIN deal d ON d.id = l.deal_id
WHERE l.status = 'dead' OR d.status IN ('won', 'lost')
UNION ALL
SELECT -d.id, d.contact_id, d.source, d.opened_on, {_added("deal", "d")},
  CASE WHEN d.status = 'won' THEN 1 ELSE 0 END
FROM deal d WHERE d.status IN ('won', 'lost')
AND NOT EXISTS (SELECT 1 FROM lead l WHERE l.deal_id = d.id)
"""
_COUNT: Final = "SELECT count(*), sum(hit) FROM (" + _CASES + ") AS cases"
_LEADS: Final = (
    "SELECT l.id, l.contact_id, l.source, l.received_on AS day, "
    f"{_added('lead', 'l')} AS step, 0 AS hit FROM lead l WHERE l.id IN ({{marks}})"
)
_POINT: Final = (
    "SELECT b.id, b.hit, '' AS value FROM base b WHERE EXISTS (SELECT 1 FROM point p "
    f"WHERE p.contact_id = b.contact_id AND p.kind = '{{kind}}' AND {_known('point', 'p')})"
)
_ADDRESS: Final = (
    "SELECT DISTINCT b.id, b.hit, {value} AS value FROM base b JOIN address a "
    f"ON a.contact_id = b.contact_id WHERE {{value}} <> '' AND {_known('address', 'a')}"
)
_PARTS: Final = {
    "source": "SELECT b.id, b.hit, lower(b.source) AS value FROM base b WHERE b.source <> ''",
    "tag": "SELECT DISTINCT b.id, b.hit, t.name AS value FROM base b "
    f"JOIN tag t ON t.contact_id = b.contact_id WHERE {_known('tag', 't')}",
    "city": _ADDRESS.format(value="lower(a.city)"),
    "country": _ADDRESS.format(value="a.country"),
    "has an email address": _POINT.format(kind="email"),
    "has a phone number": _POINT.format(kind="phone"),
    "is an organization": "SELECT b.id, b.hit, '' AS value FROM base b "
    "JOIN contact c ON c.id = b.contact_id WHERE c.kind = 'org'",
    "bought before": "SELECT b.id, b.hit, '' AS value FROM base b WHERE EXISTS (SELECT 1 "
    "FROM sale s WHERE s.contact_id = b.contact_id AND s.on_date < b.day AND s.amount > 0)",
}

Key = tuple[str, str]  # the field and the value of a property


class WonFactor(NamedTuple):
    """A property with its cases, those that were won, and the odds of a win."""

    name: str
    won: int
    cases: int
    other_won: int
    other_cases: int
    odds: OddsRatio

    @property
    def points(self) -> int:
        """The points that it gives to a lead; 0 if the difference may be chance."""
        if not self.odds.is_significant:
            return 0
        return max(-MOST, min(MOST, round(SCALE * math.log(self.odds.ratio))))

    @property
    def reason(self) -> str:
        """The property in words, with its odds and their interval."""
        low, high = self.odds.interval
        return (
            f"{self.name}: odds of a win × {self.odds.ratio:.1f} (95%: {low:.1f} to {high:.1f}; "
            f"{self.won:,} of {self.cases:,} won, without it {self.other_won:,} of "
            f"{self.other_cases:,})"
        )


@dataclass(frozen=True)
class Learned:
    """The properties of past cases, the largest effect first, or the reason why there are none."""

    won: int
    lost: int
    factors: dict[Key, WonFactor]
    reason: str = ""


NOT_LEARNED: Final = Learned(0, 0, {})


def learn_factors(store: Store) -> Learned:
    """Return the properties of past leads and deals with the odds of a win."""
    row = store.rows(_COUNT)[0]
    total, won = int(row[0]), int(row[1] or 0)
    if min(won, total - won) < MIN_GROUP:
        reason = (
            f"nothing is learned yet: it takes {MIN_GROUP} past leads or deals that were won and "
            f"{MIN_GROUP} that were not; so far: {won:,} and {total - won:,}"
        )
        return Learned(won, total - won, {}, reason)
    found = {
        (field, value): _build_factor(field, value, int(hits), int(count), won, total)
        for field, value, count, hits in _count_cases(store)
        if MIN_CASES <= count <= total - MIN_CASES
    }
    ordered = sorted(found, key=lambda key: (-abs(math.log(found[key].odds.ratio)), key))
    return Learned(won, total - won, {key: found[key] for key in ordered})


def _build_factor(field: str, value: str, hits: int, count: int, won: int, total: int) -> WonFactor:
    odds = find_odds_ratio(hits, count - hits, won - hits, total - count - won + hits)
    return WonFactor(f"{field} {value}".strip(), hits, count, won - hits, total - count, odds)


def list_properties(store: Store, ids: Sequence[int]) -> dict[int, list[Key]]:
    """Return the properties of leads by their ids, as `learn_factors` names them."""
    found: defaultdict[int, list[Key]] = defaultdict(list)
    for marks, params in chunks(ids):
        base = _LEADS.format(marks=marks)
        for lead_id, field, value in store.rows(_select("id, field, value", base), **params):
            found[lead_id].append((field, value))
    return found


def _count_cases(store: Store) -> list[Any]:
    """Return field, value, cases and hits of each property."""
    counted = _select("field, value, count(*), sum(hit)", _CASES)
    return store.rows(f"{counted} GROUP BY field, value ORDER BY field, value")


def _select(what: str, base: str) -> str:
    """Return SQL that selects from the properties of the cases of ``base``."""
    every = " UNION ALL ".join(
        f"SELECT id, '{field}' AS field, value, hit FROM ({sql}) AS {field.replace(' ', '_')}"
        for field, sql in _PARTS.items()
    )
    return f"WITH base AS ({base}) SELECT {what} FROM ({every}) AS found"
