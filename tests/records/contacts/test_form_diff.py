"""One card, two who write on it: both win, unless they say different things of the same part."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.conflicts import ClashError, answered
from cardcrm.records.contacts import contacts, custom_fields, form_diff
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.form_diff import draft_of, revise, written
from cardcrm.store import Locale, Store, journal, open_store

JANE = ContactDraft(
    name="Jane Doe",
    nicknames=("Janie",),
    org="Acme Ltd",
    title="buyer",
    points=(
        PointDraft("email", "jane@a.example", "work"),
        PointDraft("phone", "0113 496 0123"),
    ),
    addresses=(AddressDraft("office", "1 High St", "Leeds", "", "LS1 1AA", "UK"),),
    days=(DayDraft("birthday", "17 May 1980"), DayDraft("anniversary", "--06-05")),
    tags=("vip",),
    note="likes roses",
    fields=(("size", "40"), ("heating", "gas")),
    relations=(RelationDraft("spouse", "Bob"),),
    source="fair",
    stage="customer",
    owner="rosa",
    every="30d",
)


@pytest.fixture
def two(location: Path | str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """The same box, open to rosa and to tom; card 3 is Jane's."""
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    locale = Locale("GB", "GBP", "")
    rosa = open_store(location, user="rosa", create=True, locale=locale)
    custom_fields.add(rosa, "size", "number")
    custom_fields.add(rosa, "heating", "choice", ("gas", "oil"))
    contacts.add(rosa, ContactDraft(name="Bob Ray"))
    contacts.add(rosa, ContactDraft(name="Acme Ltd", kind="org"))
    contacts.add(rosa, JANE)
    tom = open_store(location, user="tom", locale=locale)
    yield rosa, tom
    rosa.close()
    tom.close()


def card(store: Store) -> dict[form_diff.Part, tuple[str, ...]]:
    return written(contacts.details(store, 3))


def number(store: Store, kind: str, text: str) -> form_diff.Part:
    """The part of a kind in which a text stands."""
    return next(part for part, row in card(store).items() if part[0] == kind and text in row)


def change(store: Store, seen: dict[form_diff.Part, tuple[str, ...]], **head: str) -> bool:
    said = seen | {("head", name): (text,) for name, text in head.items()}
    return revise(store, 3, seen, said)


def test_what_is_not_changed_is_not_written(two):
    rosa, _ = two
    seen = card(rosa)
    steps = len(journal.steps(rosa, 99))
    assert revise(rosa, 3, seen, seen) is False
    assert len(journal.steps(rosa, 99)) == steps
    change(rosa, seen, title="head of buying")
    changed = journal.changes(rosa, journal.steps(rosa, 1)[0].id)
    assert {name for each in changed for name in each.new} - {"updated_at"} == {
        "title",
        "title_key",
    }


def test_both_win_where_they_change_different_parts(two):
    rosa, tom = two
    seen = card(rosa)
    change(tom, card(tom), title="head of buying", note="likes tulips")
    change(rosa, seen, owner="tom", source="shop")
    told = contacts.get(rosa, 3)
    assert (told.title, told.note, told.owner, told.source) == (
        "head of buying",
        "likes tulips",
        "tom",
        "shop",
    )


def test_both_win_where_they_change_different_texts_of_one_row(two):
    rosa, tom = two
    seen = card(rosa)
    email, place = number(rosa, "point", "work"), number(rosa, "address", "Leeds")
    revise(tom, 3, seen, seen | {email: ("email", "jane@a.example", "home", "opted out", "")})
    said = dict(seen)
    said[email] = ("email", "jane@b.example", "work", "", "")
    said[place] = ("office", "2 High St", "Leeds", "", "LS1 1AA", "UK")
    revise(rosa, 3, seen, said)
    point = contacts.points_of(rosa, 3)[0]
    assert (point.value, point.label, point.opted_out) == ("jane@b.example", "home", True)
    assert contacts.details(rosa, 3).addresses[0].street == "2 High St"


def test_both_may_add(two):
    rosa, tom = two
    seen = card(rosa)
    revise(tom, 3, seen, seen | {("point", -1): ("email", "tom@x.example", "", "", "")})
    more = {
        ("point", -1): ("email", "rosa@x.example", "", "", ""),
        ("tag", "trade"): ("trade",),
        ("nickname", "jay"): ("Jay",),
    }
    revise(rosa, 3, seen, seen | more)
    details = contacts.details(rosa, 3)
    assert [point.value for point in details.points[2:]] == ["tom@x.example", "rosa@x.example"]
    assert (details.tags, details.nicknames) == (("trade", "vip"), ("Janie", "Jay"))


CLASHING = [
    (("head", "title"), "head of buying", "chief", "role"),
    (("head", "note"), "tulips", "lilies", "note"),
    (("head", "every"), "2w", "6w", "every"),
    (("day", "birthday"), "18 May 1980", "19 May 1980", "birthday"),
    (("field", "size"), "41", "42", "size"),
]


@pytest.mark.parametrize(("part", "theirs", "mine", "label"), CLASHING)
def test_the_second_is_told_both_and_nothing_is_written_before_one_is_chosen(
    two, part, theirs, mine, label
):
    rosa, tom = two
    seen = card(rosa)
    revise(tom, 3, seen, seen | {part: (theirs,)})
    stands = card(rosa)
    said = seen | {part: (mine,), ("head", "owner"): ("tom",)}
    with pytest.raises(ClashError) as raised:
        revise(rosa, 3, seen, said)
    (clash,) = raised.value.clashes
    assert (clash.label, clash.theirs) == (label, stands[part])
    assert clash.by is not None
    assert clash.by.author == "tom"
    assert raised.value.message.startswith("tom has changed")
    assert card(rosa) == stands
    seen, said = answered(seen, said, [clash], lambda _: False)
    revise(rosa, 3, seen, said)
    assert card(rosa)[part] == stands[part]
    assert contacts.get(rosa, 3).owner == "tom"


def test_ones_own_word_may_stay_and_is_taken_back_alone(two):
    rosa, tom = two
    seen = card(rosa)
    change(tom, seen, title="chief")
    with pytest.raises(ClashError) as raised:
        change(rosa, seen, title="head of buying")
    said = seen | {("head", "title"): ("head of buying",)}
    revise(rosa, 3, *answered(seen, said, raised.value.clashes, lambda _: True))
    assert contacts.get(tom, 3).title == "head of buying"
    journal.undo(rosa)
    assert contacts.get(tom, 3).title == "chief"


def test_the_same_word_from_both_is_no_clash(two):
    rosa, tom = two
    seen = card(rosa)
    phone = {("point", -1): ("phone", "+44 113 496 0999", "", "", "")}
    revise(tom, 3, seen, seen | {("head", "every"): ("14d",)} | phone)
    phone = {("point", -1): ("phone", "0113 4960999", "", "", "")}
    assert revise(rosa, 3, seen, seen | {("head", "every"): ("2 w",)} | phone) is False
    assert len(contacts.points_of(rosa, 3)) == 3


def test_a_row_that_another_took_off_is_asked_about(two):
    rosa, tom = two
    seen = card(rosa)
    email = number(rosa, "point", "work")
    revise(tom, 3, seen, {part: row for part, row in seen.items() if part != email})
    said = seen | {email: ("email", "jane@b.example", "work", "", "")}
    with pytest.raises(ClashError) as raised:
        revise(rosa, 3, seen, said)
    assert (raised.value.clashes[0].my_words, raised.value.clashes[0].their_words) == (
        "jane@b.example (work)",
        "",
    )
    assert raised.value.clashes[0].by.author == "tom"
    revise(rosa, 3, *answered(seen, said, raised.value.clashes, lambda _: True))
    assert contacts.points_of(rosa, 3)[-1].value == "jane@b.example"


def test_everything_can_be_changed_and_taken_off_and_undone_at_once(two):
    rosa, _ = two
    seen = card(rosa)
    before = contacts.details(rosa, 3)
    bare = {part: row for part, row in seen.items() if part[0] == "head"}
    for name in ("org", "title", "note", "source", "owner", "every"):
        bare["head", name] = ("",)
    revise(rosa, 3, seen, bare | {("head", "stage"): ("lead",)})
    after = contacts.details(rosa, 3)
    assert not any((after.nicknames, after.points, after.addresses, after.days, after.tags))
    assert not any((after.fields, after.relations, after.contact.org, after.contact.cadence_days))
    journal.undo(rosa)
    undone = contacts.details(rosa, 3)
    assert undone._replace(contact=before.contact) == before


def test_a_new_number_is_of_the_country_that_the_card_says_then(two):
    rosa, _ = two
    seen = written(contacts.details(rosa, 3))
    (place,) = [part for part in seen if part[0] == "address"]
    said = seen | {
        place: (*seen[place][:-1], "Germany"),
        ("point", -1): ("phone", "0221 1234567", "", "", ""),
    }
    assert revise(rosa, 3, seen, said)
    numbers = [each.value for each in contacts.points_of(rosa, 3) if each.kind == "phone"]
    assert numbers == ["+44 113 496 0123", "+49 221 1234567"]


def test_relations_are_changed_from_either_side(two):
    rosa, _ = two
    spouse = number(rosa, "relation", "spouse")
    seen = card(rosa)
    revise(rosa, 3, seen, seen | {spouse: ("business partner", "#1", "")})
    bob = written(contacts.details(rosa, 1))
    (inverse,) = [part for part in bob if part[0] == "relation"]
    assert bob[inverse] == ("business partner", "#3", "inverse")
    revise(rosa, 1, bob, bob | {inverse: ("friend", "#3", "inverse")})
    (relation,) = contacts.relations_of(rosa, 3)
    assert (relation.kind, relation.other, relation.inverse) == ("friend", "Bob Ray", False)


def test_who_is_meant_is_found_as_in_the_shell(two):
    rosa, _ = two
    seen = card(rosa)
    with pytest.raises(NotFoundError, match="no card for “nobody”"):
        revise(rosa, 3, seen, seen | {("relation", -1): ("friend", "nobody", "")})
    revise(rosa, 3, seen, seen | {("relation", -1): ("Works at", "acme", "")})
    assert len(contacts.relations_of(rosa, 3)) == 1


@pytest.mark.parametrize(
    ("part", "row", "said"),
    [
        (("head", "stage"), ("custmer",), "“custmer” is no lifecycle stage"),
        (("head", "every"), ("soon",), "soon"),
        (("point", -1), ("email", "jane@", "", "", ""), "is no e-mail address"),
        (("day", "birthday"), ("31 feb",), "is no day of the year"),
        (("field", "size"), ("big",), "is no number"),
        (("field", "heating"), ("gass",), "Did you mean gas"),
    ],
)
def test_what_makes_no_sense_is_told_in_the_shells_words(two, part, row, said):
    rosa, _ = two
    seen = card(rosa)
    with pytest.raises(UsageError) as raised:
        revise(rosa, 3, seen, seen | {part: row})
    assert said in f"{raised.value.message} {raised.value.hint}"
    assert card(rosa) == seen


def test_a_card_that_is_gone_is_told(two):
    rosa, tom = two
    seen = card(rosa)
    contacts.remove(tom, [3])
    with pytest.raises(NotFoundError, match="no card 3"):
        change(rosa, seen, title="chief")


def test_what_was_written_of_a_card_makes_it_anew(two):
    rosa, _ = two
    seen = card(rosa)
    again = contacts.add(rosa, draft_of(seen))
    told = written(contacts.details(rosa, again.id))

    def rows(of: dict[form_diff.Part, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
        return sorted((part[0], row) for part, row in of.items())

    assert rows(told) == rows(seen)


@given(st.lists(st.sampled_from(sorted(form_diff.HEAD)), unique=True))
def test_the_draft_of_nothing_but_a_name_is_that_name(names):
    said = {("head", name): ("",) for name in names} | {("head", "name"): ("Jo Bell",)}
    assert draft_of(said).name == "Jo Bell"
