"""Simulate sequences: the same as the real runs later do, and nothing is written."""

import datetime as dt

import pytest

from cardcrm.records.contacts import update
from cardcrm.records.mail import permission
from cardcrm.records.sequences import enrollments
from cardcrm.records.sequences.simulation import STOP, Assumptions, simulate
from tests.support.sequences import add_contact, add_sequence, add_templates, run

pytestmark = pytest.mark.engines("sqlite", "postgresql")

START = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
STEPS = """
enter = "tag:new"
send-between = "09:00-17:00"
weekdays = true
[[step]]
mail = "welcome"
[[step]]
wait = "3 days"
[[step]]
if = "tag:vip"
task = "Ring {{ contact.name }}"
[[step]]
wait = "5 hours"
[[step]]
if = "replied"
goto = "end"
[[step]]
mail = "tips"
[[step]]
set = {source = "welcome"}
"""


@pytest.fixture(autouse=True)
def people(store, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", START.isoformat())
    add_templates(store, "welcome", "tips")
    zones = ("", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")
    found = []
    for number in range(8):
        tags = ("new", "vip") if number % 2 else ("new",)
        who = add_contact(store, f"P{number}", f"p{number}@example.com", tags=tags)
        if zone := zones[number % 4]:
            update.edit(store, [who], update.Edit(values=(("timezone", zone),)))
        found.append(who)
    permission.opt_out(store, "p7@example.com", source="hand")
    return found


def dump(store):
    """Return the rows of all tables that a run changes."""
    tables = ("enrollment", "enrollment_step", "message", "reminder", "sequence", "change", "step")
    return {each: [tuple(row) for row in store.rows(f"SELECT * FROM {each}")] for each in tables}


def test_simulation_is_what_the_real_runs_do(store, people, monkeypatch):
    """Let cron run each hour, and compare what was done on which day."""
    sequence = add_sequence(store, STEPS)
    planned = simulate(store, sequence, Assumptions(14), fill_in=lambda text, *_: text.upper())
    for hour in range(14 * 24):
        now = START + dt.timedelta(hours=hour)
        run(store, now.isoformat(), monkeypatch)
    rows = store.rows(
        "SELECT e.contact_id, s.step, s.at FROM enrollment e JOIN enrollment_step s "
        "ON s.enrollment_id = e.id WHERE s.result = 'done' "
        "AND s.step NOT LIKE 'wait%' AND s.step NOT LIKE 'goto%'"
    )
    done = {(row[0], row[1], row[2]) for row in rows}
    assert {
        (each.contact_id, each.step, f"{each.at:%Y-%m-%dT%H:%M:%SZ}") for each in planned
    } == done
    assert len(planned) == 7 * 3 + 3
    texts = [(row[0], row[1]) for row in store.rows("SELECT contact_id, text FROM reminder")]
    tasks = [(each.contact_id, each.text) for each in planned if each.action == "task"]
    assert sorted(tasks) == sorted(texts)
    assert people[7] not in {each.contact_id for each in planned}


def test_simulation_writes_nothing(store, people):
    sequence = add_sequence(store, STEPS)
    enrollments.enroll(store, sequence, people[:3])
    before = dump(store)
    assert simulate(store, sequence, Assumptions(60, 0.5))
    assert simulate(store, sequence, Assumptions(60), people[3:5])
    assert dump(store) == before


def test_those_under_way_go_on_from_where_they_are(store, people, monkeypatch):
    sequence = add_sequence(store, STEPS.replace('enter = "tag:new"\n', ""))
    enrollments.enroll(store, sequence, people[:1])
    run(store)
    found = simulate(store, sequence, Assumptions(14))
    assert [(each.on.isoformat(), each.step) for each in found] == [
        ("2026-11-26", "mail-tips"), ("2026-11-26", "set-source")
    ]  # fmt: skip


def test_some_contacts_are_simulated_as_if_they_were_enrolled(store, people):
    sequence = add_sequence(store, STEPS.replace('enter = "tag:new"\n', ""))
    assert simulate(store, sequence, Assumptions(14)) == []
    found = simulate(store, sequence, Assumptions(14), people[:2])
    assert {each.contact_id for each in found} == set(people[:2])


def test_a_share_of_mails_is_answered(store, people):
    sequence = add_sequence(store, STEPS)
    every = simulate(store, sequence, Assumptions(14, 1.0))
    stopped = [each for each in every if each.action == STOP]
    assert len(stopped) == 7
    assert {each.text for each in stopped} == {"replied"}
    assert not [each for each in every if each.step == "mail-tips" and each.action == "mail"]
    half = simulate(store, sequence, Assumptions(14, 0.5))
    assert half == simulate(store, sequence, Assumptions(14, 0.5))


def test_birthdays_to_come_are_foreseen(store, people):
    for who, day in zip(people, (20, 23, 24, 30), strict=False):
        update.edit(store, [who], update.Edit(values=(("birthday", f"1980-11-{day}"),)))
    sequence = add_sequence(store, 'on = "birthday"\n[[step]]\ntask = "Call"')
    found = simulate(store, sequence, Assumptions(5))
    assert [(each.contact_id, each.on.day) for each in found] == [
        (people[1], 23), (people[2], 24)
    ]  # fmt: skip
