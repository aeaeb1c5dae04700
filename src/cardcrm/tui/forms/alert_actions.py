"""Dismiss alerts, for some months or up to a day."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.reports.alerts import dismissals
from cardcrm.text import shorten
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import format_day_time
from cardcrm.tui.forms.fields import Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.reminder_actions import until_field

if TYPE_CHECKING:
    from cardcrm.reports.alerts.alert_queries import Alert

_SHOWN = 40  # cells of an alert in a message


async def dismiss(context: AppContext, ids: Sequence[int]) -> None:
    """Hide alerts for some months. Raises NotFoundError if one is gone."""
    until = dates.today(context.locale.zone) + dt.timedelta(days=dismissals.DAYS)
    message = await _dismiss(context, ids, until, journal_command("done", *_names(ids)))
    context.show_message(f"{message}; {context.key_of('undo')} brings it back")


async def snooze(context: AppContext, ids: Sequence[int]) -> None:
    """Open the form to hide alerts up to a day."""

    async def save(values: Values) -> str:
        until = validators.parse_date(context.locale, values["due"]).day
        command = journal_command("snooze", *_names(ids), values["due"])
        return await _dismiss(context, ids, until, command)

    title = f"Snooze: {', '.join(_names(ids))}"
    await context.push_screen(Form(title, [until_field(context)], save))


async def _dismiss(context: AppContext, ids: Sequence[int], until: dt.date, command: str) -> str:
    """Hide alerts up to a day, and return the message about it."""
    today = dates.today(context.locale.zone)
    found: list[Alert] = await context.change(
        command, lambda store: dismissals.dismiss(store, ids, today, until)
    )
    day = format_day_time(context, DayTime(until))
    if len(found) > 1:
        return f"{len(found):,} alerts hidden until {day}"
    return f"Hidden until {day}: {shorten(found[0].what, _SHOWN)}"


def _names(ids: Sequence[int]) -> list[str]:
    """Return the numbers of alerts as `due` shows them."""
    return [f"A{each}" for each in ids]
