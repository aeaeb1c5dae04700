"""Dunning: which step comes when, what stops it, and that each step comes once."""

import contextlib
import datetime as dt
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import ConflictError
from cardcrm.formats import archive
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.invoices import dunning_run, invoices
from cardcrm.records.invoices.dunning_rules import LastNotice, Step, find_step
from cardcrm.records.invoices.dunning_type import DUNNING
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.privacy import forget
from cardcrm.records.references import remove_row
from cardcrm.records.service import cases
from cardcrm.records.service.case_type import CASE
from cardcrm.store import integrity, journal, open_store

DUE = dt.date(2026, 10, 1)
TABLES = ("dunning_notice", "message", "reminder")


# The rules


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True),
    st.sets(st.integers(0, 150), max_size=60),
)
def test_each_step_comes_once_in_its_order_and_not_too_soon(days, runs):
    steps = [Step(at, f"s{at}", each, None, "", "") for at, each in enumerate(sorted(days))]
    done = []
    for late in sorted(runs):
        today = DUE + dt.timedelta(days=late)
        last = LastNotice(*done[-1]) if done else None
        if step := find_step(steps, DUE, last, today):
            done.append((step.days, today))
    assert [each for each, _ in done] == sorted(days)[: len(done)]
    for each, on in done:
        assert (on - DUE).days >= each
    for (one, first), (other, second) in pairwise(done):
        assert (second - first).days >= other - one


@given(st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True))
def test_run_every_day_each_step_comes_on_its_own_day(days):
    steps = [Step(at, f"s{at}", each, None, "", "") for at, each in enumerate(sorted(days))]
    last, found = None, []
    for late in range(80):
        today = DUE + dt.timedelta(days=late)
        if step := find_step(steps, DUE, last, today):
            found.append(late)
            last = LastNotice(step.days, today)
    assert found == sorted(days)


# In a database


@pytest.fixture
def now():
    return "2026-10-12T12:00"


@pytest.fixture
def shop(store):
    """Add two steps, and an overdue invoice of Jane and of Bob."""
    for name in ("Jane Doe", "Bob Ray"):
        contacts.add(store, ContactDraft(name))
    template = {"name": "ask", "subject": "Invoice", "text": "{{ invoice.open }}"}
    records.add(store, TEMPLATE, template)
    records.add(store, DUNNING, {"name": "mail", "days": "7", "template": "ask"})
    records.add(store, DUNNING, {"name": "call", "days": "14", "text": "call", "fee": "5 GBP"})
    for number, who in (("R1", "#1"), ("R2", "#2")):
        texts = {"number": number, "contact": who, "amount": "100", "on": "2026-09-01"}
        records.add(store, INVOICE, {**texts, "due": DUE.isoformat()})
    return store


def compose(planned):
    return Draft(planned.contact_id, "x@example.com", "Invoice", f"{planned.level}", step="dunning")


def refuse(_planned):
    return "no address"


def run(store, write=compose):
    return dunning_run.run(store, write, "example.com")


def at(monkeypatch, day):
    monkeypatch.setenv("CARDCRM_NOW", f"{day}T12:00")


def count(store, *tables):
    return [store.value(f"SELECT count(*) FROM {each}") for each in tables or TABLES]


def level(store, number=1):
    return records.get(store, INVOICE, number).values["level"]


def check(store):
    return integrity.check_database(store, lambda _words: None)


def test_steps_come_once_and_in_their_order(shop, monkeypatch):
    assert [each.action for each in run(shop).notices] == ["mail", "mail"]
    assert run(shop).notices == ()
    assert count(shop) == [2, 2, 0]
    at(monkeypatch, "2026-10-18")
    assert run(shop).notices == ()
    at(monkeypatch, "2026-10-19")
    assert [each.action for each in run(shop).notices] == ["reminder", "reminder"]
    assert (level(shop), count(shop)) == (2, [4, 2, 2])
    text = shop.value("SELECT text FROM reminder WHERE contact_id = 1")
    assert text == "Invoice R1: 100.00 GBP open, 18 days overdue: call (5 GBP)"
    at(monkeypatch, "2027-01-01")
    assert run(shop).notices == ()
    assert check(shop) == []


def test_a_run_is_all_or_nothing_and_one_step_of_undo(shop):
    def stop(planned):
        if planned.number == "R2":
            raise KeyboardInterrupt
        return compose(planned)

    before = list(dump.lines(shop))
    with pytest.raises(KeyboardInterrupt):
        run(shop, stop)
    assert list(dump.lines(shop)) == before
    assert len(run(shop).notices) == 2
    journal.undo(shop)
    assert list(dump.lines(shop)) == before
    assert len(run(shop).notices) == 2


def test_a_mail_that_cannot_be_written_becomes_a_reminder(shop):
    (first, _) = run(shop, refuse).notices
    assert (first.action, first.reason) == ("reminder", "no address")
    assert shop.value("SELECT text FROM reminder WHERE contact_id = 1").endswith(
        "; not mailed: no address"
    )


def test_a_payment_cancels_the_mail_that_waits(shop):
    run(shop)
    assert invoices.pay(shop, 1).withdrawn == 1
    statuses = shop.rows("SELECT status FROM message ORDER BY contact_id")
    assert [row[0] for row in statuses] == ["canceled", "queued"]
    assert (level(shop), level(shop, 2)) == (1, 1)
    journal.undo(shop)
    assert shop.value("SELECT status FROM message WHERE contact_id = 1") == "queued"


def test_a_part_that_was_paid_does_not_stop_it(shop):
    invoices.pay(shop, 1, Money(4000, "GBP"))
    planned = dunning_run.plan(shop)
    assert [(each.number, each.open.minor) for each in planned] == [("R1", 6000), ("R2", 10_000)]


def test_a_payment_by_an_edit_counts_from_the_next_run(shop):
    run(shop, refuse)
    records.edit(shop, INVOICE, [1], {"paid_on": "2026-10-12"})
    assert run(shop).withdrawn == 1
    assert [row[0] for row in shop.rows("SELECT contact_id FROM reminder WHERE done_at IS NULL")] \
        == [2]  # fmt: skip


def test_a_dispute_and_an_open_case_hold_it_and_the_step_comes_later(shop):
    records.edit(shop, INVOICE, [1], {"disputed": "yes"})
    case = records.add(shop, CASE, {"contact": "#2", "text": "broken"}).id
    done = run(shop)
    assert done.notices == ()
    assert [each.held for each in done.held] == ["disputed", f"open case {case}"]
    records.edit(shop, INVOICE, [1], {"disputed": "no"})
    cases.solve(shop, case)
    assert len(run(shop).notices) == 2
    records.edit(shop, INVOICE, [1], {"disputed": "yes"})
    assert run(shop).withdrawn == 1
    assert (level(shop), level(shop, 2)) == (0, 1)
    records.edit(shop, INVOICE, [1], {"disputed": "no"})
    assert [each.planned.level for each in run(shop).notices] == [1]


def test_two_steps_on_one_day_are_refused(shop):
    with pytest.raises(ConflictError, match="step mail already comes 7 days after the due date"):
        records.add(shop, DUNNING, {"name": "other", "days": "7"})
    records.edit(shop, DUNNING, [1], {"days": "7", "text": "kind"})


def test_notices_survive_their_step_their_template_and_their_mail(shop, monkeypatch):
    run(shop)
    for noun, row_id in (("message", 1), ("dunning", 1), ("template", 1)):
        with shop.transaction(f"rm {noun}"):
            remove_row(shop, noun, row_id)
    (found,) = dunning_run.list_notices(shop, 1)
    assert (found.level, found.step, found.message_id) == (1, "", None)
    at(monkeypatch, "2026-10-19")
    assert [each.planned.level for each in run(shop).notices] == [2, 2]
    assert check(shop) == []


def test_a_merge_moves_the_invoice_with_its_level_and_removal_takes_the_notices(shop):
    run(shop)
    merge.merge(shop, 2, 1)
    assert (level(shop), records.get(shop, INVOICE, 1).columns["contact_id"]) == (1, 2)
    with shop.transaction("rm"):
        remove_row(shop, "invoice", 1)
    assert count(shop)[0] == 1
    journal.undo(shop)
    assert count(shop)[0] == 2
    assert check(shop) == []


def test_forget_leaves_no_trace_of_the_texts(shop):
    run(shop, refuse)
    forget.forget(shop, 1)
    texts = [str(tuple(each)) for each in shop.rows("SELECT * FROM change")]
    assert not any("R1: 100.00" in each for each in texts)
    assert check(shop) == []


def test_an_archive_holds_the_steps_and_the_notices(shop, locations, locale, tmp_path):
    run(shop)
    lines = json.loads(json.dumps(list(dump.lines(shop))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines
        assert run(other).notices == ()
