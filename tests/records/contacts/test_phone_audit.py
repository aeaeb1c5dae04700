"""Numbers that earlier imports stored wrongly are found and repaired, and no others."""

import pytest

from cardcrm.records.contacts import contacts, phone_audit
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.store import Locale, Store, journal

GERMAN = (AddressDraft(country="Deutschland"),)


@pytest.fixture
def locale() -> Locale:
    return Locale("GB", "GBP", "Europe/London")


def add(store: Store, name: str, *kept: tuple[str, str], **more: object) -> int:
    """Add a contact with numbers as an earlier version stored them."""
    card = contacts.add(store, ContactDraft(name=name, **more)).id  # type: ignore[arg-type]
    with store.transaction():
        for value, key in kept:
            store.insert("point", contact_id=card, kind="phone", value=value, value_key=key)
    return card


def odd(store: Store, ids: list[int] | None = None) -> list[tuple[str, str]]:
    found = phone_audit.find_issues(store, ids)
    return [(each.value, each.better.value if each.better else each.reason) for each in found]


def numbers(store: Store, card: int) -> list[tuple[str, str]]:
    return [(point.value, point.key) for point in contacts.points_of(store, card)]


NOUGHT = ("+44 0113 496 0123", "4401134960123")
TAKEN_FOR_HOME = ("+44 221 4710123", "442214710123")


def test_a_zero_after_the_country_code_is_removed(store: Store) -> None:
    card = add(store, "Cy Poe", NOUGHT)
    assert odd(store) == [("+44 0113 496 0123", "+44 113 496 0123")]
    assert phone_audit.repair(store, list(phone_audit.find_issues(store))) == 1
    assert numbers(store, card) == [("+44 113 496 0123", "441134960123")]
    assert odd(store) == []


@pytest.mark.parametrize(
    ("kept", "country", "better"),
    [
        (TAKEN_FOR_HOME, "Deutschland", "+49 221 4710123"),
        (("+44 669812345", "44669812345"), "Italy", "+39 06 6981 2345"),
        (("+44 2125550123", "442125550123"), "USA", "+1 212-555-0123"),
    ],
)
def test_an_invalid_home_number_is_read_by_the_country_of_the_address(
    store: Store, kept: tuple[str, str], country: str, better: str
) -> None:
    add(store, "Karl Ott", kept, addresses=(AddressDraft(country=country),))
    assert odd(store) == [(kept[0], better)]
    assert phone_audit.repair(store, list(phone_audit.find_issues(store))) == 1
    assert odd(store) == []


def test_a_valid_home_number_is_left_alone(store: Store) -> None:
    add(store, "Karl Ott", ("+44 113 496 0123", "441134960123"), addresses=GERMAN)
    add(store, "Ann Lee", TAKEN_FOR_HOME)  # of nowhere else
    assert odd(store) == []


def test_an_impossible_number_is_reported_and_stays(store: Store) -> None:
    add(store, "Ann Lee", ("12", "12"), ("+44 12345678", "4412345678"), ("4E11", "411"))
    told = odd(store)
    assert [why for _, why in told] == [
        "is too short for a phone number",
        "is too short, or has no area code",
        "a spreadsheet has rounded the phone number “4E11”; its last digits are lost",
    ]
    assert phone_audit.repair(store, list(phone_audit.find_issues(store))) == 0
    assert odd(store) == told


def test_a_repair_is_one_step_to_undo(store: Store) -> None:
    card, other = add(store, "Cy Poe", NOUGHT), add(store, "Dee", TAKEN_FOR_HOME, addresses=GERMAN)
    before = numbers(store, card), numbers(store, other)
    assert phone_audit.repair(store, list(phone_audit.find_issues(store))) == 2
    journal.undo(store)
    assert (numbers(store, card), numbers(store, other)) == before


def test_a_repaired_duplicate_is_removed_and_its_marks_stay(store: Store) -> None:
    card = add(
        store, "Cy Poe", NOUGHT, points=(ContactPointDraft("phone", "+44 113 496 0123", "work"),)
    )
    with store.transaction():
        wrong = max(point.id for point in contacts.points_of(store, card))
        store.update("point", wrong, opted_out=1, label="mobile")
    assert phone_audit.repair(store, list(phone_audit.find_issues(store))) == 1
    (left,) = contacts.points_of(store, card)
    assert (left.key, left.label, left.opted_out) == ("441134960123", "work", True)


def test_two_wrong_formats_of_one_number_become_one(store: Store) -> None:
    card = add(store, "Cy Poe", NOUGHT, ("0113 496 0123", "01134960123"))
    assert phone_audit.repair(store, list(phone_audit.find_issues(store))) == 2
    assert numbers(store, card) == [("+44 113 496 0123", "441134960123")]


def test_a_number_changed_since_the_audit_is_left_alone(store: Store) -> None:
    card = add(store, "Cy Poe", NOUGHT)
    found = list(phone_audit.find_issues(store))
    with store.transaction():
        store.update("point", found[0].point_id, value="+44 20 7946 0018", value_key="442079460018")
    assert phone_audit.repair(store, found) == 0
    assert numbers(store, card) == [("+44 20 7946 0018", "442079460018")]


def test_contacts_that_share_a_repaired_number_are_reported(store: Store) -> None:
    flo = add(store, "Flo", points=(ContactPointDraft("phone", "0113 496 0123"),))
    card = add(store, "Cy Poe", NOUGHT)
    found = list(phone_audit.find_issues(store))
    (same,) = phone_audit.find_shared(store, found)
    assert same == ("+44 113 496 0123", ((flo, "Flo"), (card, "Cy Poe")))
    phone_audit.repair(store, found)
    assert phone_audit.find_shared(store, found) == [same]
    assert store.value("SELECT count(*) FROM contact") == 2


def test_an_audit_can_be_limited_to_some_contacts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_audit, "_BATCH", 2)
    cards = [add(store, f"No {number}", NOUGHT) for number in range(5)]
    seen: list[int] = []
    found = [each.contact_id for each in phone_audit.find_issues(store, cards[3:], seen.append)]
    assert found == cards[3:]
    assert seen == [2, 4, 5]
    assert len(odd(store)) == phone_audit.count_phones(store) == 5


def test_a_repaired_number_is_found_by_its_new_format(store: Store) -> None:
    from cardcrm.records.query_sql import columns, contact_query

    card = add(store, "Cy Poe", NOUGHT)
    phone_audit.repair(store, list(phone_audit.find_issues(store)))
    assert columns.find_ids(store, contact_query.parse(store, "+441134960123")) == [card]
