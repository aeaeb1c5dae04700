"""Learn from past leads and deals which properties go with a win.

A case is a lead that is dead or whose deal is closed, or a closed deal without a lead; it is a hit
if the deal was won. Each property is compared with all cases without it, by the odds of a win:

    odds ratio = (won with × lost without) / (lost with × won without)

A property whose 95% interval leaves out 1 gives 10 × ln(odds ratio) points, at most 20.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cardcrm.reports.statistics.odds_ratio import OddsRatio, find_odds_ratio
from cardcrm.store import Store

MIN_GROUP: Final = 10  # cases that were won, and that were lost
MIN_CASES: Final = 5  # cases with a property, and without it
SCALE, MOST = 10, 20  # points

_CASES: Final = """
SELECT l.id, l.contact_id, l.source, CASE WHEN d.status = 'won' THEN 1 ELSE 0 END AS hit
FROM lead l LEFT JOIN deal d ON d.id = l.deal_id
WHERE l.status = 'dead' OR d.status IN ('won', 'lost')
UNION ALL
SELECT -d.id, d.contact_id, d.source, CASE WHEN d.status = 'won' THEN 1 ELSE 0 END
FROM deal d WHERE d.status IN ('won', 'lost')
AND NOT EXISTS (SELECT 1 FROM lead l WHERE l.deal_id = d.id)
"""
_LEAD: Final = "SELECT l.id, l.contact_id, l.source, 0 AS hit FROM lead l WHERE l.id = :lead"
_POINT: Final = (
    "SELECT b.id, b.hit, '' AS value FROM base b WHERE EXISTS (SELECT 1 FROM point p "
    "WHERE p.contact_id = b.contact_id AND p.kind = '{kind}')"
)
_PARTS: Final = {
    "source": "SELECT b.id, b.hit, lower(b.source) AS value FROM base b WHERE b.source <> ''",
    "tag": "SELECT DISTINCT b.id, b.hit, t.name AS value FROM base b "
    "JOIN tag t ON t.contact_id = b.contact_id",
    "city": "SELECT DISTINCT b.id, b.hit, lower(a.city) AS value FROM base b "
    "JOIN address a ON a.contact_id = b.contact_id WHERE a.city <> ''",
    "country": "SELECT DISTINCT b.id, b.hit, a.country AS value FROM base b "
    "JOIN address a ON a.contact_id = b.contact_id WHERE a.country <> ''",
    "has an email address": _POINT.format(kind="email"),
    "has a phone number": _POINT.format(kind="phone"),
    "is an organization": "SELECT b.id, b.hit, '' AS value FROM base b "
    "JOIN contact c ON c.id = b.contact_id WHERE c.kind = 'org'",
    "works at an organization": "SELECT b.id, b.hit, '' AS value FROM base b "
    "JOIN contact c ON c.id = b.contact_id WHERE c.org_id IS NOT NULL",
    "bought before": "SELECT DISTINCT b.id, b.hit, '' AS value FROM base b "
    "JOIN contact_value v ON v.contact_id = b.contact_id WHERE v.own = 1 AND v.orders > 0",
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


def learn_factors(store: Store) -> Learned:
    """Return the properties of past leads and deals with the odds of a win."""
    row = store.rows(f"SELECT count(*), sum(hit) FROM ({_CASES}) AS cases")[0]
    total, won = int(row[0]), int(row[1] or 0)
    if min(won, total - won) < MIN_GROUP:
        reason = (
            f"nothing is learned yet: it takes {MIN_GROUP} past leads or deals that were won and "
            f"{MIN_GROUP} that were not; so far: {won:,} and {total - won:,}"
        )
        return Learned(won, total - won, {}, reason)
    found = {
        (field, value): _build_factor(field, value, int(hits), int(count), won, total)
        for field, value, count, hits in _read(store, _CASES)
        if MIN_CASES <= count <= total - MIN_CASES
    }
    ordered = sorted(found, key=lambda key: (-abs(math.log(found[key].odds.ratio)), key))
    return Learned(won, total - won, {key: found[key] for key in ordered})


def _build_factor(field: str, value: str, hits: int, count: int, won: int, total: int) -> WonFactor:
    odds = find_odds_ratio(hits, count - hits, won - hits, total - count - won + hits)
    return WonFactor(f"{field} {value}".strip(), hits, count, won - hits, total - count, odds)


def list_properties(store: Store, lead_id: int) -> list[Key]:
    """Return the properties of a lead, as `learn_factors` names them."""
    return [(field, value) for field, value, _, _ in _read(store, _LEAD, lead=lead_id)]


def _read(store: Store, cases: str, **params: Any) -> list[Any]:
    """Return field, value, cases and hits of each property."""
    every = " UNION ALL ".join(
        f"SELECT '{field}' AS field, value, hit FROM ({sql}) AS {_alias(field)}"
        for field, sql in _PARTS.items()
    )
    return store.rows(
        f"WITH base AS ({cases}) SELECT field, value, count(*), sum(hit) FROM ({every}) AS found "
        "GROUP BY field, value ORDER BY field, value",
        **params,
    )


def _alias(field: str) -> str:
    return field.replace(" ", "_")
