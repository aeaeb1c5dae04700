"""Cadences in the digest: touches, turns that come soon, rules, snoozes, and the status."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import AnniversaryDraft, ContactDraft
from cardcrm.records.contacts.merge import merge
from cardcrm.records.query_sql import cadences, contact_query, segments
from cardcrm.records.query_sql.snooze_touch import snooze_touch
from cardcrm.reports.due import build_digest
from cardcrm.reports.due_rows import Digest, DigestPart, OverdueContact
from cardcrm.store import Store, integrity, journal

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def now() -> str:
    return "2026-11-21T09:00"


def days(number: int) -> dt.date:
    return TODAY + dt.timedelta(days=number)


def add(store: Store, name: str = "Jane Doe", *, touched: int | None = None, **more: object) -> int:
    """Add a contact that was called some days ago."""
    number = contacts.add(store, ContactDraft(name=name, **more)).id  # type: ignore[arg-type]
    if touched is not None:
        interactions.log(store, [number], "spoke", kind="call", when=DayTime(days(touched)))
    return number


def shown(part: DigestPart[OverdueContact]) -> list[tuple[int, dt.date, int]]:
    return [(each.contact.id, each.touch_by, each.cadence_days) for each in part.rows]


def digest(store: Store, ahead: int = 7, query: str = "") -> Digest:
    node = contact_query.parse(store, query) if query else None
    return build_digest(store, TODAY, ahead=ahead, query=node)


# touches


@pytest.mark.parametrize(
    ("kind", "no_answer", "outcome"),
    [("note", False, ""), ("call", True, ""), ("visit", True, "not at home"),
     ("call", False, "no answer"), ("call", False, " No Answer "), ("note", True, "")],
)  # fmt: skip
def test_a_note_and_an_unanswered_attempt_leave_the_cadence_alone(
    store: Store, kind: str, no_answer: bool, outcome: str
) -> None:
    jane = add(store, every="30d", touched=-42)
    interactions.log(store, [jane], "x", kind=kind, no_answer=no_answer, outcome=outcome)
    found = contacts.get(store, jane)
    assert (found.last_on, found.touched_on) == ("2026-11-21", str(days(-42)))
    assert shown(digest(store).losing_touch) == [(jane, days(-12), 30)]


@pytest.mark.parametrize(
    ("change", "is_touched"),
    [({"kind": "note"}, False), ({"no_answer": True}, False), ({"outcome": "no answer"}, False),
     ({"outcome": "sold"}, True), ({"when": DayTime(dt.date(2026, 11, 20))}, True)],
)  # fmt: skip
def test_an_edit_of_an_interaction_moves_the_touch(
    store: Store, change: dict[str, object], is_touched: bool
) -> None:
    jane = add(store, every="30d", touched=-42)
    call = interactions.log(store, [jane], "x", kind="call").id
    before = contacts.get(store, jane)
    interactions.edit(store, call, **change)  # type: ignore[arg-type]
    touched = str(change["when"].day) if "when" in change else "2026-11-21"  # type: ignore[attr-defined]
    assert contacts.get(store, jane).touched_on == (touched if is_touched else str(days(-42)))
    assert not integrity.check_database(store, lambda _words: None)
    journal.undo(store)
    assert contacts.get(store, jane) == before


def test_an_outcome_that_no_longer_says_so_is_a_touch_again(store: Store) -> None:
    jane = add(store)
    call = interactions.log(store, [jane], "x", kind="call", outcome="no answer").id
    assert contacts.get(store, jane).touched_on is None
    interactions.edit(store, call, outcome="he called back")
    assert contacts.get(store, jane).touched_on == "2026-11-21"


def test_a_touch_of_a_person_counts_for_the_organization_and_a_note_does_not(store: Store) -> None:
    jane = add(store, org="Acme")
    org = contacts.get(store, jane).org_id
    assert org is not None
    update.edit(store, [org], update.Edit(values=(("every", "30d"),)))
    interactions.log(store, [jane], "x", kind="call", when=DayTime(days(-40)))
    interactions.log(store, [jane], "x", kind="note", when=DayTime(days(-1)))
    found = contacts.get(store, org)
    assert (found.last_on, found.touched_on) == (str(days(-1)), str(days(-40)))
    assert shown(digest(store).losing_touch) == [(org, days(-10), 30)]


# soon


def test_cadences_that_run_out_in_the_days_ahead_are_a_part_of_their_own(store: Store) -> None:
    add(store, "Far", every="30d", touched=-22)
    last = add(store, "Last", every="30d", touched=-23)
    first = add(store, "First", every="30d", touched=-29)
    now = add(store, "Now", every="30d", touched=-30)
    found = digest(store)
    assert shown(found.touch_soon) == [(first, days(1), 30), (last, days(7), 30)]
    assert shown(found.losing_touch) == [(now, TODAY, 30)]
    assert shown(digest(store, ahead=0).touch_soon) == []
    assert found.only(overdue=True, today=True).touch_soon.rows == ()


def test_a_contact_with_a_reminder_in_these_days_is_not_told_twice(store: Store) -> None:
    jane = add(store, every="30d", touched=-29)
    reminders.add(store, jane, "call", DayTime(days(5)))
    assert shown(digest(store).touch_soon) == []
    assert shown(digest(store, ahead=4).touch_soon) == [(jane, days(1), 30)]


# status


@pytest.mark.parametrize("status", ["deceased", "closed"])
def test_a_contact_that_has_gone_has_no_cadence_and_no_birthday(store: Store, status: str) -> None:
    birthday = (AnniversaryDraft("birthday", "1980-11-23"),)
    jane = add(store, every="30d", touched=-42, days=birthday, tags=("vip",))
    cadences.set_rule(store, "tag:vip", 10)
    reminder = reminders.add(store, jane, "condole", DayTime(TODAY)).id
    update.edit(store, [jane], update.Edit(values=(("status", status),)))
    found = digest(store)
    assert (found.losing_touch.rows, found.touch_soon.rows, found.days.rows) == ((), (), ())
    assert [each.id for each in found.today.rows] == [reminder]
    journal.undo(store)
    assert len(digest(store).days.rows) == 1


def test_a_merge_keeps_that_a_contact_has_gone(store: Store) -> None:
    keep, other = add(store, every="30d"), add(store, status="deceased")
    assert merge(store, keep, other).status == "deceased"
    assert contacts.get(store, keep).touch_by is None


# rules


def test_the_shortest_rule_counts_and_a_cadence_of_its_own_more_than_any(store: Store) -> None:
    vip = add(store, "Vip", touched=-40, tags=("vip",))
    both = add(store, "Both", touched=-40, tags=("vip", "cold"))
    own = add(store, "Own", touched=-40, tags=("vip",), every="90d")
    add(store, "Never", touched=-400, tags=("vip",), every="never")
    add(store, "None", touched=-400)
    cadences.set_rule(store, "tag:vip", 30)
    cadences.set_rule(store, "tag:cold", 7)
    assert shown(digest(store).losing_touch) == [(both, days(-33), 7), (vip, days(-10), 30)]
    assert shown(digest(store, ahead=60).touch_soon) == [(own, days(50), 90)]
    assert shown(digest(store, query="-tag:cold").losing_touch) == [(vip, days(-10), 30)]


def test_a_late_contact_of_a_short_rule_is_not_soon_by_a_longer_one(store: Store) -> None:
    jane = add(store, touched=-28, tags=("vip",))
    cadences.set_rule(store, "tag:vip", 30)
    cadences.set_rule(store, "name:jane", 10)
    found = digest(store)
    assert shown(found.losing_touch) == [(jane, days(-18), 10)]
    assert found.touch_soon.rows == ()


def test_a_rule_counts_from_the_day_on_which_a_contact_was_added(store: Store) -> None:
    jane = add(store, tags=("vip",))
    interactions.log(store, [jane], "only a note", when=DayTime(days(-90)))
    cadences.set_rule(store, "tag:vip", 5)
    assert shown(digest(store).touch_soon) == [(jane, days(5), 5)]


def test_rows_of_own_cadences_and_of_rules_are_ordered_and_counted_together(store: Store) -> None:
    for number in range(4):
        add(store, f"Own {number}", every="10d", touched=-20 - 2 * number)
        add(store, f"Vip {number}", touched=-21 - 2 * number, tags=("vip",))
    cadences.set_rule(store, "tag:vip", 10)
    part = build_digest(store, TODAY, limit=3).losing_touch
    assert [each.days_late for each in part.rows] == [17, 16, 15]
    assert (part.total, part.exact) == (8, True)


def test_a_rule_may_be_a_segment_and_says_when_that_has_gone(store: Store) -> None:
    jane = add(store, touched=-40, tags=("vip",))
    segments.save(store, "best", "tag:vip")
    cadences.set_rule(store, "segment:best", 30)
    assert shown(digest(store).losing_touch) == [(jane, days(-10), 30)]
    with store.transaction():
        store.delete("segment", 1)
    with pytest.raises(UsageError, match="segment:best") as caught:
        digest(store)
    assert "config cadence 'segment:best' none" in (caught.value.hint or "")


@pytest.mark.parametrize("query", ["cadence<7d", "-has:cadence", "segment:turn"])
def test_a_rule_cannot_depend_on_cadences(store: Store, query: str) -> None:
    segments.save(store, "turn", "cadence<7d")
    with pytest.raises(UsageError, match="must not use cadence"):
        cadences.set_rule(store, query, 30)


def test_a_rule_is_replaced_removed_and_undone(store: Store) -> None:
    jane = add(store, touched=-40, tags=("vip",))
    cadences.set_rule(store, "tag:vip", 30)
    assert cadences.set_rule(store, "tag:vip", 20) == 1
    assert shown(digest(store).losing_touch) == [(jane, days(-20), 20)]
    cadences.remove_rule(store, "tag:vip")
    assert shown(digest(store).losing_touch) == []
    journal.undo(store)
    assert shown(digest(store).losing_touch) == [(jane, days(-20), 20)]
    with pytest.raises(NotFoundError):
        cadences.remove_rule(store, "tag:cold")


# snoozes


@pytest.mark.parametrize("every", ["30d", ""])
def test_a_snoozed_contact_comes_back_on_its_day_or_after_a_touch(store: Store, every: str) -> None:
    jane = add(store, touched=-42, every=every, tags=("vip",))
    cadences.set_rule(store, "tag:vip", 30)
    assert snooze_touch(store, jane, days(5)).touch_by == str(days(5))
    assert shown(digest(store).losing_touch) == []
    assert shown(digest(store).touch_soon) == [(jane, days(5), 30)]
    assert shown(digest(store, ahead=4).touch_soon) == []
    later = build_digest(store, days(5))
    assert shown(later.losing_touch) == [(jane, days(5), 30)]
    snooze_touch(store, jane, days(90))
    interactions.log(store, [jane], "spoke", kind="call")
    assert shown(digest(store, ahead=60).touch_soon) == [(jane, days(30), 30)]
    journal.undo(store)
    journal.undo(store)
    assert shown(digest(store).touch_soon) == [(jane, days(5), 30)]
    journal.undo(store)
    assert shown(digest(store).losing_touch) == [(jane, days(-12), 30)]
    assert not integrity.check_database(store, lambda _words: None)


def test_only_a_cadence_can_be_snoozed_and_only_ahead(store: Store) -> None:
    jane = add(store)
    with pytest.raises(UsageError, match="has no cadence"):
        snooze_touch(store, jane, days(5))
    with pytest.raises(UsageError, match="in the past"):
        snooze_touch(store, jane, days(-1))
