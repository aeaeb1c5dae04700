"""The outcome of a call: it logs the call, plans the next step and revises the lead, in one step.

- reached: a lead of the contact is in process, and calls that were due are done.
- no answer: the next try is planned, one day later, then two, then a week; or a due call moves.
- wrong number: the number is marked as invalid, and finding the right one is planned.
- not interested: a lead of the contact is dead.
- back: a call back is planned, as a promise.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.call_line import AGAIN, is_call
from cardcrm.records.activity.interactions import Interaction
from cardcrm.records.activity.log_and_plan import NextStep
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts import update
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.leads import leads
from cardcrm.records.leads.lead_status import Lead, leads_of
from cardcrm.records.leads.statuses import ACTIVE, DEAD, IN_PROCESS
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar

REACHED, NO_ANSWER, WRONG_NUMBER = "reached", "no answer", "wrong number"
NOT_INTERESTED, BACK = "not interested", "back"
OUTCOMES: Final = (REACHED, NO_ANSWER, WRONG_NUMBER, NOT_INTERESTED, BACK)
_ALIASES: Final = {
    "answered": REACHED, "ok": REACHED, "spoke": REACHED,
    "noanswer": NO_ANSWER, "busy": NO_ANSWER, "voicemail": NO_ANSWER, "unanswered": NO_ANSWER,
    "wrong": WRONG_NUMBER, "wrongnumber": WRONG_NUMBER, "invalid": WRONG_NUMBER,
    "notinterested": NOT_INTERESTED, "uninterested": NOT_INTERESTED,
    "callback": BACK, "call back": BACK, "later": BACK,
}  # fmt: skip
_WAITS: Final = (1, 2, 7)  # days to the next try after the first, the second, and later ones
_SATURDAY: Final = 5
_BACK, _FIND = "call back", "find the phone number"


class CallDraft(NamedTuple):
    """A call to record: its outcome, and what was said.

    ``back`` is when to call back, ``step`` what to do after it, ``hour`` that of the next try, and
    ``number`` the one that was rung, which matters if it is wrong. ``done`` are reminders to tick
    off beside the calls that were due. ``about`` is the reminder that the call is about, which
    counts as a call that was due unless it is done already. ``deal_id`` is the deal that the next
    step belongs to: without it that of the reminder, or the only open deal of the contact.
    """

    outcome: str
    text: str = ""
    minutes: int | None = None
    back: DayTime | None = None
    step: NextStep | None = None
    hour: int | None = None
    number: str = ""
    done: tuple[int, ...] = ()
    about: int | None = None
    deal_id: int | None = None


class RecordedCall(NamedTuple):
    """A call that was recorded, and what it changed.

    ``deals`` are the open deals of the contact if there are several, of which none was named.
    """

    interaction: Interaction
    contact: Contact
    planned: tuple[Reminder, ...]
    done: tuple[Reminder, ...]
    lead: Lead | None
    invalid: str
    deals: tuple[int, ...] = ()


def parse_outcome(text: str) -> str:
    """Return the outcome that a word names. Raises UsageError with the nearest one."""
    key = " ".join(re.split(r"[\s_-]+", text.strip().lower()))
    found = key if key in OUTCOMES else _ALIASES.get(key) or _ALIASES.get(key.replace(" ", ""))
    if found:
        return found
    words = [each.replace(" ", "-") for each in OUTCOMES]
    like = find_similar(key, words, limit=1)
    hint = f"Did you mean {like[0]}? " if like else ""
    raise UsageError(f"unknown outcome “{text.strip()}”", f"{hint}Use {', '.join(words)}.")


def list_due(store: Store, contact_id: int) -> list[Reminder]:
    """Return the open reminders of a contact that are due by today, promises first."""
    today = dates.today(store.locale.zone)
    found = reminders.open_of(store, contact_id)
    due = [each for each in found if reminders.when_due(store, each).day <= today]
    return sorted(due, key=lambda each: not each.promise)


@retry_transaction
def record_call(store: Store, contact: Contact, draft: CallDraft) -> RecordedCall:
    """Record an outgoing call with its outcome, in one transaction.

    Raises UsageError for a call back without a date or in the past, for a deal other than an
    open one of the contact, and for a wrong number where several are known and none is named.
    """
    if draft.outcome == BACK:
        _check_back(store, draft.back)
    with store.transaction():
        due = _list_due_calls(store, contact.id, draft.about)
        lead = _active_lead(store, contact.id)
        interaction = _log(store, contact, draft)
        is_missed = draft.outcome in (NO_ANSWER, WRONG_NUMBER)
        moved = _find_moved(draft, due)
        done = () if is_missed else tuple(_tick_off(store, [e for e in due if e.id != moved]))
        wanted = [each for each in draft.done if each not in {found.id for found in done}]
        done += tuple(reminders.done(store, each) for each in dict.fromkeys(wanted))
        invalid = _mark_invalid(store, contact, draft) if draft.outcome == WRONG_NUMBER else ""
        deal_id, deals = _find_deal(store, contact, draft, due)
        planned = tuple(_plan(store, contact, draft, due, deal_id))
        is_unclear = any(each.deal_id is None for each in planned)
        return RecordedCall(
            interaction, contact, planned, done, _revise_lead(store, lead, draft), invalid,
            deals if is_unclear else (),
        )  # fmt: skip


def _find_moved(draft: CallDraft, due: list[Reminder]) -> int | None:
    """Return the reminder that a call back moves: the one that it is about, unless it is a call."""
    if draft.outcome != BACK:
        return None
    ids = (each.id for each in due if each.id == draft.about and not is_call(each.text))
    return next((each for each in ids if each not in draft.done), None)


def _check_back(store: Store, back: DayTime | None) -> None:
    """Raise UsageError unless a call back has a moment that is not past."""
    example = "For example: cardcrm call jane back tue 14:00"
    if back is None:
        raise UsageError("when to call back?", example)
    now = dates.now(store.locale.zone).replace(tzinfo=None)
    if dt.datetime.combine(back.day, back.time or dt.time.max) < now:
        at = f" {back.time:%H:%M}" if back.time else ""
        raise UsageError(f"{back.day.isoformat()}{at} is past", example)


def _find_deal(
    store: Store, contact: Contact, draft: CallDraft, due: list[Reminder]
) -> tuple[int | None, tuple[int, ...]]:
    """Return the deal that the next step belongs to, or the open deals if there are several."""
    from cardcrm.records.deals import stored_deals

    found = tuple(each.id for each in store.fetch(stored_deals.contact_query(contact.id)))
    if draft.deal_id is not None and draft.deal_id not in found:
        known = f"Open deals: {', '.join(map(str, found))}." if found else "There is none."
        raise UsageError(f"deal {draft.deal_id} is not an open deal of {contact.name}", known)
    about = (each.deal_id for each in due if each.id == draft.about)
    own = (
        draft.deal_id
        or next((each for each in about if each in found), None)
        or (found[0] if len(found) == 1 else None)
    )
    return own, found if own is None else ()


def _list_due_calls(store: Store, contact_id: int, about: int | None) -> list[Reminder]:
    """Return the open reminders of a contact that are calls: due by now, or planned by a call.

    The one that the call is about comes first.
    """
    now = dates.now(store.locale.zone).replace(tzinfo=None)
    found = []
    for each in reminders.open_of(store, contact_id):
        due = reminders.when_due(store, each)
        moment = dt.datetime.combine(due.day, due.time or dt.time())
        is_due = moment <= now and is_call(each.text)
        if is_due or each.text in (AGAIN, _BACK) or each.id == about:
            found.append(each)
    return sorted(found, key=lambda each: each.id != about)


def _tick_off(store: Store, due: list[Reminder]) -> Iterator[Reminder]:
    """Mark reminders as done, except a recurring one that was done today for its next turn."""
    for each in due:
        with contextlib.suppress(ConflictError):
            yield reminders.done(store, each.id)


def _active_lead(store: Store, contact_id: int) -> Lead | None:
    found = [each for each in leads_of(store, contact_id) if each.status in ACTIVE]
    return found[0] if found else None


def _log(store: Store, contact: Contact, draft: CallDraft) -> Interaction:
    outcome = "call back" if draft.outcome == BACK else draft.outcome
    return interactions.log(
        store,
        [contact.id],
        draft.text.strip() or outcome,
        kind="call",
        direction="out",
        minutes=draft.minutes,
        outcome=outcome,
        no_answer=draft.outcome in (NO_ANSWER, WRONG_NUMBER),
    )


def _plan(
    store: Store, contact: Contact, draft: CallDraft, due: list[Reminder], deal_id: int | None
) -> list[Reminder]:
    """Plan what follows from the outcome, and the step that was given."""
    planned = []
    if draft.outcome == BACK and draft.back is not None:
        moved = _find_moved(draft, due)
        planned.append(
            reminders.add(store, contact.id, _BACK, draft.back, promise=True, deal_id=deal_id)
            if moved is None
            else reminders.snooze(store, moved, draft.back)
        )
    elif draft.outcome == WRONG_NUMBER:
        tomorrow = DayTime(_next_working_day(dates.today(store.locale.zone), 1))
        planned.append(reminders.add(store, contact.id, _FIND, tomorrow, deal_id=deal_id))
    elif draft.outcome == NO_ANSWER and draft.step is None:
        when = find_next_try(store, contact.id, draft.hour)
        planned.append(_try_again(store, contact, draft, due, when, deal_id))
    if draft.step is not None:
        text, day, promise = draft.step
        planned.append(
            reminders.add(store, contact.id, text, day, promise=promise, deal_id=deal_id)
        )
    return planned


def _try_again(
    store: Store,
    contact: Contact,
    draft: CallDraft,
    due: list[Reminder],
    when: DayTime,
    deal_id: int | None,
) -> Reminder:
    """Move a due call to the next try, or plan it; a named deal leaves those of other deals."""
    named = draft.deal_id
    fitting = [each for each in due if named is None or each.deal_id in (None, named)]
    if not fitting:
        return reminders.add(store, contact.id, AGAIN, when, deal_id=deal_id)
    moved = min(fitting, key=lambda each: named is not None and each.deal_id != named)
    if named is not None and moved.deal_id is None:
        store.update("reminder", moved.id, deal_id=named)
    return reminders.snooze(store, moved.id, when)


def find_next_try(store: Store, contact_id: int, hour: int | None) -> DayTime:
    """Return when to call again, by the calls in a row without an answer; at an hour if known.

    The last of these calls is logged already. Weekends are left out.
    """
    rows = store.rows(
        "SELECT i.no_answer, i.outcome FROM participant p JOIN interaction i "
        "ON i.id = p.interaction_id WHERE p.contact_id = :id AND i.kind = 'call' "
        "ORDER BY i.on_date DESC, i.id DESC LIMIT :most",
        id=contact_id,
        most=len(_WAITS),
    )
    missed = 0
    for row in rows:
        if not row["no_answer"]:
            break
        missed += 1
    wait = _WAITS[max(0, min(missed, len(_WAITS)) - 1)]
    day = _next_working_day(dates.today(store.locale.zone), wait)
    return DayTime(day, None if hour is None else dt.time(hour))


def _next_working_day(day: dt.date, wait: int) -> dt.date:
    found = day + dt.timedelta(days=wait)
    late = found.weekday() - _SATURDAY
    return found + dt.timedelta(days=2 - late) if late >= 0 else found


def _mark_invalid(store: Store, contact: Contact, draft: CallDraft) -> str:
    """Mark the number that was rung as invalid, and return it; empty if none is known."""
    sql = (
        "SELECT value FROM point WHERE contact_id = :id AND kind = 'phone' AND invalid = 0 "
        "ORDER BY id"
    )
    known = [row[0] for row in store.rows(sql, id=contact.id)]
    if not draft.number and len(known) > 1:
        raise UsageError(
            f"which number of {contact.name} is wrong?",
            f"Name it with --number: {', '.join(known)}.",
        )
    number = draft.number or next(iter(known), "")
    if number:
        mark = update.PointMark(number, "invalid", is_set=True)
        update.edit(store, [contact.id], update.Edit(marks=(mark,)))
    return number


def _revise_lead(store: Store, lead: Lead | None, draft: CallDraft) -> Lead | None:
    """Give the lead of the contact the status that follows from a call; None if it stays."""
    if lead is None:
        return None
    if draft.outcome == NOT_INTERESTED:
        return leads.set_status(store, lead.id, DEAD, reason=NOT_INTERESTED)
    if draft.outcome in (REACHED, BACK) and lead.status != IN_PROCESS:
        return leads.set_status(store, lead.id, IN_PROCESS)
    return None
