"""Cache the factors learned from past wins until another case is closed."""

from typing import Final

from cardcrm import dates
from cardcrm.reports.leads.won_factors import Learned, learn_factors
from cardcrm.store import Store

_CLOSED: Final = """
SELECT 'deal' AS kind, status, count(*), sum(id) FROM deal WHERE status IN ('won', 'lost')
GROUP BY status
UNION ALL
SELECT 'lead', status, count(*), sum(id) FROM lead WHERE status = 'dead' GROUP BY status
ORDER BY 1, 2
"""


class LearnedCache:
    """Cache the factors of one connection until a case is closed, or the next day.

    A later change of a past case, as of its source, counts only then.
    """

    def __init__(self) -> None:
        self._state: object = None
        self._learned: Learned | None = None

    def read(self, store: Store) -> Learned:
        """Return what past leads and deals tell about a win."""
        closed = [tuple(row) for row in store.rows(_CLOSED)]
        state = (store, dates.today(store.locale.zone), closed)
        if self._learned is None or state != self._state:
            self._learned, self._state = learn_factors(store), state
        return self._learned
