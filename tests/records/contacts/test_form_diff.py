"""Edits of one contact by two people are merged, or reported as conflicts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.conflicts import EditConflictError, apply_choices
from cardcrm.records.contacts import contacts, custom_fields, form_diff
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.form_diff import contact_texts, save
from cardcrm.store import Locale, Store, journal, open_store

JANE = ContactDraft(
    name="Jane Doe",
    nicknames=("Janie",),
    org="Acme Ltd",
    title="buyer",
    points=(
        ContactPointDraft("email", "jane@a.example", "work"),
        ContactPointDraft("phone", "0113 496 0123"),
    ),
    addresses=(AddressDraft("office", "1 High St", "Leeds", "", "LS1 1AA", "UK"),),
    days=(AnniversaryDraft("birthday", "17 May 1980"), AnniversaryDraft("anniversary", "--06-05")),
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
    """Open one database for rosa and for tom; contact 3 is Jane."""
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
    return contact_texts(contacts.details(store, 3))


def number(store: Store, kind: str, text: str) -> form_diff.Part:
    """Return the part of a kind that has a text."""
    return next(part for part, row in card(store).items() if part[0] == kind and text in row)


def change(store: Store, seen: dict[form_diff.Part, tuple[str, ...]], **head: str) -> bool:
    said = seen | {("head", name): (text,) for name, text in head.items()}
    return save(store, 3, seen, said)


def test_unchanged_parts_are_not_written(two):
    rosa, _ = two
    seen = card(rosa)
    steps = len(journal.steps(rosa, 99))
    assert save(rosa, 3, seen, seen) is False
    assert len(journal.steps(rosa, 99)) == steps
    change(rosa, seen, title="head of buying")
    changed = journal.changes(rosa, journal.steps(rosa, 1)[0].id)
    assert {name for each in changed for name in each.new} - {"updated_at"} == {
        "title",
        "title_key",
    }


def test_edits_of_different_parts_are_merged(two):
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


def test_edits_of_different_texts_of_one_row_are_merged(two):
    rosa, tom = two
    seen = card(rosa)
    email, place = number(rosa, "point", "work"), number(rosa, "address", "Leeds")
    save(tom, 3, seen, seen | {email: ("email", "jane@a.example", "home", "opted out", "")})
    said = dict(seen)
    said[email] = ("email", "jane@b.example", "work", "", "")
    said[place] = ("office", "2 High St", "Leeds", "", "LS1 1AA", "UK")
    save(rosa, 3, seen, said)
    point = contacts.points_of(rosa, 3)[0]
    assert (point.value, point.label, point.opted_out) == ("jane@b.example", "home", True)
    assert contacts.details(rosa, 3).addresses[0].street == "2 High St"


def test_additions_of_both_are_kept(two):
    rosa, tom = two
    seen = card(rosa)
    save(tom, 3, seen, seen | {("point", -1): ("email", "tom@x.example", "", "", "")})
    more = {
        ("point", -1): ("email", "rosa@x.example", "", "", ""),
        ("tag", "trade"): ("trade",),
        ("nickname", "jay"): ("Jay",),
    }
    save(rosa, 3, seen, seen | more)
    details = contacts.details(rosa, 3)
    assert [point.value for point in details.points[2:]] == ["tom@x.example", "rosa@x.example"]
    assert (details.tags, details.nicknames) == (("trade", "vip"), ("Janie", "Jay"))


CLASHING = [
    (("head", "title"), "head of buying", "chief", "title"),
    (("head", "note"), "tulips", "lilies", "note"),
    (("head", "every"), "2w", "6w", "every"),
    (("day", "birthday"), "18 May 1980", "19 May 1980", "birthday"),
    (("field", "size"), "41", "42", "size"),
]


@pytest.mark.parametrize(("part", "theirs", "mine", "label"), CLASHING)
def test_a_conflict_reports_both_texts_and_writes_nothing_before_a_choice(
    two, part, theirs, mine, label
):
    rosa, tom = two
    seen = card(rosa)
    save(tom, 3, seen, seen | {part: (theirs,)})
    stands = card(rosa)
    said = seen | {part: (mine,), ("head", "owner"): ("tom",)}
    with pytest.raises(EditConflictError) as raised:
        save(rosa, 3, seen, said)
    (clash,) = raised.value.conflicts
    assert (clash.label, clash.theirs) == (label, stands[part])
    assert clash.by is not None
    assert clash.by.author == "tom"
    assert raised.value.message.startswith("tom has changed")
    assert card(rosa) == stands
    seen, said = apply_choices(seen, said, [clash], lambda _: False)
    save(rosa, 3, seen, said)
    assert card(rosa)[part] == stands[part]
    assert contacts.get(rosa, 3).owner == "tom"


def test_my_text_can_be_chosen_and_is_undone_alone(two):
    rosa, tom = two
    seen = card(rosa)
    change(tom, seen, title="chief")
    with pytest.raises(EditConflictError) as raised:
        change(rosa, seen, title="head of buying")
    said = seen | {("head", "title"): ("head of buying",)}
    save(rosa, 3, *apply_choices(seen, said, raised.value.conflicts, lambda _: True))
    assert contacts.get(tom, 3).title == "head of buying"
    journal.undo(rosa)
    assert contacts.get(tom, 3).title == "chief"


def test_equal_edits_do_not_conflict(two):
    rosa, tom = two
    seen = card(rosa)
    phone = {("point", -1): ("phone", "+44 113 496 0999", "", "", "")}
    save(tom, 3, seen, seen | {("head", "every"): ("14d",)} | phone)
    phone = {("point", -1): ("phone", "0113 4960999", "", "", "")}
    assert save(rosa, 3, seen, seen | {("head", "every"): ("2 w",)} | phone) is False
    assert len(contacts.points_of(rosa, 3)) == 3


def test_a_row_that_another_user_removed_conflicts(two):
    rosa, tom = two
    seen = card(rosa)
    email = number(rosa, "point", "work")
    save(tom, 3, seen, {part: row for part, row in seen.items() if part != email})
    said = seen | {email: ("email", "jane@b.example", "work", "", "")}
    with pytest.raises(EditConflictError) as raised:
        save(rosa, 3, seen, said)
    assert (raised.value.conflicts[0].my_words, raised.value.conflicts[0].their_words) == (
        "jane@b.example (work)",
        "",
    )
    assert raised.value.conflicts[0].by.author == "tom"
    save(rosa, 3, *apply_choices(seen, said, raised.value.conflicts, lambda _: True))
    assert contacts.points_of(rosa, 3)[-1].value == "jane@b.example"


def test_everything_can_be_removed_and_restored_by_one_undo(two):
    rosa, _ = two
    seen = card(rosa)
    before = contacts.details(rosa, 3)
    bare = {part: row for part, row in seen.items() if part[0] == "head"}
    for name in ("org", "title", "note", "source", "owner", "every"):
        bare["head", name] = ("",)
    save(rosa, 3, seen, bare | {("head", "stage"): ("lead",)})
    after = contacts.details(rosa, 3)
    assert not any((after.nicknames, after.points, after.addresses, after.days, after.tags))
    assert not any((after.fields, after.relations, after.contact.org, after.contact.cadence_days))
    journal.undo(rosa)
    undone = contacts.details(rosa, 3)
    assert undone._replace(contact=before.contact) == before


def test_a_new_number_is_read_by_the_new_country_of_the_address(two):
    rosa, _ = two
    seen = contact_texts(contacts.details(rosa, 3))
    (place,) = [part for part in seen if part[0] == "address"]
    said = seen | {
        place: (*seen[place][:5], "Germany", "", ""),
        ("point", -1): ("phone", "0221 1234567", "", "", ""),
    }
    assert save(rosa, 3, seen, said)
    numbers = [each.value for each in contacts.points_of(rosa, 3) if each.kind == "phone"]
    assert numbers == ["+44 113 496 0123", "+49 221 1234567"]


def test_relations_are_edited_from_either_contact(two):
    rosa, _ = two
    spouse = number(rosa, "relation", "spouse")
    seen = card(rosa)
    save(rosa, 3, seen, seen | {spouse: ("business partner", "#1", "")})
    bob = contact_texts(contacts.details(rosa, 1))
    (inverse,) = [part for part in bob if part[0] == "relation"]
    assert bob[inverse] == ("business partner", "#3", "inverse")
    save(rosa, 1, bob, bob | {inverse: ("friend", "#3", "inverse")})
    (relation,) = contacts.relations_of(rosa, 3)
    assert (relation.kind, relation.other, relation.inverse) == ("friend", "Bob Ray", False)


def test_the_other_contact_of_a_relation_is_resolved_as_in_the_shell(two):
    rosa, _ = two
    seen = card(rosa)
    with pytest.raises(NotFoundError, match="no contact matches “stranger”"):
        save(rosa, 3, seen, seen | {("relation", -1): ("friend", "stranger", "")})
    save(rosa, 3, seen, seen | {("relation", -1): ("Works at", "acme", "")})
    assert len(contacts.relations_of(rosa, 3)) == 1


@pytest.mark.parametrize(
    ("part", "row", "said"),
    [
        (("head", "stage"), ("custmer",), "unknown stage “custmer”"),
        (("head", "every"), ("soon",), "soon"),
        (("point", -1), ("email", "jane@", "", "", ""), "invalid email address “jane@”"),
        (("day", "birthday"), ("31 feb",), "invalid date"),
        (("field", "size"), ("big",), "invalid number “big”"),
        (("field", "heating"), ("gass",), "Did you mean gas"),
    ],
)
def test_invalid_texts_give_the_messages_of_the_shell(two, part, row, said):
    rosa, _ = two
    seen = card(rosa)
    with pytest.raises(UsageError) as raised:
        save(rosa, 3, seen, seen | {part: row})
    assert said in f"{raised.value.message} {raised.value.hint}"
    assert card(rosa) == seen


def test_saving_a_removed_contact_fails(two):
    rosa, tom = two
    seen = card(rosa)
    contacts.remove(tom, [3])
    with pytest.raises(NotFoundError, match="contact 3 does not exist"):
        change(rosa, seen, title="chief")


def test_the_texts_of_a_contact_make_an_equal_one(two):
    rosa, _ = two
    seen = card(rosa)
    again = form_diff.add(rosa, seen)
    told = contact_texts(contacts.details(rosa, again.id))

    def rows(of: dict[form_diff.Part, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
        return sorted((part[0], row) for part, row in of.items())

    assert rows(told) == rows(seen)
