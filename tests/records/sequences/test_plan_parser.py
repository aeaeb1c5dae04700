"""Parse the files of sequences, and name the step of each error."""

import datetime as dt

import pytest

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records import records, registry
from cardcrm.records.contacts import custom_fields
from cardcrm.records.sequences.plan import (
    ALWAYS,
    DATE,
    DEAL_STAGE,
    NEVER,
    NO_SALE,
    STAGE,
    Event,
    Wait,
)
from cardcrm.records.sequences.plan_parser import parse_plan

pytestmark = pytest.mark.engines("sqlite", "postgresql")

WHOLE = """
purpose = "Offers"
enter = "stage:customer"
again = "after 365 days"
stop = ["reply", "purchase"]
send-between = "09:00-17:00"
weekdays = true

[[step]]
mail = "welcome"

[[step]]
wait = "3 days"
if = "not replied"

[[step]]
if = "replied"
goto = "call"

[[step]]
label = "call"
task = "Call {{ contact.first_name }}"
due = "2 days"

[[step]]
set = {stage = "customer", size = 3}
"""


def test_a_file_with_every_key_is_parsed():
    plan = parse_plan(WHOLE)
    assert (plan.purpose, plan.enter, plan.again) == ("offers", "stage:customer", 365)
    assert plan.stop == ("reply", "purchase")
    assert (plan.hours, plan.weekdays) == ((dt.time(9), dt.time(17)), True)
    labels = [each.label for each in plan.steps]
    assert labels == ["mail-welcome", "wait-3-days", "goto-call", "call", "set-stage"]
    assert plan.steps[1].wait == Wait(days=3)
    assert plan.steps[1].condition == "not replied"
    assert plan.steps[3].due_days == 2
    assert plan.steps[4].changes == (("stage", "customer"), ("size", "3"))
    assert plan.has_mail


def test_steps_that_do_the_same_have_labels_of_their_own():
    plan = parse_plan('[[step]]\nwait = "1 day"\n[[step]]\nwait = "1 day"\n')
    assert [each.label for each in plan.steps] == ["wait-1-day", "wait-1-day-2"]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("first sale", Event("first sale")),
        ("no sale 180 days", Event(NO_SALE, days=180)),
        ("stage customer", Event(STAGE, "customer")),
        ("deal stage Quote", Event(DEAL_STAGE, "Quote")),
        ("deal won", Event("deal won")),
        ("lead", Event("lead")),
        ("lead Website", Event("lead", "Website")),
        ("birthday", Event("birthday", "birthday")),
        ("birthday -3 days", Event("birthday", "birthday", -3)),
        ("contract end -30 days", Event(DATE, "contract-end", -30)),
        ("contract-end +1 week", Event(DATE, "contract-end", 7)),
    ],
)
def test_an_event_has_a_kind_a_name_and_days(text, event):
    assert parse_plan(f'on = "{text}"\n[[step]]\nwait = "1 day"').on == event


@pytest.mark.parametrize(
    ("on", "again", "days"),
    [
        ("first sale", "", NEVER),
        ("birthday", "", ALWAYS),
        ("deal won", "", ALWAYS),
        ("birthday", "never", NEVER),
        ("first sale", "always", ALWAYS),
        ("first sale", "after 2 weeks", 14),
    ],
)
def test_again_defaults_to_always_for_events_that_repeat(on, again, days):
    rule = f'again = "{again}"\n' if again else ""
    assert parse_plan(f'on = "{on}"\n{rule}[[step]]\nwait = "1 day"').again == days


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[[step]]\nwiat = 3", "step 1: unknown key “wiat”", "Did you mean wait?"),
        ("[[step]\nwait = 3", "at line 1", "Correct the file."),
        ('[[step]]\nwait = "1 day"\n[[step]]\nlabel = "x"', "step 2 does nothing", "one of mail"),
        ('[[step]]\nwait = "1 day"\nmail = "x"', "step 1 has mail and wait", "one of"),
        ("[[step]]\nwait = 3", "step 1: wait must be a text", "in quotes"),
        ('[[step]]\nwait = "soon"', "step 1: invalid duration “soon”", "Try 30d"),
        ('[[step]]\nmail = ""', "step 1: mail is empty", "text"),
        ('[[step]]\nmail = "x"\ndue = "1d"', "step 1: due is for tasks", "wait"),
        ('[[step]]\ngoto = "x"', "step 1: unknown label “x”", "label"),
        ('[[step]]\nlabel = "x"\nwait = "1d"\n[[step]]\ngoto = "x"', "step 2 goes back", "later"),
        ('[[step]]\nlabel = "end"\nwait = "1d"', "label “end” is taken", "another"),
        ("", "the file has no step", "[[step]]"),
        ('entre = "x"\n[[step]]\nwait = "1d"', "the file: unknown key “entre”", "enter"),
        ('stop = ["answer"]\n[[step]]\nwait = "1d"', "unknown stop “answer”", "reply"),
        ('again = "soon"\n[[step]]\nwait = "1d"', "invalid again “soon”", "never"),
        ('enter = "all"\nagain = "always"\n[[step]]\nwait = "1d"', "needs an event", "365 days"),
        ('send-between = "17-9"\n[[step]]\nwait = "1d"', "invalid send-between", "09:00"),
        ('send-between = "09:00-17:00+02:00"\n[[step]]\nwait = "1d"', "invalid send-between", "09"),
        ('weekdays = "yes"\n[[step]]\nwait = "1d"', "must be true or false", "true"),
        ("[[step]]\nset = {}", "step 1: set must name fields", "set ="),
        ("[[step]]\nset = {stage = []}", "step 1: a value of set must be a text", "quotes"),
        ('on = "stage"\n[[step]]\nwait = "1d"', "needs the name of a stage", "For example"),
    ],
)
def test_errors_name_the_line_or_the_step(text, message, hint):
    with pytest.raises(UsageError) as caught:
        parse_plan(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


# Against a database


def add(store, steps, name="s"):
    return records.add(store, registry.record_type("sequence"), {"name": name, "steps": steps})


@pytest.fixture
def template(store):
    values = {"name": "welcome", "subject": "Hello", "text": "Hello"}
    return records.add(store, registry.record_type("template"), values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[step]]\nmail = "welcom"', "step 1: unknown template “welcom”"),
        ('[[step]]\nmail = "snippet"', "step 1: the template “snippet” has no subject"),
        ('[[step]]\nmail = "welcome"\nif = "shade:red"', "step 1: if: unknown field “shade”"),
        ('enter = "shade:red"\n[[step]]\nmail = "welcome"', "the file: enter: unknown field"),
        ('[[step]]\ntask = "Call {{ contact.frist_name }}"', "contact.frist_name"),
        ('[[step]]\ntask = "{{ contact.first_name"', "step 1"),
        ('[[step]]\nset = {shade = "red"}', "step 1: set: unknown field “shade”"),
        ('[[step]]\nset = {stage = "client"}', "step 1: set: "),
        ('on = "stage client"\n[[step]]\nmail = "welcome"', "the file: on: "),
        ('on = "deal stage Nowhere"\n[[step]]\nmail = "welcome"', "unknown stage “Nowhere”"),
        ('on = "fair end"\n[[step]]\nmail = "welcome"', "unknown event “fair-end”"),
    ],
)
def test_a_name_that_the_database_lacks_is_refused(store, template, text, message):
    snippet = {"name": "snippet", "text": "Hello"}
    records.add(store, registry.record_type("template"), snippet)
    with pytest.raises(CardcrmError) as caught:
        add(store, text)
    assert message in caught.value.message
    assert caught.value.hint or caught.value.near
    assert store.count_rows("sequence") == 0


def test_a_date_field_is_an_event(store, template):
    custom_fields.add(store, "Contract end", "date")
    add(store, 'on = "contract end -30 days"\n[[step]]\nmail = "welcome"')
    assert store.count_rows("sequence") == 1
