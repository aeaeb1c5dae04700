"""Mark campaigns as done of which nothing is left to send or to do.

A message that failed or is uncertain needs a decision: `message retry` opens its campaign again.
"""

from collections.abc import Sequence
from typing import Final

from cardcrm.records.campaigns.campaign_status import DONE
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

# True for a contact ``m`` of a campaign, with its reminder ``r``, that is still to be reached.
WAITING: Final = (
    "((r.id IS NOT NULL AND r.done_at IS NULL) "
    "OR (m.sent_at IS NULL AND {}.channel IN ('letter', 'message')))"
)
_FINISHED: Final = (
    "SELECT c.id FROM campaign c WHERE c.status = 'sending' "
    "AND NOT EXISTS (SELECT 1 FROM message m "
    "WHERE m.campaign_id = c.id AND m.status IN ('queued', 'sending')) "
    "AND NOT EXISTS (SELECT 1 FROM campaign_contact m "
    "LEFT JOIN reminder r ON r.id = m.reminder_id "
    f"WHERE m.campaign_id = c.id AND {WAITING.format('c')})"
)


@retry_transaction
def finish(store: Store, ids: Sequence[int] | None = None) -> None:
    """Mark campaigns, or some of them, as done of which nothing is left to send or to do."""
    done = [row[0] for row in store.rows(_FINISHED) if ids is None or row[0] in ids]
    if not done:
        return
    with store.transaction():
        for each in done:
            store.update("campaign", each, status=DONE)
