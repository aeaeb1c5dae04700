"""An export that is imported again changes nothing, and makes the same database elsewhere."""

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardcrm.cli.contact_tally import ContactTally
from cardcrm.formats.csv.writer import write_csv
from cardcrm.formats.file_reader import read_entries
from cardcrm.formats.import_entries import ContactEntry
from cardcrm.formats.import_job import ImportReport
from cardcrm.formats.vcard.writer import write_vcard
from cardcrm.records import sample
from cardcrm.records.contacts import contacts, custom_fields, merge
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.stored_drafts import count_addresses, read_drafts
from cardcrm.records.importing.bulk_import import import_drafts
from cardcrm.records.importing.relation_import import add_relations
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store

KINDS = ["csv", "3.0", "4.0"]

NAMES = [
    "Cher", "Dr. Smith", "Mrs Müller", "Sammy Davis, Jr.", "John Smith, MD", "Doe, Jane", "X",
    "Robin van Persie", "Anna García Márquez", "毛泽东", "山田 太郎",
    "Prof. Dr. Jane Q. Public III", "jane@example.com", "foo@bar", "+44 113 496 0199", "0123 456",
    "100", "O'Brien", "???",
    "Jane Doe (Acme, Leeds)", "=1+1", "'quoted'", '"Bob" Builder', "a;b|c", "J\\K", "İpek", "Jr.",
    "Doe, Jane, MD", "Anna, Bob and Carl", "Name <a@b.example>", "Smith & Sons", "straße",
]  # fmt: skip
POINTS = [
    ("phone", "0113 496 0123", ""), ("phone", "07700 900123 (Mum)", ""), ("phone", "12345", ""),
    ("phone", "+52 1 55 1234 5678", "work fax"), ("phone", "(020) 7946 0958 ext. 12", ""),
    ("phone", "+1 800 FLOWERS", ""), ("email", "Jörg@maß.example", "home"),
    ("email", "UPPER@EXAMPLE.com", "a|b;c"), ("web", "example.com/a,b;c?d=1|2", "my site"),
    ("web", "https://münchen.example/ä", ""), ("social", "@jd99", ""),
    ("social", "mastodon: @jd@social.example", "mastodon"), ("social", "skype:jd", "skype"),
    ("social", "https://www.linkedin.com/in/jd", ""), ("social", "xmpp:jd@x.example", "jabber"),
]  # fmt: skip
FIELDS = [
    (("budget", "1,234.56 USD"), ("shoe size", "38.5"), ("renewal", "2027-03-04")),
    (("budget", "5000 JPY"), ("color", "RED"), ("odd; label, with | signs", "a;b|c\\,d")),
    (("budget", "-0.125 KWD"), ("Größe (cm)", "1234"), ("123", "x"), ("email as written", "none")),
]


def point(number: int) -> ContactPointDraft:
    kind, value, label = POINTS[number]
    return ContactPointDraft(kind, value, label, number % 2 == 0, number % 3 == 0)


def list_drafts() -> Iterator[ContactDraft]:
    """Yield contacts with something odd in every field."""
    for name in NAMES:
        yield ContactDraft(name)
        yield ContactDraft(f"{name} Co", kind="org")
        for part in ("prefix", "given", "middle", "family", "suffix"):
            yield ContactDraft(f"{name} {part}", **{part: "Foo Bar"})
    yield ContactDraft("", given="Only")
    yield ContactDraft("", family="Only")
    yield ContactDraft("Both", given="Zed", family="Ypsilon", prefix="Dr.", suffix="Jr., PhD")
    yield ContactDraft("Order Fam", name_order="family-first")
    yield ContactDraft("Sort Me", sort_as="zzz, q")
    for number in range(len(POINTS)):
        yield ContactDraft(f"Point{number} Person", points=(point(number),))
    for number, fields in enumerate(FIELDS):
        yield ContactDraft(f"Field{number} Person", fields=fields)
    home = AddressDraft("home", "1 Road\nFlat 2", "Leeds", "W Yorks", "LS1", "United Kingdom")
    office = AddressDraft("office; main", "a|b", "c;d")
    yield ContactDraft("Addr Es", addresses=(home, AddressDraft(city="Köln"), office))
    days = ("birthday", "1980-02-29"), ("anniversary", "--05-01"), ("died|x", "2001-01-01")
    yield ContactDraft("Days A", days=tuple(AnniversaryDraft(*day) for day in days))
    yield ContactDraft("Days B", days=(AnniversaryDraft("birthday", "--03-06"),))
    yield ContactDraft("Tags T", tags=("vip", "Zwölf", "garden-club", "c++", "x/y", "a|b"))
    yield ContactDraft("Note N", note="line 1\n\n  line 2;, \\n |\ttab\n=x")
    yield ContactDraft("Misc M", org="Acme & Co", title="boss; chief", every="45d", ref="X-1")
    yield ContactDraft("ACME & CO", kind="org", stage="customer", source="fair")
    yield ContactDraft("Aaa", org="zeta ltd")
    yield ContactDraft("Zeta LTD", kind="org", stage="partner", nicknames=("ZZ", "Q|R, s; t"))
    for address in ("t1@x.example", "t2@x.example"):
        yield ContactDraft("John Twin", points=(ContactPointDraft("email", address),))
    yield ContactDraft("John Twin")
    yield ContactDraft("John Twin")
    shared = (ContactPointDraft("email", "shared@x.example"),)
    yield ContactDraft("Same Address", points=shared)
    yield ContactDraft("Same Address", points=shared)
    twin = RelationDraft("spouse", "t1@x.example")
    yield ContactDraft("Rel R", relations=(twin, RelationDraft("boss of", "Cher")))


@pytest.fixture
def filled(store: Store) -> Store:
    """A database with the sample and contacts that have something odd in every field."""
    sample.fill(store)
    custom_fields.add(store, "shoe size", "number")
    custom_fields.add(store, "renewal", "date")
    custom_fields.add(store, "color", "choice", ("red", "dark blue"))
    for draft in list_drafts():
        contacts.add(store, draft)
    first = contacts.add(store, ContactDraft("Merge A", uid="u1", ref="r1")).id
    second = contacts.add(store, ContactDraft("Merge B", uid="weird uid; x", ref="r;2")).id
    merge.merge(store, first, second)
    return store


def export(store: Store, kind: str) -> str:
    stream = io.StringIO(newline="")
    drafts = read_drafts(store, columns.find_ids(store, contact_query.parse(store, "")))
    if kind == "csv":
        write_csv(drafts, stream, count_addresses(store))
    else:
        write_vcard(drafts, stream, kind)
    return stream.getvalue()


def import_text(store: Store, text: str, kind: str, folder: Path, batch: int = 1000) -> set[str]:
    """Import a text in batches, and return what became of its entries."""
    path = folder / "export"
    path.write_bytes(text.encode())
    entries = list(read_entries(path, "csv" if kind == "csv" else "vcard", region="GB"))
    drafts = [entry.draft for entry in entries if isinstance(entry, ContactEntry)]
    first_new = 1 + (store.value("SELECT max(id) FROM contact") or 0)
    tally = ContactTally(ImportReport("export"))
    found = []
    for at in range(0, len(drafts), batch):
        some = import_drafts(store, drafts[at : at + batch], None, tally.new_orgs, first_new)
        for outcome in some:
            tally.count(outcome)
        found += some
    relations = [
        (outcome.contact_id, relation.kind, relation.who)
        for outcome, draft in zip(found, drafts, strict=True)
        for relation in draft.relations
    ]
    assert add_relations(store, relations) == []
    return {outcome.status for outcome in found}


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_imported_again_changes_nothing(filled: Store, kind: str, tmp_path: Path) -> None:
    text, made = export(filled, kind), filled.changes_made
    assert import_text(filled, text, kind, tmp_path) == {"unchanged"}
    assert filled.changes_made == made
    assert export(filled, kind) == text


@pytest.mark.parametrize("batch", [7, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_makes_the_same_contacts_elsewhere(
    filled: Store,
    kind: str,
    batch: int,
    tmp_path: Path,
    temporary_store: Callable[..., contextlib.AbstractContextManager[Store]],
) -> None:
    text = export(filled, kind)
    with temporary_store(locale=filled.locale) as other:
        assert import_text(other, text, kind, tmp_path, batch) == {"created"}
        assert export(other, kind) == text


@pytest.mark.parametrize("kind", KINDS)
def test_two_entries_of_one_name_from_another_program_are_one_contact(
    store: Store, kind: str, tmp_path: Path
) -> None:
    drafts = [ContactDraft("Ann Test", uid="1"), ContactDraft("Ann Test", uid="2", title="boss")]
    stream = io.StringIO(newline="")
    write_csv(drafts, stream) if kind == "csv" else write_vcard(drafts, stream, kind)
    assert import_text(store, stream.getvalue(), kind, tmp_path) == {"created", "updated"}
    assert store.value("SELECT count(*) FROM contact") == 1
