"""Cases and service levels in merge, deletion, privacy, archive, copy and check."""

import contextlib
import json

import pytest

from cardcrm.errors import CardcrmError, ConflictError, NotFoundError, UsageError
from cardcrm.formats import archive
from cardcrm.records import records
from cardcrm.records.activity.interactions import Details
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.query_sql import record_query
from cardcrm.records.references import remove_row
from cardcrm.records.service import cases
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.sla_type import SLA
from cardcrm.store import database_copy, integrity, journal, open_store

TABLES = ("service_case", "case_change", "interaction")


def open_case(store, text="The heater leaks", contact="#1", **texts):
    return records.add(store, CASE, {"contact": contact, "text": text, **texts}).id


@pytest.fixture
def case(store):
    """Open a case of Jane, answer it and let it wait; return its number."""
    contacts.add(store, ContactDraft("Jane Doe"))
    records.add(store, SLA, {"name": "desk", "first": "1h", "solve": "8h", "hours": "24/7"})
    case_id = open_case(store)
    cases.reply(store, case_id, "Send a photo", Details("mail"), status="waiting-customer")
    return case_id


def count(store, *tables):
    return [store.value(f"SELECT count(*) FROM {each}") for each in tables or TABLES]


def statuses(store, case_id):
    sql = "SELECT status FROM case_change WHERE case_id = :id ORDER BY id"
    return [row[0] for row in store.rows(sql, id=case_id)]


def value(store, case_id, key):
    return records.get(store, CASE, case_id).values[key]


def find(store, query):
    return record_query.ids(store, CASE, record_query.parse(CASE, query))


def test_a_sound_database_has_sound_cases(store, case):
    assert count(store) == [1, 2, 1]
    assert integrity.check_database(store, lambda _words: None) == []


def test_each_verb_is_one_step_of_undo(store, case):
    other = open_case(store, "And the tap")
    steps = {
        "note": lambda: cases.note(store, case, "here it is", Details("mail", direction="in")),
        "status": lambda: cases.set_status(store, other, "waiting-us"),
        "solve": lambda: cases.solve(store, case, "new valve", Details("message")),
        "rate": lambda: cases.rate(store, case, 4, "quick"),
        "reopen": lambda: cases.reopen(store, case),
        "assign": lambda: cases.assign(store, [case, other], "Zoë"),
        "merge": lambda: cases.merge(store, other, case),
        "split": lambda: cases.split(store, 1),
    }
    states = []
    for run in steps.values():
        states.append(list(dump.lines(store)))
        run()
        assert list(dump.lines(store)) != states[-1]
    for before in reversed(states):
        journal.undo(store)
        assert list(dump.lines(store)) == before
    assert integrity.check_database(store, lambda _words: None) == []


def test_the_status_follows_from_what_was_said(store, case):
    assert value(store, case, "owner") == store.author.name
    cases.note(store, case, "I did", Details("mail", direction="in"))
    cases.note(store, case, "ask Ann", Details("note"))
    cases.reply(store, case, "Thank you", Details("mail"))
    cases.solve(store, case)
    cases.reply(store, case, "Goodbye", Details("mail"))
    cases.note(store, case, "It leaks again", Details("call", direction="in"))
    assert statuses(store, case) == [
        "new", "waiting-customer", "waiting-us", "assigned", "solved", "waiting-us",
    ]  # fmt: skip
    assert value(store, case, "solved") is None


def test_an_owner_makes_a_new_case_an_assigned_one(store, case):
    new = open_case(store)
    cases.assign(store, [new], "ann")
    assert value(store, new, "status") == "assigned"
    with pytest.raises(ConflictError, match="ann looks after case 2"):
        cases.assign(store, [new], "bob", force=False)
    cases.assign(store, [new], "")
    assert statuses(store, new) == ["new", "assigned", "new"]


def test_a_closed_case_keeps_the_moment_of_its_solution(store, case, monkeypatch):
    cases.solve(store, case)
    solved = value(store, case, "solved")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-25T12:00")
    cases.set_status(store, case, "closed")
    assert value(store, case, "solved") == solved


def test_a_merged_case_leads_to_the_other(store, case):
    other = open_case(store, "Heater!", cause=f"#{case}")
    assert cases.merge(store, other, case).moved == 1
    merged = records.get(store, CASE, case)
    assert (merged.values["status"], merged.columns["merged_id"]) == ("closed", other)
    assert records.get(store, CASE, other).columns["cause_id"] is None
    with pytest.raises(ConflictError, match=f"was merged into case {other}"):
        cases.reply(store, case, "hello", Details("mail"))
    with pytest.raises(UsageError, match="into itself"):
        cases.merge(store, other, other)
    third = open_case(store)
    cases.merge(store, third, other)
    assert records.get(store, CASE, case).columns["merged_id"] == third


def test_an_interaction_is_split_off(store, case):
    made = cases.split(store, 1).case
    assert (made.text, made.status, made.contact) == ("Send a photo", "new", "Jane Doe")
    assert store.value("SELECT case_id FROM interaction WHERE id = 1") == made.id
    store_free = records.get(store, CASE, case)
    assert store_free.values["text"] == "The heater leaks"
    with pytest.raises(NotFoundError):
        cases.split(store, 99)


def test_causes_do_not_go_round(store, case):
    second = open_case(store, cause=f"#{case}")
    with pytest.raises(UsageError, match="as its cause"):
        records.edit(store, CASE, [case], {"cause": f"#{second}"})


def test_cases_are_found_by_their_deadlines(store, case, monkeypatch):
    late = open_case(store, opened="2026-11-21 12:00")
    soon = open_case(store, "soon")
    assert find(store, "breached:yes") == [late]
    assert find(store, "breached") == [late]
    assert set(find(store, "breached:no")) == set(find(store, "-breached:yes")) == {case, soon}
    assert find(store, "due<2h") == [soon, late]
    assert find(store, "due>2h") == []
    assert find(store, "due:none") == [case]
    assert set(find(store, "due:today")) == {soon, late}
    assert find(store, "due<2026-11-21") == []
    assert len(find(store, "sla:desk")) == 3
    assert find(store, "sla:none") == []
    for bad in ("breached>yes", "due:soonish", "breached:maybe"):
        with pytest.raises(UsageError):
            find(store, bad)


def test_the_first_service_level_that_fits_counts(store, case):
    contacts.add(store, ContactDraft("Bob", tags=("vip",)))
    records.add(store, SLA, {"name": "gold", "first": "30m", "group": "tag:vip", "order": "1"})
    records.add(store, SLA, {"name": "urgent", "first": "5m", "priority": "urgent", "order": "1"})
    records.edit(store, SLA, [1], {"order": "9"})
    bob = open_case(store, contact="#2")
    urgent = [open_case(store, contact=each, priority="urgent") for each in ("#1", "#2")]
    assert [value(store, each, "sla") for each in (case, bob, *urgent)] == [
        "desk", "gold", "urgent", "gold",
    ]  # fmt: skip


def test_a_service_level_that_changes_counts_at_once(store, case):
    new = open_case(store, opened="2026-11-21 18:30")
    assert value(store, new, "breached") is True
    records.edit(store, SLA, [1], {"first": "3h"})
    assert value(store, new, "breached") is False


def test_a_service_level_in_a_zone_that_is_gone_is_left_out(store, case):
    with store.transaction("zone"):
        store.update("sla", 1, zone="Europe/Atlantis")
    assert value(store, case, "sla") == ""
    from cardcrm.records.service.sla_rules import load_rules

    (broken,) = load_rules(store).broken
    assert "unknown time zone “Europe/Atlantis”" in broken.problem


@pytest.mark.parametrize(
    "texts",
    [{}, {"first": "1d"}, {"first": "soon"}, {"first": "0h"}, {"solve": "8h", "hours": "9-17"},
     {"solve": "8h", "group": "nonsense>5"}, {"solve": "8h", "zone": "Mars/Base"},
     {"solve": "8h", "zone": "+01:00"}, {"solve": "8h", "holidays": "GB-XYZ"},
     {"solve": "8h", "holidays": "2026-13-01"}],
)  # fmt: skip
def test_a_bad_service_level_is_refused(store, texts):
    with pytest.raises(CardcrmError):
        records.add(store, SLA, {"name": "bad", **texts})
    assert count(store, "sla") == [0]


def test_holidays_of_a_country_are_free(store, case):
    records.edit(
        store, SLA, [1], {"hours": "mon-fri 9-17", "holidays": "GB-ENG, 2026-12-24", "zone": "UTC"}
    )
    new = open_case(store, opened="2026-11-21 12:00")
    with store.transaction("before Christmas"):
        store.update("service_case", new, opened_at="2026-12-23T16:30:00Z")
    due = value(store, new, "first_response_due")
    assert f"{due:%Y-%m-%d %H:%M}" == "2026-12-29 09:30"  # the 28th is Boxing Day, moved


def test_a_merge_of_contacts_moves_the_cases(store, case):
    other = contacts.add(store, ContactDraft("Jane D."))
    merge.merge(store, other.id, 1)
    assert store.value("SELECT contact_id FROM service_case") == other.id


def test_cases_go_with_their_contact_and_leave_the_interactions_of_others(store, case):
    before = list(dump.lines(store))
    with store.transaction("rm"):
        remove_row(store, "case", case)
    assert count(store) == [0, 0, 1]
    assert store.value("SELECT case_id FROM interaction") is None
    journal.undo(store)
    assert list(dump.lines(store)) == before
    with store.transaction("rm"):
        remove_row(store, "contact", 1)
    assert count(store) == [0, 0, 0]
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_privacy_shows_the_cases_of_a_person_and_forget_erases_them(store, case):
    related = open_case(store, "Other", cause=f"#{case}")
    contacts.add(store, ContactDraft("Bob"))
    kept = open_case(store, "Bob's", contact="#2", cause=f"#{case}")
    found = gather(store, 1)["cases"]
    assert [each["text"] for each in found] == ["The heater leaks", "Other"]
    assert [each["status"] for each in found[0]["case_changes"]] == ["new", "waiting-customer"]
    forget.forget(store, 1)
    assert count(store) == [1, 1, 0]
    assert records.get(store, CASE, kept).columns["cause_id"] is None
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("heater" in each for each in texts)
    with pytest.raises(NotFoundError):
        records.get(store, CASE, related)
    assert integrity.check_database(store, lambda _words: None) == []


def test_an_archive_holds_cases_and_restores_them(store, case, locations, locale, tmp_path):
    open_case(store, "Second", cause=f"#{case}")
    cases.merge(store, 2, case)
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines


def test_a_copy_has_the_cases(store, case, locations, locale):
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(store, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in TABLES] == [1, 2, 1]
        assert value(other, case, "sla") == "desk"
