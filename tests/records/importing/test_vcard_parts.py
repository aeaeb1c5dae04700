"""Parts that only vCards have: jobs, photos, odd properties, and people under one id."""

import io
from collections.abc import Callable

import pytest

from cardcrm.formats.import_entries import ContactEntry
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.formats.vcard.writer import write_vcard
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.drafts import ContactDraft, JobDraft
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing.contact_outcomes import ContactOutcome
from cardcrm.records.importing.outcomes import CREATED, UNCHANGED, UPDATED
from cardcrm.records.importing.relation_import import add_relations
from cardcrm.store import Store
from cardcrm.store.integrity import check_database

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQ="
RICH = (
    "FN:Ann Test", "N:Test;Ann;Quentin;Dr.;MBE", "ORG:Acme;Sales", "TITLE:CEO", "ORG:Beta",
    "TITLE:Adviser", "ROLE:Buyer", "GENDER:F", "LANG:de", "LANG:en", "TZ:Europe/Berlin",
    "ADR;TYPE=home:;;1 High St;Leeds;;LS1;UK", "GEO:53.8;-1.55", f"PHOTO;ENCODING=b;TYPE=PNG:{PNG}",
    "LOGO;VALUE=uri:https://x.example/a.png", "X-ODD;P=1:a\\,b", "item1.X-ODD:x",
    "item1.X-ABLabel:Lake", "MAILER:M", "KIND:individual", "EMAIL:ann@example.com",
)  # fmt: skip

Import = Callable[..., list[ContactOutcome]]


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


@pytest.fixture
def bring(store: Store) -> Import:
    """Return a function that imports vCards, with the relations that they state."""

    def run(*cards: str) -> list[ContactOutcome]:
        entries = read_vcard(io.StringIO("".join(cards), newline=""))
        drafts = [each.draft for each in entries if isinstance(each, ContactEntry)]
        outcomes = bulk_import.import_drafts(store, drafts)
        relations = [
            (outcome.contact_id, each.kind, each.who)
            for outcome, draft in zip(outcomes, drafts, strict=True)
            for each in draft.relations
        ]
        add_relations(store, relations)
        return outcomes

    return run


def stored(store: Store) -> list[ContactDraft]:
    ids = [row[0] for row in store.rows("SELECT id FROM contact ORDER BY id")]
    return list(read_drafts(store, ids))


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_a_rich_vcard_comes_in_and_goes_out_unchanged(
    store: Store, bring: Import, version: str
) -> None:
    [outcome] = bring(card(*RICH))
    assert (outcome.status, len(outcome.job_orgs)) == (CREATED, 1)
    before = stored(store)
    ann = next(each for each in before if each.name == "Ann Test")
    assert ann.jobs == (JobDraft("Beta", "Adviser"),)
    assert (ann.role, ann.language, ann.timezone, ann.gender) == (
        "Buyer", "de, en", "Europe/Berlin", "female",
    )  # fmt: skip
    assert (ann.addresses[0].latitude, ann.addresses[0].longitude) == ("53.8", "-1.55")
    assert [each.data for each in ann.media] == [PNG, ""]
    assert ann.vcard_lines == ("X-ODD;P=1:a\\,b", "item1.X-ODD:x\nitem1.X-ABLabel:Lake")
    stream = io.StringIO(newline="")
    write_vcard(before, stream, version)
    outcomes = bring(stream.getvalue())
    assert {each.status for each in outcomes} == {UNCHANGED}
    assert stored(store) == before


def test_a_later_photo_updates_the_contact(store: Store, bring: Import) -> None:
    bring(card("FN:Ann", "UID:a-1", "EMAIL:ann@example.com"))
    [outcome] = bring(card("FN:Ann", "UID:a-1", "EMAIL:ann@example.com", f"PHOTO;ENCODING=b:{PNG}"))
    assert outcome.status == UPDATED
    assert [each.type for each in stored(store)[-1].media] == ["image/png"]


@pytest.mark.parametrize(
    ("first", "second", "contacts"),
    [
        (("FN:Ann Test",), ("FN:Bob Ray",), 2),
        (("FN:Ann Test", "EMAIL:a@x.example"), ("FN:Bob Ray", "EMAIL:b@x.example"), 2),
        (("FN:Ann Test", "EMAIL:a@x.example"), ("FN:Mum", "EMAIL:a@x.example"), 1),
        (("FN:Ann Test", "EMAIL:a@x.example"), ("FN:Ann Roe", "EMAIL:b@x.example"), 1),
    ],
)
def test_two_people_under_one_permanent_id_are_two_contacts(
    store: Store, bring: Import, first: tuple[str, ...], second: tuple[str, ...], contacts: int
) -> None:
    before = store.value("SELECT count(*) FROM contact")
    for _ in range(2):
        outcomes = bring(card("UID:x-1", *first), card("UID:x-1", *second))
        told = "permanent id, which is that of Ann Test" in outcomes[1].other_values
        assert told == (contacts == 2)
        assert store.value("SELECT count(*) FROM contact") - before == contacts


def test_a_renamed_contact_keeps_its_permanent_id(store: Store, bring: Import) -> None:
    bring(card("UID:x-1", "FN:Mum"))
    [outcome] = bring(card("UID:x-1", "FN:Mary Smith"))
    assert outcome.status != CREATED


def test_both_children_are_kept_where_neither_is_a_contact(store: Store, bring: Import) -> None:
    lines = ("FN:Ann Test", "X-CHILDREN:Cy,Di", "X-SPOUSE:Bob", "X-EVOLUTION-SPOUSE:Bob")
    for _ in range(2):
        [outcome] = bring(card(*lines))
        values = custom_fields.values_of(store, outcome.contact_id)
        assert {each.label: each.text for each in values} == {"child": "Cy; Di", "spouse": "Bob"}


@pytest.mark.parametrize("names", ["王;Jo;;;", "Miller;小明;;;", "Miller;Jo;สม;;"])
def test_a_person_of_a_company_is_found_by_a_name_in_another_script(
    store: Store, bring: Import, names: str
) -> None:
    bring(card(f"N:{names}", "FN:Acme AG", "ORG:Acme AG", "X-ABShowAs:COMPANY"))
    assert check_database(store, lambda _words: None) == []


@pytest.mark.parametrize("day", ["1953", "1985-04", "--04", "--0229", "1980-05-17"])
def test_a_day_of_which_parts_are_known_is_intact(store: Store, bring: Import, day: str) -> None:
    bring(card("FN:Ann", f"BDAY:{day}"))
    assert store.value("SELECT count(*) FROM yearly_day") == 1
    assert check_database(store, lambda _words: None) == []


@pytest.mark.parametrize("day", ["1985-13", "--13", "-----", "85", "--0230"])
def test_an_impossible_day_is_found(store: Store, bring: Import, day: str) -> None:
    bring(card("FN:Ann", "BDAY:1953"))
    store.engine.execute("UPDATE yearly_day SET day = :day", {"day": day})
    assert [each.message for each in check_database(store, lambda _words: None)] == [
        "1 yearly_day with an impossible day: 1"
    ]


def test_unknown_words_of_our_own_properties_are_kept_as_text(store: Store, bring: Import) -> None:
    (outcome,) = bring(
        card("FN:Ann", "X-CARDCRM-NAME-ORDER:given-furst", "X-CARDCRM-STATUS:foo", "TZ:Nowhere/X")
    )
    assert outcome.unreadable == (
        "unknown time zone “Nowhere/X”; kept as “time zone as written”",
        "unknown status “foo”; kept as “status as written”",
        "unknown name order “given-furst”; kept as “name order as written”",
    )
    assert check_database(store, lambda _words: None) == []


def test_a_custom_field_without_a_name_gets_one(store: Store) -> None:
    bulk_import.import_drafts(store, [ContactDraft(name="Ann", fields=((" ", "x"),))])
    assert [each.label for each in custom_fields.list_fields(store)] == ["field"]
    assert check_database(store, lambda _words: None) == []
