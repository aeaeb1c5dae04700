"""The rules of dunning: the step that comes next for an invoice, and what stops it.

The steps are in the order of their days after the due day. An invoice gets one after the other,
with as many days between two of them as between their days: an invoice that was long overdue when
dunning began is not sent all of them at once.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm.errors import ConflictError
from cardcrm.store import Store


class Step(NamedTuple):
    """A step of dunning: a mail if it has a template, else a reminder."""

    id: int
    name: str
    days: int
    template_id: int | None
    text: str
    fee: str


class LastNotice(NamedTuple):
    """The last notice of an invoice: the days of its step, and the day on which it was done."""

    days: int
    on_date: dt.date


def load_steps(store: Store) -> list[Step]:
    """Return the steps in their order."""
    sql = "SELECT id, name, days, template_id, text, fee FROM dunning ORDER BY days, id"
    return [Step(*row) for row in store.rows(sql)]


def find_step(
    steps: Sequence[Step], due_on: dt.date, last: LastNotice | None, today: dt.date
) -> Step | None:
    """Return the step that an unpaid invoice gets today, None if there is none yet."""
    done = last.days if last else 0
    following = next((each for each in steps if each.days > done), None)
    if following is None or (today - due_on).days < following.days:
        return None
    if last and (today - last.on_date).days < following.days - last.days:
        return None
    return following


def check_step(store: Store, columns: Mapping[str, Any], row_id: int) -> None:
    """Raise ConflictError for a step with the days of another one."""
    if "days" not in columns:
        return
    sql = "SELECT name FROM dunning WHERE days = :days AND id <> :id"
    other = store.value(sql, days=columns["days"], id=row_id)
    if other is not None:
        raise ConflictError(
            f"the step {other} already comes {columns['days']} days after the due date",
            "Give another number of days.",
        )
