"""Run sequences: what is done when, once only, and what stops them."""

import pytest

from cardcrm import dates
from cardcrm.errors import ConflictError
from cardcrm.records import records, registry
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import merge, update
from cardcrm.records.mail import absences, outbox, permission
from cardcrm.records.mail.required_consent import set_required
from cardcrm.records.sequences import enrollments, runs, sequence_work, sequences
from cardcrm.store import journal
from tests.support.sequences import (
    WELCOME,
    add_contact,
    add_sequence,
    add_templates,
    mails,
    run,
    states,
)

pytestmark = pytest.mark.engines("sqlite", "postgresql")

START, LATER, MUCH_LATER = "2026-11-23T10:00", "2026-11-26T10:00", "2026-12-20T10:00"


@pytest.fixture(autouse=True)
def templates(store, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", START)
    add_templates(store, "welcome", "tips")


@pytest.fixture
def jane(store):
    return add_contact(store, "Jane", "jane@example.com", owner="ann")


def test_steps_are_done_when_they_are_due_and_once(store, jane, monkeypatch):
    sequence = add_sequence(store, WELCOME)
    assert enrollments.enroll(store, sequence, [jane, jane]).ids == [1]
    assert run(store) == {"mails": 1}
    assert states(store) == [(jane, "active", "wait-3-days", "")]
    assert run(store, "2026-11-26T09:59", monkeypatch) == {}
    assert run(store, LATER, monkeypatch) == {"mails": 1, "done": 1}
    assert run(store, MUCH_LATER, monkeypatch) == {}
    assert mails(store) == [(jane, "mail-welcome", "queued"), (jane, "mail-tips", "queued")]
    assert states(store) == [(jane, "done", "wait-3-days", "")]


def test_mail_has_the_template_the_purpose_and_the_address(store, jane):
    sequence = add_sequence(store, f'purpose = "offers"\n{WELCOME}')
    enrollments.enroll(store, sequence, [jane])
    run(store)
    row = store.row("SELECT address, purpose, template_id, text, enrollment_id FROM message")
    assert tuple(row) == ("jane@example.com", "offers", 1, "", 1)


def test_a_task_a_note_and_a_change_are_made(store, jane):
    steps = (
        '[[step]]\ntask = "Call {{ contact.first_name }}"\ndue = "2 days"\n'
        '[[step]]\nnotify = "Look"\n[[step]]\nset = {stage = "customer", tag = "new"}\n'
    )
    enrollments.enroll(store, add_sequence(store, steps), [jane])
    assert run(store) == {"tasks": 2, "changed": 1, "done": 1}
    found = store.rows("SELECT contact_id, text, due_on, owner, priority FROM reminder ORDER BY id")
    assert [tuple(each) for each in found] == [
        (jane, "CALL {{ CONTACT.FIRST_NAME }}", "2026-11-25", "ann", 0),
        (jane, "Look", "2026-11-23", "ann", 1),
    ]
    assert store.value("SELECT stage FROM contact WHERE id = :id", id=jane) == "customer"
    assert store.value("SELECT name FROM tag WHERE contact_id = :id", id=jane) == "new"


def log(store, contact_id, kind, direction="in"):
    interactions.log(store, [contact_id], "Hello", kind=kind, direction=direction)


def buy(store, contact_id):
    sale = {"contact": str(contact_id), "amount": "10", "what": "rose"}
    records.add(store, registry.record_type("sale"), sale)


def answer(store, _contact_id):
    found = store.value("SELECT message_id FROM message ORDER BY id")
    outbox.mark_replied(store, found, dates.current_instant())


def bounce(store, _contact_id):
    found = store.value("SELECT message_id FROM message ORDER BY id")
    outbox.mark_bounced(store, found, permanent=True, reason="550")


@pytest.mark.parametrize(
    ("stop", "happen", "reason"),
    [
        ("reply", answer, "replied"),
        ("reply", lambda store, who: log(store, who, "mail"), "replied"),
        ("reply", lambda store, who: log(store, who, "message"), "replied"),
        ("meeting", lambda store, who: log(store, who, "meeting", ""), "met"),
        ("meeting", lambda store, who: log(store, who, "visit", ""), "met"),
        ("purchase", buy, "bought"),
        ("bounce", bounce, "mail came back"),
        (
            "unsubscribe",
            lambda store, _: permission.opt_out(store, "jane@example.com", source="hand"),
            "unsubscribed",
        ),
    ],
)
def test_what_happens_stops_only_those_that_name_it(store, jane, monkeypatch, stop, happen, reason):
    other = "reply" if stop != "reply" else "meeting"
    for name, event in (("stops", stop), ("goes-on", other)):
        sequence = add_sequence(store, f'stop = ["{event}"]\n{WELCOME}', name)
        enrollments.enroll(store, sequence, [jane])
    run(store)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-24T10:00")
    happen(store, jane)
    run(store)
    assert states(store) == [
        (jane, "stopped", "wait-3-days", reason), (jane, "active", "wait-3-days", "")
    ]  # fmt: skip
    queued = [step for _, step, status in mails(store) if status == "queued"]
    assert "mail-tips" not in queued


def test_what_happened_before_the_contact_entered_does_not_count(store, jane, monkeypatch):
    log(store, jane, "mail")
    buy(store, jane)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T11:00")
    sequence = add_sequence(store, f'stop = ["reply", "purchase"]\n{WELCOME}')
    enrollments.enroll(store, sequence, [jane])
    assert run(store) == {"mails": 1}
    assert states(store) == [(jane, "active", "wait-3-days", "")]


def test_a_call_or_a_mail_that_was_written_stops_nothing(store, jane, monkeypatch):
    enrollments.enroll(store, add_sequence(store, f'stop = ["reply"]\n{WELCOME}'), [jane])
    run(store)
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-24T10:00")
    log(store, jane, "mail", "out")
    log(store, jane, "call")
    assert run(store) == {}


def test_an_absence_moves_the_next_step_behind_it(store, jane, monkeypatch):
    enrollments.enroll(store, add_sequence(store, WELCOME), [jane])
    run(store)
    with store.transaction():
        assert absences.hold_back(store, "JANE@example.com", "2026-12-04") == 1
        assert absences.hold_back(store, "jane@example.com", "2026-11-30") == 0
    assert run(store, LATER, monkeypatch) == {}
    assert run(store, "2026-12-04T23:00", monkeypatch) == {}
    assert run(store, "2026-12-05T09:00", monkeypatch) == {"mails": 1, "done": 1}


def test_who_may_not_be_mailed_does_not_enter(store, jane):
    out = add_contact(store, "Out", "out@example.com")
    permission.opt_out(store, "out@example.com", source="hand")
    nobody = add_contact(store, "Nobody")
    dead = add_contact(store, "Dead", "dead@example.com", status="deceased")
    found = enrollments.enroll(store, add_sequence(store, WELCOME), [jane, out, nobody, dead])
    assert len(found.ids) == 1
    assert found.refused == {"opted out": 1, "no email address": 1, "deceased": 1}
    tasks = add_sequence(store, '[[step]]\ntask = "Call"', "calls")
    assert len(enrollments.enroll(store, tasks, [jane, out, nobody, dead]).ids) == 3


def test_consent_is_checked_for_the_purpose(store, jane):
    set_required(store, ["newsletter"])
    sequence = add_sequence(store, f'purpose = "newsletter"\n{WELCOME}')
    assert enrollments.enroll(store, sequence, [jane]).refused == {"no consent to newsletter": 1}


def test_a_contact_that_died_gets_nothing_more(store, jane, monkeypatch):
    enrollments.enroll(store, add_sequence(store, WELCOME), [jane])
    run(store)
    update.edit(store, [jane], update.Edit(values=(("status", "deceased"),)))
    assert run(store, LATER, monkeypatch) == {"stopped": 1}
    assert states(store) == [(jane, "stopped", "wait-3-days", "contact is not active")]


def test_two_contacts_with_one_address_get_a_mail_with_a_purpose_once(store, jane):
    twin = add_contact(store, "John", "JANE@example.com")
    sequence = add_sequence(store, f'purpose = "offers"\n{WELCOME}')
    enrollments.enroll(store, sequence, [jane, twin])
    assert run(store) == {"mails": 1, "stopped": 1}
    assert states(store)[1] == (twin, "stopped", "mail-welcome", "same address as another contact")


def test_a_contact_enters_once_unless_it_may_again(store, jane, monkeypatch):
    sequence = add_sequence(store, f'again = "after 30 days"\n{WELCOME}')
    enrollments.enroll(store, sequence, [jane])
    run(store)
    run(store, LATER, monkeypatch)
    assert enrollments.enroll(store, sequence, [jane]).refused == {"in the sequence before": 1}
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-23T10:00")
    assert len(enrollments.enroll(store, sequence, [jane]).ids) == 1


def test_stop_cancels_mail_that_is_queued(store, jane):
    enrollments.enroll(store, add_sequence(store, WELCOME), [jane])
    run(store)
    assert enrollments.stop(store, enrollments.find_active(store, jane)) == 1
    assert mails(store) == [(jane, "mail-welcome", "canceled")]
    assert states(store)[0][1:] == ("stopped", "wait-3-days", "stopped by hand")
    journal.undo(store)
    assert mails(store) == [(jane, "mail-welcome", "queued")]


def test_a_paused_sequence_does_nothing_and_goes_on_later(store, jane, monkeypatch):
    sequence = add_sequence(store, f'enter = "id>0"\n{WELCOME}')
    run(store)
    sequences.pause(store, sequence.id)
    with pytest.raises(ConflictError, match="is paused already"):
        sequences.pause(store, sequence.id)
    add_contact(store, "Bob", "bob@example.com")
    assert run(store, LATER, monkeypatch) == {}
    assert not sequence_work.has_work(store)
    sequences.resume(store, sequence.id)
    assert run(store) == {"entered": 1, "mails": 2, "done": 1}


def test_merged_contacts_get_each_step_once(store, jane, monkeypatch):
    other = add_contact(store, "Janet", "janet@example.com")
    enrollments.enroll(store, add_sequence(store, WELCOME), [jane, other])
    run(store)
    merge.merge(store, jane, other)
    assert run(store, LATER, monkeypatch) == {"stopped": 1, "mails": 1, "done": 1}
    assert [each[1:] for each in states(store)] == [
        ("done", "wait-3-days", ""),
        ("stopped", "wait-3-days", "enrolled twice after a merge"),
    ]


def test_undo_takes_an_enrollment_back_until_something_was_sent(store, jane):
    sequence = add_sequence(store, WELCOME)
    enrollments.enroll(store, sequence, [jane])
    journal.undo(store)
    assert states(store) == []
    enrollments.enroll(store, sequence, [jane])
    run(store)
    journal.undo(store)
    assert (states(store), mails(store)) == ([(jane, "active", "mail-welcome", "")], [])
    run(store)
    store.engine.execute("UPDATE message SET status = 'sent', sent_at = '2026-11-23T10:00:00Z'", {})
    with pytest.raises(ConflictError):
        journal.undo(store)
    assert len(mails(store)) == 1


def test_a_whole_run_is_one_step_of_the_journal(store, jane):
    add_sequence(store, f'enter = "id>0"\n{WELCOME}')
    add_sequence(store, 'enter = "id>0"\n[[step]]\ntask = "Call"', "calls")
    before = store.count_rows("step")
    assert run(store) == {"entered": 2, "mails": 1, "tasks": 1, "done": 1}
    assert store.count_rows("step") == before + 1
    journal.undo(store)
    counts = [store.count_rows(each) for each in ("enrollment", "message", "reminder")]
    assert counts == [0, 0, 0]


def test_a_run_has_no_work_until_something_changes(store, jane, monkeypatch):
    assert not sequence_work.has_work(store)
    add_sequence(store, f'enter = "tag:new"\n{WELCOME}')
    assert sequence_work.has_work(store)
    run(store)
    run(store)
    assert not sequence_work.has_work(store)
    update.edit(store, [jane], update.Edit(tags=("new",)))
    assert sequence_work.has_work(store)
    assert run(store) == {"entered": 1, "mails": 1}
    run(store)
    assert not sequence_work.has_work(store)
    monkeypatch.setenv("CARDCRM_NOW", LATER)
    assert sequence_work.has_work(store)


def test_a_sequence_that_cannot_run_does_not_keep_others_from_it(store, jane):
    broken = add_sequence(store, WELCOME, "broken")
    whole = add_sequence(store, '[[step]]\nmail = "tips"', "whole")
    for each in (broken, whole):
        enrollments.enroll(store, each, [jane])
    store.engine.execute("UPDATE template SET name = 'gone' WHERE name = 'welcome'", {})
    summary = runs.run_due(store, "shop.example", lambda text, *_: text)
    assert list(summary.errors) == ["broken"]
    assert mails(store) == [(jane, "mail-tips", "queued")]


def test_a_killed_run_neither_repeats_nor_loses_a_step(store, jane, monkeypatch):
    people = [add_contact(store, f"P{each}", f"p{each}@example.com") for each in range(12)]
    monkeypatch.setattr(runs, "CHUNK", 5)
    enrollments.enroll(store, add_sequence(store, WELCOME), people)
    load, calls = store.load, []

    def fail(table, *rest, **more):
        calls.append(table)
        if calls.count("enrollment_step") == 2:
            raise KeyboardInterrupt
        load(table, *rest, **more)

    monkeypatch.setattr(store, "load", fail)
    with pytest.raises(KeyboardInterrupt):
        run(store)
    monkeypatch.setattr(store, "load", load)
    assert len(mails(store)) == 5
    assert run(store) == {"mails": 7}
    assert sorted(each[0] for each in mails(store)) == people


def test_a_file_must_keep_the_steps_at_which_contacts_wait(store, jane, monkeypatch):
    sequence = add_sequence(store, WELCOME)
    enrollments.enroll(store, sequence, [jane])
    run(store)
    type_ = registry.record_type("sequence")
    changed = WELCOME.replace("3 days", "5 days")
    with pytest.raises(ConflictError, match="1 contact waits at the step “wait-3-days”"):
        records.edit(store, type_, [sequence.id], {"steps": changed})
    labeled = changed.replace("wait =", 'label = "wait-3-days"\nwait =')
    more = labeled.replace('mail = "tips"', 'task = "Look"\n[[step]]\nmail = "tips"')
    assert records.edit(store, type_, [sequence.id], {"steps": more}) == 1
    assert run(store, LATER, monkeypatch) == {"tasks": 1, "mails": 1, "done": 1}


# Clocks

FAST = "2036-01-01T10:00"
SLOW_STEPS = """
enter = "all"
[[step]]
wait = "1 day"
[[step]]
mail = "welcome"
[[step]]
wait = "7 days"
[[step]]
mail = "tips"
"""


def test_a_contact_that_entered_while_the_clock_was_fast_goes_on(store, jane, monkeypatch):
    add_sequence(store, f'stop = ["reply"]\n{SLOW_STEPS}')
    assert run(store, FAST, monkeypatch) == {"entered": 1}
    monkeypatch.setenv("CARDCRM_NOW", START)
    assert sequence_work.has_work(store)
    assert run(store) == {}
    row = store.row("SELECT entered_on, entered_at, due_at FROM enrollment")
    assert tuple(row) == ("2026-11-23", "2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z")
    assert run(store, "2026-11-24T10:00", monkeypatch) == {"mails": 1}
    interactions.log(store, [jane], "Thanks", kind="mail", direction="in")
    assert run(store, "2026-11-25T10:00", monkeypatch) == {"stopped": 1}


def test_a_wait_that_began_while_the_clock_was_fast_begins_once_more(store, jane, monkeypatch):
    add_sequence(store, SLOW_STEPS)
    assert run(store, START, monkeypatch) == {"entered": 1}
    assert run(store, FAST, monkeypatch) == {"mails": 1}
    for day in (25, 26, 27, 30):
        assert run(store, f"2026-11-{day}T10:00", monkeypatch) == {}
    assert run(store, "2026-12-02T09:59", monkeypatch) == {}
    assert run(store, "2026-12-02T10:00", monkeypatch) == {"mails": 1, "done": 1}


def test_a_clock_that_is_slow_changes_no_wait(store, jane, monkeypatch):
    add_sequence(store, SLOW_STEPS)
    run(store, START, monkeypatch)
    run(store, "2026-11-24T10:00", monkeypatch)
    assert run(store, "2001-01-01T10:00", monkeypatch) == {}
    assert run(store, "2026-11-30T10:00", monkeypatch) == {}
    assert run(store, "2026-12-01T10:00", monkeypatch) == {"mails": 1, "done": 1}
