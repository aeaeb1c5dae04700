"""Calls with an outcome: the deal that the next step belongs to."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.records.activity import reminders
from cardcrm.records.activity.call_outcome import REACHED, CallDraft, record_call
from cardcrm.records.activity.log_and_plan import NextStep
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.deals import deals, moves

TODAY, FRIDAY = DayTime(dt.date(2026, 11, 24)), DayTime(dt.date(2026, 11, 27))


@pytest.fixture
def now():
    return "2026-11-24T12:00"


@pytest.mark.engines("sqlite", "postgresql")
def test_next_step_after_that_of_a_closed_deal_belongs_to_the_open_one(store):
    jane = contacts.add(store, ContactDraft("Jane Doe"))
    with store.transaction("deal add"):
        roof, shed = (
            deals.add(store, {"title": title, "contact": f"#{jane.id}"}).record.id
            for title in ("Roof", "Shed")
        )
    about = reminders.add(store, jane.id, "call about the roof", TODAY, deal_id=roof)
    moves.win(store, roof, has_sale=False)
    draft = CallDraft(REACHED, step=NextStep("ask", FRIDAY), about=about.id)
    recorded = record_call(store, jane, draft)
    assert [each.deal_id for each in recorded.planned] == [shed]
