"""The inbox: threads that wait for an answer, against a slow plain oracle."""

import datetime as dt
import random
from dataclasses import dataclass

import pytest

from cardcrm import dates
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.mail_drafts import MailAddress, MailDraft
from cardcrm.records.activity.mail_log import MailOptions, log_mails
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import outbox, received, sending
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.mail.sending import Outcome, Position
from cardcrm.records.query_sql import contact_query
from cardcrm.reports.mail.inbox import read_inbox
from cardcrm.store import journal

ME = MailAddress("ann@example.org", "Ann")
TODAY = dt.date(2026, 11, 21)
OPTIONS = MailOptions(frozenset({"ann@example.org"}), takes_automatic=True, account="work")

pytestmark = pytest.mark.engines("sqlite", "postgresql")


def add(store, name, **more):
    point = ContactPointDraft("email", f"{name.lower()}@example.com")
    return contacts.add(store, ContactDraft(name=name, points=(point,), **more)).id


def at(day, hour=12):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def incoming(name, id_, when, *, after="", subject="Roses", text="Do you have roses?", **more):
    sender = MailAddress(f"{name.lower()}@example.com", name)
    references = (after,) if after else ()
    return MailDraft(
        id_, sender, (ME,), when, f"{subject}\n\n{text}", references=references,
        reply_to_id=after, subject=subject, **more,
    )  # fmt: skip


def outgoing(name, id_, when, after=""):
    to = MailAddress(f"{name.lower()}@example.com", name)
    references = (after,) if after else ()
    return MailDraft(id_, ME, (to,), when, "Re\n\nYes", references, after, is_sent=True)


def log(store, *drafts):
    outcomes = log_mails(store, drafts, OPTIONS)
    return [each.interaction_id for each in outcomes]


def waiting(store, **more):
    return [each.subject for each in read_inbox(store, TODAY, **more)]


def test_thread_waits_until_it_is_answered(store):
    jane = add(store, "Jane")
    (first,) = log(store, incoming("Jane", "a@x", at(18), subject="Arches"))
    (thread,) = read_inbox(store, TODAY)
    assert (thread.id, thread.contact_id, thread.contact) == (first, jane, "Jane")
    assert (thread.address, thread.subject) == ("jane@example.com", "Arches")
    assert (thread.text, thread.account) == ("Do you have roses?", "work")
    assert (thread.on, thread.at) == (dt.date(2026, 11, 18), "2026-11-18T12:00:00Z")
    assert thread.count_days(TODAY) == 3
    log(store, outgoing("Jane", "b@x", at(19), after="a@x"))
    assert waiting(store) == []
    (last,) = log(store, incoming("Jane", "c@x", at(20), after="b@x", subject="Re: Arches"))
    assert [each.id for each in read_inbox(store, TODAY)] == [last]


@pytest.mark.parametrize(
    ("kind", "details", "is_answer"),
    [
        ("call", {"direction": "out"}, True),
        ("meeting", {}, True),
        ("note", {}, False),
        ("call", {"direction": "in"}, False),
        ("call", {"direction": "out", "no_answer": True}, False),
    ],
)
def test_touch_that_went_out_is_an_answer(store, kind, details, is_answer):
    jane = add(store, "Jane")
    log(store, incoming("Jane", "a@x", at(18)))
    day = dates.DayTime(dt.date(2026, 11, 19))
    interactions.log(store, [jane], "said", kind=kind, when=day, **details)
    assert waiting(store) == ([] if is_answer else ["Roses"])


def test_mail_of_a_campaign_answers_nothing(store):
    jane = add(store, "Jane")
    log(store, incoming("Jane", "a@x", at(18)))
    (message,) = outbox.enqueue(
        store, [Draft(jane, "jane@example.com", "News", "News", purpose="newsletter")], "x.org"
    )
    logged = interactions.log(store, [jane], "News", kind="mail", direction="out")
    with store.transaction():
        store.update("message", message, status="sent", interaction_id=logged.id)
    assert waiting(store) == ["Roses"]


@pytest.mark.parametrize(
    ("status", "count"), [("queued", 0), ("uncertain", 0), ("canceled", 1), ("failed", 1)]
)
def test_reply_in_the_outbox_is_an_answer_unless_it_failed(store, status, count):
    jane = add(store, "Jane")
    log(store, incoming("Jane", "a@x", at(18)))
    draft = Draft(jane, "jane@example.com", "Re: Roses", "Yes", reply_to_id="a@x")
    (message,) = outbox.enqueue(store, [draft], "example.org")
    with store.transaction():
        store.update("message", message, status=status)
    assert len(waiting(store)) == count


def test_reply_answers_its_own_thread_alone_queued_and_sent(store):
    jane = add(store, "Jane")
    older, newer = incoming("Jane", "a@x", at(17)), incoming("Jane", "b@x", at(18), subject="Rent")
    log(store, older, newer)
    draft = Draft(jane, "jane@example.com", "Re: Roses", "Yes", reply_to_id="a@x")
    (message,) = outbox.enqueue(store, [draft], "example.org")
    assert waiting(store) == ["Rent"]
    (taken,), _ = sending.advance(store, [], sending.list_due(store, Position(), 1))
    sending.advance(store, [Outcome(taken, "sent")], [])
    assert store.value("SELECT status FROM message WHERE id = :id", id=message) == "sent"
    assert waiting(store) == ["Rent"]
    log(store, outgoing("Jane", "c@x", at(19)))
    assert waiting(store) == []


def test_automatic_answer_neither_waits_nor_hides_the_mail_before(store):
    add(store, "Jane")
    away = incoming("Jane", "b@x", at(19), after="a@x", is_automatic="an automatic answer")
    log(store, incoming("Jane", "a@x", at(18), subject="Arches"), away)
    assert waiting(store) == ["Arches"]


def test_oldest_promise_comes_first_and_then_the_oldest_mail(store):
    ids = {name: add(store, name) for name in ("Ann", "Bea", "Cem", "Dora")}
    log(
        store,
        *(incoming(n, f"{n}@x", at(day), subject=n) for n, day in zip(ids, (20, 19, 18, 17),
          strict=True)),
    )  # fmt: skip
    for name, day in (("Ann", 25), ("Bea", 23)):
        reminders.add(store, ids[name], "send a price", dates.DayTime(dt.date(2026, 11, day)),
                      promise=True)  # fmt: skip
    reminders.add(store, ids["Cem"], "call", dates.DayTime(dt.date(2026, 11, 1)))
    assert waiting(store) == ["Bea", "Ann", "Dora", "Cem"]
    assert read_inbox(store, TODAY, limit=1)[0].promise.text == "send a price"


def test_done_thread_comes_back_with_the_next_mail_and_by_undo(store):
    add(store, "Jane")
    first, second = log(
        store, incoming("Jane", "a@x", at(18)), incoming("Jane", "b@x", at(19), after="a@x")
    )
    received.mark_done(store, first)  # any mail of the thread
    assert waiting(store) == []
    journal.undo(store)
    assert [each.id for each in read_inbox(store, TODAY)] == [second]
    received.mark_done(store, second)
    (third,) = log(store, incoming("Jane", "c@x", at(20), after="b@x"))
    assert [each.id for each in read_inbox(store, TODAY)] == [third]


def test_threads_are_limited_to_an_owner_a_query_and_days(store):
    for name, owner in (("Jane", "zoe"), ("Otto", "Ann"), ("Kim", "")):
        add(store, name, owner=owner)
        log(store, incoming(name, f"{name}@x", at(15), subject=name))
    assert waiting(store, owner="ZOE") == ["Jane", "Kim"]
    assert waiting(store, where=contact_query.parse(store, "name:otto")) == ["Otto"]
    assert waiting(store, days=5) == []
    assert len(waiting(store, days=6)) == 3


def test_answer_goes_to_the_address_that_is_asked_for_unless_it_is_ours(store):
    add(store, "Jane")
    wanted = MailAddress("orders@jane.example")
    log(
        store,
        incoming("Jane", "a@x", at(18), reply_to=wanted),
        incoming("Jane", "b@x", at(19), reply_to=ME),
    )
    assert [each.address for each in read_inbox(store, TODAY)] == [wanted.email, "jane@example.com"]


# The oracle


@dataclass
class Event:
    """A mail or another touch of a contact."""

    row: int
    contact: str
    kind: str
    direction: str
    day: dt.date
    time: str | None
    thread: str = ""
    is_automatic: bool = False
    no_answer: bool = False
    is_reply: bool = False


def find_waiting(events):
    """Return the rows of the threads that wait, looking at each thread mail by mail."""
    threads = {}
    for each in events:
        if each.kind == "mail" and not each.is_automatic:
            threads.setdefault(each.thread, []).append(each)
    found = set()
    for mails in threads.values():
        last = max(mails, key=lambda each: (each.day, each.time or "", each.row))
        if last.direction == "in" and not any(is_answer(each, last) for each in events):
            found.add(last.row)
    return found


def is_answer(event, last):
    if event.contact != last.contact or event.direction == "in" or event.no_answer:
        return False
    if event.kind == "note" or event.is_reply or event.day < last.day:
        return False
    return event.day > last.day or event.time is None or event.time >= last.time


@pytest.mark.parametrize("seed", range(6))
def test_inbox_agrees_with_the_oracle(store, seed):
    draw = random.Random(seed)
    names = ["Ann", "Bea", "Cem", "Dora", "Eli"]
    ids = {name: add(store, name) for name in names}
    events, roots = [], {}
    for number in range(120):
        name, day, hour = draw.choice(names), draw.randint(1, 20), draw.randint(6, 20)
        when, time = at(day, hour), f"{hour:02}"
        root = roots.setdefault((name, draw.randint(0, 6)), f"{number}@x")
        after = root if root != f"{number}@x" else ""
        what = draw.choice(["in", "in", "in", "in", "out", "automatic", "other", "other"])
        event = Event(0, name, "mail", "in", when.date(), time, root)
        if what == "other" or (what == "out" and draw.random() < 0.5):
            event.kind = draw.choice(["call", "note", "meeting"])
            event.direction = draw.choice(["in", "out", ""]) if event.kind == "call" else ""
            event.no_answer = event.kind == "call" and draw.random() < 0.4
            event.time = draw.choice([None, time])
            moment = dt.time(hour) if event.time else None
            event.row = interactions.log(
                store, [ids[name]], "said", kind=event.kind, direction=event.direction,
                no_answer=event.no_answer, when=dates.DayTime(event.day, moment),
            ).id  # fmt: skip
        elif what == "out":
            event.direction, event.is_reply = "out", bool(after)
            event.row = log(store, outgoing(name, f"{number}@x", when, after))[0]
        else:
            event.is_automatic = what == "automatic"
            reason = "an automatic answer" if event.is_automatic else ""
            draft = incoming(name, f"{number}@x", when, after=after, is_automatic=reason)
            event.row = log(store, draft)[0]
        events.append(event)
    found = [each.id for each in read_inbox(store, TODAY)]
    assert set(found) == find_waiting(events)
    assert len(found) == len(set(found))
    assert found or seed
