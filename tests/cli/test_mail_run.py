"""Test `mail run` and the commands that change what becomes of messages."""

import json

import pytest

from cardcrm.records import records
from cardcrm.records.campaigns import campaigns
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import outbox, permission
from tests.support.mail_servers import follow_script

pytestmark = pytest.mark.engines("sqlite", "postgresql")


@pytest.fixture
def settings(monkeypatch):
    """Set the server, whose port is given."""

    def use(port):
        given = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "FROM": "me@firm.com"}
        for name, value in given.items():
            monkeypatch.setenv(f"CARDCRM_MAIL_{name}", value)

    return use


@pytest.fixture
def run(typed):
    """Run a command that must end with a code; return its data and messages."""

    def check(*words, code=0):
        found, out, err = typed(*words)
        assert found == code, err
        return out + err

    return check


def queue(store, count=1, **more):
    points = (ContactPointDraft("email", "jane@example.com"),)
    jane = contacts.add(store, ContactDraft(name="Jane", points=points))
    draft = outbox.Draft(jane.id, "jane@example.com", "Subject", "Dear Jane", **more)
    return outbox.enqueue(store, [draft] * count, "example.com")


def statuses(store):
    return [row[0] for row in store.rows("SELECT status FROM message ORDER BY id")]


def test_run_says_what_was_sent_and_nothing_when_nothing_is_due(run, store, settings):
    queue(store, 2)
    with follow_script(RCPT=["550 unknown user"]) as (_, port):
        settings(port)
        assert "would send 2" in run("mail", "run", "--dry-run")
        said = run("mail", "run")
        assert "1 sent, 1 failed" in said
        assert "cardcrm message list status:failed --columns id,to,error" in said
        found = json.loads(run("mail", "run", "--json"))
    assert (found["sent"], found["failed"], found["waiting"]) == (0, 0, 0)


def test_message_without_a_subject_is_named_once(run, store):
    points = (ContactPointDraft("email", "jane@example.com"),)
    jane = contacts.add(store, ContactDraft(name="Jane", points=points))
    outbox.enqueue(store, [outbox.Draft(jane.id, "jane@example.com", text="Hi")], "example.com")
    assert run("message", "show", "1").count("message 1") == 1


def test_due_counts_the_mail_that_was_not_sent(run, store, settings):
    assert json.loads(run("due", "--json"))["mail_troubled"] == []
    queue(store, 2)
    with follow_script(RCPT=["550 unknown user"], text=["drop"]) as (_, port):
        settings(port)
        run("mail", "run")
    assert json.loads(run("due", "--json"))["mail_troubled"] == [
        {"status": "failed", "count": 1},
        {"status": "uncertain", "count": 1},
    ]
    said = " ".join(run("due").split())
    assert "2 messages not sent" in said
    assert "Mail was not sent" in said
    assert "cardcrm message list status:uncertain --columns id,to,error" in said
    listed = run("message", "list", "status:failed", "--columns", "id,to,error")
    assert "550 unknown user" in listed
    assert "uncertain" not in run("due", "--today")


def test_sender_is_an_address_without_a_name(run, store, monkeypatch):
    queue(store)
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("CARDCRM_MAIL_FROM", "Rosa <rosa@firm.com>")
    assert "cardcrm config set mail.name NAME" in run("mail", "run", code=2)


def test_limit_leaves_the_rest(run, store, settings):
    queue(store, 3)
    with follow_script() as (accepted, port):
        settings(port)
        run("mail", "run", "--limit", "2")
    assert (len(accepted), statuses(store)) == (2, ["sent", "sent", "queued"])


def test_second_run_leaves_the_first_alone(run, store, settings):
    queue(store)
    with follow_script() as (accepted, port):
        settings(port)
        with store.engine.try_lock("sending"):
            assert "another run is sending" in run("mail", "run")
        assert accepted == []
        assert "1 sent" in run("mail", "run")


def test_canceled_message_is_not_sent_and_undo_queues_it_again(run, store, settings):
    queue(store, 2)
    run("message", "cancel", "1")
    assert statuses(store) == ["canceled", "queued"]
    run("undo")
    assert statuses(store) == ["queued", "queued"]


def test_sent_message_can_neither_be_canceled_nor_removed(run, store, settings):
    queue(store)
    with follow_script() as (_, port):
        settings(port)
        run("mail", "run")
    for verb in ("cancel", "retry"):
        assert "it is sent" in run("message", verb, "1", code=4)
    assert "it is sent" in run("message", "rm", "1", "--yes", code=4)


def test_uncertain_message_is_sent_again_only_when_confirmed(run, store, settings):
    queue(store)
    with follow_script(text=["drop"]) as (accepted, port):
        settings(port)
        assert "1 uncertain" in run("mail", "run")
        assert "may have arrived already" in run("message", "retry", "1", code=2)
        assert statuses(store) == ["uncertain"]
        run("message", "retry", "1", "--yes")
        assert "1 sent" in run("mail", "run")
    assert len(accepted) == 1


def test_campaign_mail_waits_in_quiet_hours(run, store, settings, monkeypatch):
    queue(store, purpose="newsletter")
    queue(store)
    monkeypatch.setenv("CARDCRM_MAIL_QUIET_HOURS", "00:00-23:59:59")
    with follow_script() as (accepted, port):
        settings(port)
        assert "1 sent, 1 wait (quiet hours)" in run("mail", "run")
    assert (len(accepted), statuses(store)) == (1, ["queued", "sent"])


def test_quiet_hours_are_those_of_the_contact(run, store, settings, monkeypatch):
    """Send to New York in the afternoon, while it is night in London."""
    queue(store, purpose="events")
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    monkeypatch.setenv("CARDCRM_NOW", "2027-01-15T22:30")
    monkeypatch.setenv("CARDCRM_MAIL_QUIET_HOURS", "21:00-08:00")
    with follow_script() as (accepted, port):
        settings(port)
        told = run("mail", "run", "--dry-run")
        assert "would send 0 messages, 1 would wait (quiet hours)" in told
        assert "1 wait (quiet hours)" in run("mail", "run")
        run("edit", "Jane", "--timezone", "America/New_York")
        assert "1 sent" in run("mail", "run")
    assert len(accepted) == 1


@pytest.fixture
def campaign(run, typed):
    """Add a contact and a campaign to it; return a function that adds another campaign."""
    run("add", "Jane", "--email", "jane@example.com", "--tag", "garden")
    run("template", "add", "hello", "--subject", "Hello", "--text", "Dear Jane")

    def add(name):
        run("campaign", "add", name, "--segment", "tag:garden", "--template", "hello")
        return name

    return add


def schedule(store, name):
    campaigns.schedule(store, records.find(store, "campaign", name).id, "2026-01-01T00:00:00Z")


def test_campaign_that_cannot_be_queued_does_not_stop_the_others(run, store, settings, campaign):
    for name in ("broken", "spring"):
        schedule(store, campaign(name))
    with store.transaction():
        broken = records.find(store, "campaign", "broken").id
        store.update("campaign", broken, template_id=None)
    with follow_script() as (accepted, port):
        settings(port)
        shown = run("mail", "run", code=1)
    assert "the campaign broken was not queued: the campaign broken has no template" in shown
    assert "cardcrm campaign edit broken --template NAME" in shown
    assert len(accepted) == 1


def test_refused_messages_do_not_count_against_the_limit(run, store, settings):
    queue(store, 3)
    points = (ContactPointDraft("email", "bob@example.com"),)
    bob = contacts.add(store, ContactDraft(name="Bob", points=points))
    outbox.enqueue(store, [outbox.Draft(bob.id, "bob@example.com", "Subject", "Text")], "firm.com")
    permission.opt_out(store, "jane@example.com", source="hand")
    with follow_script() as (accepted, port):
        settings(port)
        assert "1 sent, 3 canceled" in run("mail", "run", "--limit", "1")
    assert len(accepted) == 1


def test_undo_says_that_a_message_was_sent(run, store, settings):
    run("add", "Jane", "--email", "jane@example.com")
    with follow_script() as (_, port):
        settings(port)
        run("mail", "jane", "--subject", "Hello", "Dear", "Jane")
        run("mail", "run")
    assert "message 1 was sent already and cannot be undone" in run("undo", code=4)


def test_template_of_a_scheduled_campaign_is_changed_after_a_pause(run, store, campaign):
    run("template", "add", "foot", "--text", "Bye now")
    run("template", "edit", "hello", "--text", 'Dear Jane {% include "foot" %}')
    run("template", "add", "other", "--subject", "Other", "--text", "Other text")
    schedule(store, campaign("spring"))
    for words in (
        ("edit", "hello", "--text", "Dear Joan"),
        ("edit", "foot", "--text", "Good bye"),
        ("rm", "hello", "--yes"),
    ):
        shown = run("template", *words, code=4)
        assert "in use by the campaign spring" in shown
        assert "cardcrm campaign pause spring" in shown
    run("template", "edit", "other", "--text", "Another text")
    run("campaign", "pause", "spring")
    run("template", "edit", "hello", "--text", "Dear Joan")
    assert "resumed" in run("campaign", "resume", "spring")
    assert records.find(store, "campaign", "spring").columns["status"] == "scheduled"


# Clocks

TODAY, YESTERDAY, NEXT_YEAR = "2026-11-30T10:00", "2026-11-29T10:00", "2027-11-30T10:00"


@pytest.fixture
def clock(monkeypatch):
    """Set the clock."""
    return lambda now: monkeypatch.setenv("CARDCRM_NOW", now)


@pytest.mark.parametrize("wrong", [YESTERDAY, NEXT_YEAR])
def test_mail_that_was_put_off_by_a_wrong_clock_is_sent_once_it_is_right(
    run, store, settings, clock, wrong
):
    clock(TODAY)
    queue(store, 3)
    clock(wrong)
    outbox.enqueue(store, [outbox.Draft(1, "jane@example.com", "Late", "Text")], "firm.com")
    with follow_script(RCPT=["451 later"]) as (accepted, port):
        settings(port)
        run("mail", "run")
        clock(TODAY)
        run("mail", "run")
        clock("2026-12-01T12:00")
        run("mail", "run")
        clock(wrong)
        run("mail", "run")
    assert (len(accepted), statuses(store)) == (4, ["sent"] * 4)
    assert len({each.partition(b"Message-ID: ")[2].split()[0] for each in accepted}) == 4


def test_mail_for_a_later_day_keeps_it(run, store, settings, clock):
    clock(TODAY)
    queue(store, due_at="2026-12-24T09:00:00Z")
    with follow_script() as (accepted, port):
        settings(port)
        run("mail", "run")
        assert accepted == []
        clock("2026-12-24T10:00")
        run("mail", "run")
    assert len(accepted) == 1


@pytest.mark.parametrize(("wrong", "sent"), [(YESTERDAY, 0), (NEXT_YEAR, 1)])
def test_the_cap_recovers_from_a_wrong_clock(run, store, settings, clock, monkeypatch, wrong, sent):
    monkeypatch.setenv("CARDCRM_MAIL_CAP", "1")
    monkeypatch.setenv("CARDCRM_MAIL_QUIET_HOURS", "none")
    with follow_script() as (accepted, port):
        settings(port)
        clock(wrong)
        queue(store, purpose="offers")
        assert "1 sent" in run("mail", "run")
        clock(TODAY)
        outbox.enqueue(
            store,
            [outbox.Draft(1, "jane@example.com", "More", "Text", purpose="offers")],
            "firm.com",
        )
        assert json.loads(run("mail", "run", "--json"))["sent"] == sent
        clock("2026-12-08T10:00")
        run("mail", "run")
    assert (len(accepted), statuses(store)) == (2, ["sent", "sent"])


# Sequences


def test_sequence_without_mail_needs_no_server(run, store):
    points = (ContactPointDraft("email", "jane@example.com"),)
    contacts.add(store, ContactDraft(name="Jane", points=points))
    run("sequence", "add", "calls", "--file", '[[step]]\ntask = "Ring {{ contact.name }}"')
    run("sequence", "enroll", "calls", "jane")
    assert "would send 0 messages; sequences would run" in run("mail", "run", "--dry-run")
    run("mail", "run")
    assert store.value("SELECT text FROM reminder") == "Ring Jane"


def test_an_empty_list_names_the_command_that_adds(run, store):
    assert "cardcrm mail --help" in run("message", "list")
    assert "cardcrm sequence enroll --help" in run("enrollment", "list")
