"""Interactions: what is kept of what happened, in which order, and who took part."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records import records
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interaction_type import INTERACTION, KINDS, LONGEST
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import Locale, Store, journal

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def locale() -> Locale:
    return Locale("US", "USD", "America/New_York")


@pytest.fixture
def store(empty_store: Store) -> Store:
    for name in ("Jane Doe", "Ann Lee", "Bob Ray"):
        contacts.add(empty_store, ContactDraft(name=name, every="30d"))
    return empty_store


def last(store: Store, contact_id: int) -> str | None:
    return contacts.get(store, contact_id).last_on


def test_what_is_logged_now_has_its_moment(store: Store) -> None:
    done = interactions.log(store, [1], "  hello\r\nthere ", kind="call", minutes=5, outcome=" ok ")
    assert (done.kind, done.text, done.minutes, done.outcome) == ("call", "  hello\nthere", 5, "ok")
    assert done.on_date == "2026-11-21"
    assert done.at is not None


def test_a_time_of_day_is_kept_as_an_instant(store: Store) -> None:
    when = DayTime(dt.date(2026, 7, 1), dt.time(14, 5))
    assert interactions.log(store, [1], "x", when=when).at == "2026-07-01T18:05:00Z"


def test_a_day_alone_has_no_instant(store: Store) -> None:
    done = interactions.log(store, [1], "x", when=DayTime(TODAY - dt.timedelta(days=2)))
    assert (done.on_date, done.at) == ("2026-11-19", None)


def test_an_interaction_resets_the_cadence_of_all_who_took_part(store: Store) -> None:
    interactions.log(store, [1, 2], "x", kind="call", when=DayTime(dt.date(2026, 11, 1)))
    for each in (1, 2):
        assert last(store, each) == "2026-11-01"
        assert contacts.get(store, each).touch_by == "2026-12-01"
    assert last(store, 3) is None


def test_an_older_one_does_not_move_the_last_contact_back(store: Store) -> None:
    interactions.log(store, [1], "new", when=DayTime(dt.date(2026, 11, 10)))
    interactions.log(store, [1], "old", when=DayTime(dt.date(2026, 1, 10)))
    assert last(store, 1) == "2026-11-10"


@pytest.mark.parametrize(
    "told",
    [
        {"text": " \n\t "},
        {"text": "\x00\x01"},
        {"text": "x" * (LONGEST + 1)},
        {"minutes": -1},
        {"minutes": 100_001},
        {"kind": "phonecall"},
        {"direction": "sideways"},
        {"when": DayTime(TODAY + dt.timedelta(days=1))},
        {"people": []},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(store: Store, told: dict[str, object]) -> None:
    told = dict(told)  # the same one is used for both engines
    people = told.pop("people", [1])
    text = told.pop("text", "x")
    with pytest.raises(UsageError):
        interactions.log(store, people, text, **told)  # type: ignore[arg-type]
    assert interactions.count(store, 1) == 0


def test_somebody_named_twice_took_part_once(store: Store) -> None:
    done = interactions.log(store, [2, 1, 2], "x")
    assert interactions.participants(store, done.id) == [(2, "Ann Lee"), (1, "Jane Doe")]


def test_the_timeline_is_newest_first_by_day_then_time_then_entry(store: Store) -> None:
    day = dt.date(2026, 11, 2)
    for text, when in (
        ("morning", DayTime(day, dt.time(9))),
        ("later day", DayTime(dt.date(2026, 11, 3))),
        ("evening", DayTime(day, dt.time(20, 30))),
        ("all day", DayTime(day)),
        ("all day too", DayTime(day)),
    ):
        interactions.log(store, [1], text, when=when)
    told = [each.text for each in interactions.timeline(store, 1)]
    assert told == ["later day", "evening", "morning", "all day too", "all day"]
    assert [each.text for each in interactions.timeline(store, 1, limit=2, offset=1)] == told[1:3]


def test_a_kind_can_be_asked_for_and_counted(store: Store) -> None:
    for kind in KINDS:
        interactions.log(store, [1], kind, kind=kind)
    interactions.log(store, [2], "not hers", kind="call")
    for kind in KINDS:
        assert [each.text for each in interactions.timeline(store, 1, kind=kind)] == [kind]
        assert interactions.count(store, 1, kind=kind) == 1
    assert interactions.count(store, 1) == 6


def test_mending_changes_what_is_told_and_nothing_else(store: Store) -> None:
    done = interactions.log(store, [1], "x", kind="call", direction="in", minutes=3, outcome="y")
    after = interactions.edit(store, done.id, text="z", when=DayTime(dt.date(2026, 11, 1)))
    assert after == done._replace(text="z", on_date="2026-11-01", at=None)
    assert last(store, 1) == "2026-11-01"
    cleared = interactions.edit(store, done.id, outcome="", direction="", minutes=0)
    assert (cleared.outcome, cleared.direction, cleared.minutes) == ("", "", 0)


@pytest.mark.parametrize(
    "told", [{"text": " "}, {"kind": "x"}, {"minutes": -5}, {"when": DayTime(dt.date(2027, 1, 1))}]
)
def test_mending_has_the_same_bounds(store: Store, told: dict[str, object]) -> None:
    done = interactions.log(store, [1], "x")
    with pytest.raises(UsageError):
        interactions.edit(store, done.id, **told)  # type: ignore[arg-type]
    assert interactions.get(store, done.id) == done


def test_mending_what_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(NotFoundError):
        interactions.edit(store, 99, text="x")
    with pytest.raises(NotFoundError):
        interactions.edit(store, 99)


def test_removing_all_or_nothing_and_undoing_it(store: Store) -> None:
    done = interactions.log(store, [1, 2], "boiler", when=DayTime(dt.date(2026, 11, 1)))
    with pytest.raises(NotFoundError):
        records.remove(store, INTERACTION, [done.id, 99])
    assert interactions.get(store, done.id) == done
    records.remove(store, INTERACTION, [done.id, done.id])
    assert last(store, 1) is None
    journal.undo(store)
    assert interactions.get(store, done.id) == done
    assert interactions.participants(store, done.id) == [(1, "Jane Doe"), (2, "Ann Lee")]
    assert last(store, 1) == "2026-11-01"


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("met @Ann Lee today", [2], []),
        ("met @ann, then @bob.", [2, 3], []),
        ("@jane", [1], []),
        ("at @Ann Lee's place", [2], []),
        ("wrote to ann@example.com", [], []),
        ("lunch @2 pm", [], []),
        ("saw @zorro and @ann", [2], ["zorro"]),
        ("no mention", [], []),
        ("@Ann @Ann", [2, 2], []),
        ("(@bob)", [3], []),
    ],
)
def test_mentions(store: Store, text: str, found: list[int], unknown: list[str]) -> None:
    people, others = interactions.mentioned(store, text)
    assert ([each.id for each in people], others) == (found, unknown)


def test_a_mention_that_fits_several_is_unknown(store: Store) -> None:
    contacts.add(store, ContactDraft(name="Ann Smith"))
    people, unknown = interactions.mentioned(store, "met @ann and @Ann Smith")
    assert ([each.id for each in people], unknown) == ([4], ["ann"])


def test_what_is_yet_to_come_today_has_not_happened(store: Store) -> None:
    with pytest.raises(UsageError, match="in the future"):
        interactions.log(store, [1], "met", when=DayTime(TODAY, dt.time(23, 59)))


def test_what_was_said_to_people_stands_on_the_card_of_where_they_work(store: Store) -> None:
    jane = contacts.add(store, ContactDraft(name="Jane Doe", org="Acme"))
    interactions.log(store, [jane.id, jane.org_id], "with both")
    interactions.log(store, [jane.id], "with Jane", kind="call")
    assert [each.text for each in interactions.timeline(store, jane.org_id)] == [
        "with Jane",
        "with both",
    ]
    assert interactions.count(store, jane.org_id) == 2
    assert interactions.count(store, jane.org_id, kind="call") == 1


def test_who_joined_was_spoken_with_and_who_left_was_not(store: Store) -> None:
    told = interactions.log(store, [1], "hello")
    with_whom = [id_ for id_, _ in interactions.participants(store, told.id)]
    assert with_whom == [1]
    interactions.edit(store, told.id, joined=[2, 2], left=[1])
    assert [id_ for id_, _ in interactions.participants(store, told.id)] == [2]
    assert contacts.get(store, 1).last_on is None
    assert contacts.get(store, 2).last_on == told.on_date
    journal.undo(store)
    assert [id_ for id_, _ in interactions.participants(store, told.id)] == [1]
    with pytest.raises(UsageError, match="needs a contact"):
        interactions.edit(store, told.id, left=[1])
