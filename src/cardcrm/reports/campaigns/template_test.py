"""Plan the test of two templates: what its size can show, said before anything is sent.

The test is decided once, when no sale counts any more. A look at every day until one template
seems better would find a winner among two equal ones far too often.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.reports.statistics.sample_size import count_needed, find_detectable
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

RISE: Final = 1.25  # of the share of buyers, for which the needed size is given


class PlannedTest(NamedTuple):
    """The size of a test of two templates.

    ``buyers`` of ``contacts`` bought in as many days before as count after the mail. ``group`` is
    the number of contacts for each template, ``detectable`` the share of buyers that one must reach
    to be told from the share before, and ``needed`` the size of a group that shows a rise by a
    quarter; both are None where nothing can be said.
    """

    buyers: int
    contacts: int
    group: int
    detectable: float | None
    needed: int | None

    @property
    def share(self) -> float:
        """The share of the contacts who bought before."""
        return self.buyers / self.contacts if self.contacts else 0.0


def plan_test(store: Store, contact_ids: Sequence[int], days: int) -> PlannedTest:
    """Plan a test of two templates among some contacts, whose sales count for some days."""
    buyers = _count_buyers(store, contact_ids, days)
    count = len(contact_ids)
    group = count // 2
    share = buyers / count if count else 0.0
    higher = share * RISE
    needed = count_needed(share, higher) if share > 0 and higher < 1 else None
    return PlannedTest(buyers, count, group, find_detectable(share, group), needed)


def _count_buyers(store: Store, contact_ids: Sequence[int], days: int) -> int:
    since = dates.today(store.locale.zone) - dt.timedelta(days=days)
    return sum(
        store.value(
            "SELECT count(DISTINCT contact_id) FROM sale WHERE amount > 0 AND on_date >= :since "
            f"AND contact_id IN ({marks})",
            since=since.isoformat(),
            **params,
        )
        for marks, params in chunks(contact_ids)
    )
