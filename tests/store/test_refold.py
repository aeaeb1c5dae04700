"""Versions 3 and 7 write the keys of texts that are not ASCII, and the documents made of them."""

import datetime as dt
from contextlib import closing

import pytest

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.sales import sales
from cardcrm.store import Store, integrity, migrations, open_store, refold, schema_version, views
from cardcrm.store.engine import transaction

DRAFT = ContactDraft(
    name="Jörg Müller",
    source="Café",
    owner="Zoë",
    org="Österreichische Bäder",
    note="王小明 mag Blüten",
    points=(
        ContactPointDraft("email", "jörg@büro.de"),
        ContactPointDraft("web", "xn--mller-kva.de"),
    ),
    addresses=(AddressDraft("", "Königstraße 7", "Köln", "Île", "ä1", "Österreich"),),
)
JORG = 2  # his organization is added before him
FILTERS = (
    "mueller", "小明", "blueten", "source:cafe", "owner:zoe", "street:konigstrasse", "region:ile",
    "postcode:a1", "country:osterreich", "email:jorg", "email:xn--bro-hoa.de", "web:müller.de",
    "oesterreichische",
)  # fmt: skip
TEMPLATE = (
    "INSERT INTO template (uid, name, subject, text, created_at) VALUES "
    "('u1', 'Grüße', 'Für die Tür', 'Hello', '2026-11-01T10:00:00Z')"
)


@pytest.fixture
def store(empty_store: Store) -> Store:
    jorg = contacts.add(empty_store, DRAFT).id
    interactions.log(empty_store, [jorg], "rief an", outcome="Öde")
    reminders.add(empty_store, jorg, "Grüße", DayTime(dt.date(2026, 12, 1)))
    sales.sell(empty_store, jorg, Money(100, "GBP"), text="Sträuße", ref="ÄB1")
    return empty_store


def forget_keys(store: Store) -> None:
    """Leave the database as version 2 did, without keys of these texts."""
    engine = store.engine
    with transaction(engine):
        for table, columns_ in (
            ("contact", "source_key owner_key"), ("point", "folded_key"),
            ("address", "street_key region_key postcode_key country_key"),
            ("interaction", "outcome_key author_key"), ("reminder", "text_key owner_key"),
            ("sale", "text_key ref_key author_key"),
        ):  # fmt: skip
            sets = ", ".join(f"{column} = ''" for column in columns_.split())
            engine.execute(f"UPDATE {table} SET {sets}", {})
        engine.execute("UPDATE point SET value_key = lower(value)", {})
        engine.search.write_contacts([(JORG, "jorg muller", "")])
        engine.search.write_texts([(-JORG, "王小明 mag bluten")])


def wrong(store: Store) -> list[str]:
    return [each.message for each in integrity.check_database(store, lambda _step: None)]


def test_the_migration_writes_all_keys_and_documents(store):
    before = [tuple(row) for row in store.rows("SELECT * FROM point ORDER BY id")]
    forget_keys(store)
    assert len(wrong(store)) == 8
    with transaction(store.engine):
        refold.migrate(store.engine, version=2)
    assert wrong(store) == []
    assert [tuple(row) for row in store.rows("SELECT * FROM point ORDER BY id")] == before
    for text in FILTERS:
        assert JORG in columns.find_ids(store, contact_query.parse(store, text)), text


@pytest.mark.no_database
def test_a_database_of_version_6_gets_the_keys_of_names(location, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:6])
        older.setattr(schema_version, "VERSION", 6)
        older.setattr(views, "create_statements", lambda **_words: [])
        with closing(open_store(location, create=True)) as store, transaction(store.engine):
            store.engine.execute(TEMPLATE, {})
    with closing(open_store(location)) as store:
        keys = store.row("SELECT name_key, subject_key, text_key FROM template")
        assert tuple(keys) == ("grusse", "fur die tur", "")
        assert wrong(store) == []


def test_a_check_repairs_wrong_keys(store):
    with transaction(store.engine):
        store.engine.execute("UPDATE contact SET source_key = 'tea' WHERE id = 2", {})
    assert wrong(store) == ["1 contact with wrong search keys: 2"]
    integrity.repair_database(store)
    assert wrong(store) == []
    assert store.value("SELECT source_key FROM contact WHERE id = 2") == "cafe"
