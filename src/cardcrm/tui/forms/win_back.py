"""Reminders to win back the customers who are slipping away, added with one key."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.dates import DayTime
from cardcrm.records.activity.win_back import FollowUp, follow_up, without_reminder
from cardcrm.reports.retention.at_risk import report_risks
from cardcrm.reports.scope import Scope
from cardcrm.reports.value.customer_ranking import RankedCustomer
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.confirm_dialog import MANY, confirm


async def win_back(context: AppContext, slipping: Sequence[RankedCustomer], today: dt.date) -> None:
    """Add a reminder for each customer who has none of this kind, due today, as one step."""
    if not slipping:
        context.show_message("No customer is slipping away")
        return
    ids = [each.contact_id for each in slipping]
    run = context.database.run_separately  # the habits of many customers take seconds
    reasons = await run(lambda store: find_reasons(store, slipping, today))
    wanted = await context.database.read(lambda store: without_reminder(store, ids))
    if not wanted:
        context.show_message("Each of them has a reminder already")
        return
    count = f"{len(wanted)} customer{'s' * (len(wanted) != 1)}"
    if len(wanted) >= MANY and not await confirm(
        context, f"Add a reminder, due today, for {count} slipping away?"
    ):
        return

    def add(store: Store) -> FollowUp:
        return follow_up(store, {each: reasons[each] for each in wanted}, DayTime(today))

    made = await context.change(journal_command("report at-risk", "--remind"), add)
    count = f"{len(made.reminders)} reminder{'s' * (len(made.reminders) != 1)}"
    context.show_message(f"Added {count}, due today")


def find_reasons(
    store: Store, slipping: Sequence[RankedCustomer], today: dt.date
) -> dict[int, str]:
    """Return why each customer is slipping away: the habit, or the days of silence."""
    currency = slipping[0].revenue.currency
    habits = {each.contact_id: each.reason for each in report_risks(store, Scope(currency, today))}
    return {
        each.contact_id: habits.get(
            each.contact_id, f"silent for {(today - each.last_on).days} days"
        )
        for each in slipping
    }
