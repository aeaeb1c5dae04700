"""First responses to leads by owner, against a slow count over random histories."""

import datetime as dt
import statistics
from random import Random

import pytest

from cardcrm.dates import DayTime
from cardcrm.records.activity import interactions
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.leads import leads
from cardcrm.reports.leads.lead_responses import read_lead_responses
from cardcrm.reports.pipeline.deal_scope import DealScope

START = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
KINDS = ("call", "mail", "note")


@pytest.fixture
def histories(store):
    """Add leads with random touches; return owner, instant and touches of each."""
    random, found = Random(4), []
    with store.transaction():
        for at in range(40):
            owner = ("ann", "Ann", "bob", "")[at % 4]
            received = START + dt.timedelta(hours=random.randrange(200))
            draft = LeadDraft(
                0, "", Party(name=f"P {at}"), "x", owner=owner,
                received_on=received.date().isoformat(),
                received_at=f"{received:%Y-%m-%dT%H:%M:%SZ}",
            )  # fmt: skip
            lead = leads.add(store, draft).lead
            touches = []
            for _ in range(random.randrange(4)):
                moment = received + dt.timedelta(minutes=random.randrange(-600, 3000))
                kind, direction = random.choice(KINDS), random.choice(("in", "out", ""))
                no_answer = kind == "call" and random.random() < 0.4
                interactions.log(
                    store, [lead.contact_id], "said", kind=kind, direction=direction,
                    no_answer=no_answer, when=DayTime(moment.date(), moment.time()),
                )  # fmt: skip
                touches.append((moment, kind, direction, no_answer))
            found.append((owner, received, touches))
    return found


def test_responses_are_those_of_a_slow_count(store, histories):
    scope = DealScope(dt.date(2026, 11, 21), "GBP", START.date(), dt.date(2026, 11, 20))
    found = read_lead_responses(store, scope)
    assert [each.owner.lower() for each in found] == ["", "ann", "bob"]
    for each in found:
        own = [row for row in histories if row[0].lower() == each.owner.lower()]
        hours = []
        for _, received, touches in own:
            answers = [
                (moment - received).total_seconds() / 3600
                for moment, kind, direction, no_answer in touches
                if moment >= received and kind != "note" and direction != "in" and not no_answer
            ]
            hours += [min(answers)] if answers else []
        assert (each.leads, each.answered) == (len(own), len(hours))
        assert each.median_hours == pytest.approx(statistics.median(hours))
        slow = min(hour for hour in hours if sum(x <= hour for x in hours) >= 0.9 * len(hours))
        assert each.slow_hours == pytest.approx(slow)
        assert each.within_hour == sum(x <= 1 for x in hours) / len(hours)


def test_owners_and_months_narrow_it(store, histories):
    scope = DealScope(
        dt.date(2026, 11, 21), "GBP", START.date(), dt.date(2026, 11, 20), owners=("ANN",)
    )
    found = read_lead_responses(store, scope, by_month=True)
    assert [(each.month, each.leads) for each in found] == [("2026-11", 20)]


def test_a_day_without_a_time_is_an_answer_without_hours(store):
    draft = LeadDraft(0, "", Party(name="Jane"), "x", received_on="2026-11-20")
    lead = leads.add(store, draft).lead
    interactions.log(store, [lead.contact_id], "sent", kind="mail", direction="out")
    scope = DealScope(dt.date(2026, 11, 21), "GBP", START.date(), dt.date(2026, 11, 20))
    found = read_lead_responses(store, scope)[0]
    assert (found.leads, found.answered, found.median_hours) == (1, 1, None)
    assert found.slow_hours is found.within_hour is None
