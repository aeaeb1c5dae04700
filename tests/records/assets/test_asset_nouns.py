"""Assets and contracts in merge, deletion, privacy, archive, copy, undo and check."""

import contextlib
import datetime as dt
import json

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import (
    AmbiguousError,
    CardcrmError,
    ConflictError,
    NotFoundError,
    UsageError,
)
from cardcrm.formats import archive
from cardcrm.records import records
from cardcrm.records.activity import follow_up, reminders
from cardcrm.records.activity.follow_up import Report
from cardcrm.records.activity.interactions import Details
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.archive import dump
from cardcrm.records.assets import contracts, maintenance
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.references import remove_row
from cardcrm.records.sales import products
from cardcrm.records.sales.product_type import PRODUCT
from cardcrm.records.service.case_type import CASE
from cardcrm.store import database_copy, integrity, journal, open_store

TABLES = ("asset", "asset_entry", "contract", "reminder")


def on(text):
    return DayTime(dt.date.fromisoformat(text))


def add_asset(store, product="Boiler", contact="#1", **texts):
    return records.add(store, ASSET, {"contact": contact, "product": product, **texts}).id


def add_contract(store, text="maintenance", contact="#1", **texts):
    return records.add(store, CONTRACT, {"contact": contact, "text": text, **texts}).id


@pytest.fixture
def asset(store):
    """Add a boiler of Jane with a service a year, and a contract for it; return its number."""
    contacts.add(store, ContactDraft("Jane Doe"))
    asset_id = add_asset(store, serial="SN1", service_every="12m", serviced="2026-03-01")
    add_contract(store, asset="SN1", renewal="12m", start="2026-01-01", price="240")
    return asset_id


def count(store, *tables):
    return [store.value(f"SELECT count(*) FROM {each}") for each in tables or TABLES]


def value(store, asset_id, key):
    return records.get(store, ASSET, asset_id).values[key]


def days(store):
    """Return the open reminders: their days and texts."""
    sql = "SELECT due_on, text FROM reminder WHERE done_at IS NULL ORDER BY due_on, id"
    return [tuple(row) for row in store.rows(sql)]


def is_sound(store):
    return integrity.check_database(store, lambda _words: None) == []


# The plan


def test_an_asset_has_one_open_reminder(store, asset):
    assert days(store) == [("2027-03-01", "service Boiler SN1")]
    assert value(store, asset, "due").isoformat() == "2027-03-01"
    records.edit(store, ASSET, [asset], {"service_every": "6m", "serial": "SN2"})
    assert days(store) == [("2026-09-01", "service Boiler SN2")]
    records.edit(store, ASSET, [asset], {"service_every": ""})
    assert days(store) == []
    records.edit(store, ASSET, [asset], {"service_every": "1y"})
    assert days(store) == [("2027-03-01", "service Boiler SN2")]
    assert is_sound(store)


def test_a_service_that_is_done_plans_the_next_one_from_its_day(store, asset):
    made = follow_up.complete(store, [1], Report(when=on("2026-11-10")))
    assert [each.text for each in made.next_steps] == ["service Boiler SN1"]
    assert days(store) == [("2027-11-10", "service Boiler SN1")]
    assert value(store, asset, "serviced").isoformat() == "2026-11-10"
    journal.undo(store)
    assert days(store) == [("2027-03-01", "service Boiler SN1")]
    assert value(store, asset, "serviced").isoformat() == "2026-03-01"


def test_a_reminder_that_an_edit_marks_as_done_plans_the_next_service(store, asset):
    records.edit(store, REMINDER, [1], {"done": "2026-11-10 12:00"})
    assert days(store) == [("2027-11-10", "service Boiler SN1")]
    assert is_sound(store)


def test_an_entered_service_is_logged_and_closes_the_reminder(store, asset):
    details = Details("visit", on("2026-11-20"), minutes=40)
    entered = maintenance.enter_service(store, asset, "changed the filter", details)
    sql = "SELECT kind, on_date, text, minutes FROM interaction WHERE id = :id"
    logged = ("visit", "2026-11-20", "service of Boiler SN1: changed the filter", 40)
    assert tuple(store.row(sql, id=entered.interaction_id)) == logged
    assert days(store) == [("2027-11-20", "service Boiler SN1")]
    assert store.value("SELECT count(*) FROM reminder WHERE done_at IS NOT NULL") == 1
    earlier = Details("visit", on("2026-10-01"))
    maintenance.enter_service(store, asset, "", earlier)
    assert days(store) == [("2027-11-20", "service Boiler SN1")]
    assert is_sound(store)


def test_a_snoozed_service_stays_where_it_was_moved(store, asset):
    reminders.snooze(store, 1, on("2027-04-15"))
    records.edit(store, ASSET, [asset], {"place": "cellar"})
    assert days(store) == [("2027-04-15", "service Boiler SN1")]


def test_a_retired_asset_needs_no_service(store, asset):
    maintenance.retire(store, asset, reason="leaks")
    assert days(store) == []
    assert store.value("SELECT text FROM interaction") == "retired Boiler SN1: leaks"
    for verb in (
        lambda: maintenance.retire(store, asset),
        lambda: maintenance.add_reading(store, asset, 5000),
        lambda: maintenance.enter_service(store, asset, "", Details("visit")),
    ):
        with pytest.raises(ConflictError, match="has been retired since 2026-11-21"):
            verb()
    records.edit(store, ASSET, [asset], {"retired": ""})
    assert days(store) == [("2027-03-01", "service Boiler SN1")]


def test_a_reminder_that_was_removed_comes_back_with_the_next_edit(store, asset):
    with store.transaction("rm"):
        remove_row(store, "reminder", 1)
    assert value(store, asset, "reminder") is None
    assert is_sound(store)
    records.edit(store, ASSET, [asset], {"place": "cellar"})
    assert len(days(store)) == 1


# The counter


def test_a_service_by_the_counter_is_planned_once_its_growth_is_known(store, asset):
    press = add_asset(store, "Press", service_every="500h", reading="100")
    assert value(store, press, "unit") == "h"
    assert value(store, press, "due") is None
    with store.transaction("earlier"):
        store.update("asset_entry", 2, on_date="2026-11-01")
    maintenance.add_reading(store, press, 200_000)  # 100 hours in 20 days
    assert ("2027-02-09", "service Press, at 600 h") in days(store)
    maintenance.enter_service(store, press, "", Details("visit"), 250_000)
    assert value(store, press, "base_reading") == 250
    assert [text for _, text in days(store)] == ["service Press, at 750 h", "service Boiler SN1"]


def test_readings_grow_and_a_replaced_counter_begins_anew(store, asset):
    press = add_asset(store, "Press", service_every="500h", reading="100")
    with pytest.raises(UsageError, match="the reading 90 is below that of 2026-11-21, 100"):
        maintenance.add_reading(store, press, 90_000)
    with pytest.raises(UsageError, match="the reading 110 is above that of 2026-11-21, 100"):
        maintenance.add_reading(store, press, 110_000, on("2026-11-01"))
    with pytest.raises(UsageError, match="2026-11-22 is in the future"):
        maintenance.add_reading(store, press, 110_000, on("2026-11-22"))
    maintenance.add_reading(store, press, 80_000, on("2026-11-01"))
    assert value(store, press, "reading") == 100
    records.edit(store, ASSET, [press], {"reading": "0"})
    assert (value(store, press, "reading"), value(store, press, "base_reading")) == (0, 0)


# Rules


def test_an_unknown_product_is_added_to_the_catalog(store, asset):
    add_asset(store, "boiler", serial="SN2")
    add_asset(store, "Pump")
    assert [each.name for each in products.list_products(store)] == ["Boiler", "Pump"]
    with pytest.raises(ConflictError, match="used in asset"):
        records.remove(store, PRODUCT, [1])


def test_a_serial_number_is_in_use_once(store, asset):
    with pytest.raises(ConflictError, match="asset 1 of Jane Doe already has the serial number"):
        add_asset(store, serial="SN1")
    add_asset(store, "Pump", serial="SN1")
    maintenance.retire(store, asset)
    add_asset(store, serial="SN1")
    with pytest.raises(ConflictError):
        records.edit(store, ASSET, [asset], {"retired": ""})


@pytest.mark.parametrize(
    "texts",
    [{"product": ""}, {"contact": ""}, {"service_every": "often"}, {"since": "2027-01-01"},
     {"since": "2026-05-01", "serviced": "2026-04-01"}, {"reading": "-1"}],
)  # fmt: skip
def test_a_bad_asset_is_refused(store, asset, texts):
    with pytest.raises(CardcrmError):
        records.add(store, ASSET, {"contact": "#1", "product": "Boiler", **texts})
    assert count(store) == [1, 1, 1, 1]


def test_a_case_about_an_asset_is_about_its_product(store, asset):
    case = records.add(store, CASE, {"contact": "#1", "text": "leaks", "asset": "SN1"})
    assert case.values["product"] == "Boiler"
    assert case.values["asset"] == "Boiler SN1"


def test_a_file_names_a_retired_asset_by_its_whole_name(store, asset):
    records.edit(store, ASSET, [asset], {"retired": "today"})
    texts = {"contact": "#1", "text": "leaked", "asset": "Boiler SN1"}
    assert records.add(store, CASE, texts).columns["asset_id"] == asset
    with pytest.raises(NotFoundError):
        records.add(store, CASE, {**texts, "asset": "boiler"})


def test_an_asset_is_named_by_its_number_its_serial_number_or_its_product(store, asset):
    contacts.add(store, ContactDraft("Bob"))
    add_asset(store, "Pump", contact="#2", serial="SN1")
    add_asset(store, "Sump pump", contact="#2", serial="77")

    def named(text, contact="#2"):
        texts = {"contact": contact, "text": "leaks", "asset": text}
        return records.add(store, CASE, texts).columns["asset_id"]

    assert [named("sn1"), named("SN1", "#1"), named("77"), named("#1"), named("1")] == [
        2,
        1,
        3,
        1,
        1,
    ]
    assert [named("sump"), named("boiler", "#1")] == [3, 1]
    with pytest.raises(AmbiguousError, match="2 assets are named “pump”"):
        named("pump")
    contacts.add(store, ContactDraft("Ann"))
    with pytest.raises(AmbiguousError, match="2 assets are named “SN1”"):
        named("SN1", "#3")
    with pytest.raises(NotFoundError, match="unknown asset “sump”"):
        named("sump", "#3")


# Contracts


def contract(store, contract_id=1):
    found = contracts.get(store, contract_id)
    return found.end_on, found.notice_on, found.status


def test_a_renewal_gives_a_contract_its_first_end(store, asset):
    assert contract(store) == ("2026-12-31", None, "active")
    records.edit(store, CONTRACT, [1], {"notice": "3m"})
    assert contract(store) == ("2026-12-31", "2026-09-30", "active")
    records.edit(store, CONTRACT, [1], {"end": "2027-06-30"})
    assert contract(store) == ("2027-06-30", "2027-03-31", "active")


def test_a_contract_is_renewed_by_its_term_or_until_a_day(store, asset):
    contracts.renew_contract(store, 1, price="260")
    assert contract(store) == ("2027-12-31", None, "active")
    assert store.value("SELECT price FROM contract") == 26000
    contracts.renew_contract(store, 1, on("2030-06-30").day)
    assert contract(store)[0] == "2030-06-30"
    with pytest.raises(UsageError, match="already runs until 2030-06-30"):
        contracts.renew_contract(store, 1, on("2030-06-30").day)
    fixed = add_contract(store, end="2027-01-31")
    with pytest.raises(UsageError, match="has no renewal term"):
        contracts.renew_contract(store, fixed)


def test_a_late_notice_ends_the_next_term(store, asset):
    records.edit(store, CONTRACT, [1], {"notice": "3m"})
    ending = contracts.end_contract(store, 1)
    assert ending.is_late
    assert contract(store) == ("2027-12-31", "2027-09-30", "canceled")
    contracts.renew_contract(store, 1)
    assert contract(store) == ("2028-12-31", "2028-09-30", "active")
    assert not contracts.end_contract(store, 1).is_late
    contracts.end_contract(store, 1, on("2026-11-21").day)
    assert contract(store) == ("2026-11-21", None, "ended")
    with pytest.raises(ConflictError, match="contract 1 ended on 2026-11-21"):
        contracts.renew_contract(store, 1)


def test_terms_that_are_over_are_settled_in_one_step(store, asset):
    old = add_contract(store, "old", start="2020-01-01", renewal="12m", notice="3m")
    gone = add_contract(store, "gone", start="2020-01-01", end="2026-11-20", renewal="12m")
    with store.transaction("canceled"):
        store.update("contract", gone, status="canceled")
    fixed = add_contract(store, "fixed", start="2020-01-01", end="2026-11-20")
    before = list(dump.lines(store))
    updated = contracts.update_expired(store, on("2026-11-21").day)
    assert [[each.id for each in part] for part in updated] == [[old], [gone]]
    assert contract(store, old) == ("2026-12-31", "2026-09-30", "active")
    assert contract(store, gone)[2] == "ended"
    assert contract(store, fixed)[2] == "active"
    assert contracts.update_expired(store, on("2026-11-21").day) == ((), ())
    journal.undo(store)
    assert list(dump.lines(store)) == before


@pytest.mark.parametrize(
    "texts",
    [{"text": ""}, {"notice": "3m"}, {"notice_by": "2027-01-01"}, {"renewal": "often"},
     {"start": "2026-01-01", "end": "2025-12-31"}, {"end": "2027-01-31", "notice_by": "2027-02-01"},
     {"asset": "nope"}],
)  # fmt: skip
def test_a_bad_contract_is_refused(store, asset, texts):
    with pytest.raises(CardcrmError):
        records.add(store, CONTRACT, {"contact": "#1", "text": "x", **texts})
    assert count(store) == [1, 1, 1, 1]


# Everything else follows from the declarations


def test_each_verb_is_one_step_of_undo(store, asset):
    steps = [
        lambda: maintenance.enter_service(store, asset, "filter", Details("visit")),
        lambda: add_asset(store, "Press", service_every="12m or 500h", reading="5"),
        lambda: maintenance.add_reading(store, 2, 9000),
        lambda: maintenance.retire(store, asset, reason="sold"),
        lambda: records.remove(store, ASSET, [2]),
        lambda: contracts.renew_contract(store, 1),
        lambda: contracts.end_contract(store, 1),
    ]
    states = []
    for run in steps:
        states.append(list(dump.lines(store)))
        run()
        assert list(dump.lines(store)) != states[-1]
    for before in reversed(states):
        journal.undo(store)
        assert list(dump.lines(store)) == before
    assert is_sound(store)


def test_an_asset_goes_with_its_reminder_and_leaves_its_contract(store, asset):
    records.remove(store, ASSET, [asset])
    assert count(store) == [0, 0, 1, 0]
    assert store.value("SELECT asset_id FROM contract") is None
    journal.undo(store)
    assert count(store) == [1, 1, 1, 1]


def test_a_merge_of_contacts_moves_assets_contracts_and_reminders(store, asset):
    other = contacts.add(store, ContactDraft("Jane D."))
    merge.merge(store, other.id, 1)
    for table in ("asset", "contract", "reminder"):
        assert store.value(f"SELECT contact_id FROM {table}") == other.id
    maintenance.enter_service(store, asset, "", Details("visit"))
    assert len(days(store)) == 1
    assert is_sound(store)


def test_privacy_shows_the_assets_of_a_person_and_forget_erases_them(store, asset):
    maintenance.enter_service(store, asset, "changed the filter", Details("visit"))
    contacts.add(store, ContactDraft("Bob"))
    add_asset(store, contact="#2", serial="SN7", service_every="12m")
    found = gather(store, 1)
    assert [each["serial"] for each in found["assets"]] == ["SN1"]
    assert [each["kind"] for each in found["asset_entries"]] == ["service"] * 2
    assert [each["text"] for each in found["contracts"]] == ["maintenance"]
    forget.forget(store, 1)
    assert count(store) == [1, 0, 0, 1]
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("SN1" in each for each in texts)
    assert is_sound(store)


def test_an_archive_holds_assets_and_contracts_and_restores_them(
    store, asset, locations, locale, tmp_path
):
    maintenance.enter_service(store, asset, "changed the filter", Details("visit"))
    records.add(store, CASE, {"contact": "#1", "text": "leaks", "asset": "SN1"})
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines
        assert is_sound(other)


def test_a_copy_has_the_assets_and_contracts(store, asset, locations, locale):
    with contextlib.closing(open_store(locations("copy"), create=True, locale=locale)) as other:
        compared = database_copy.copy_database(store, other, lambda _done: None)
        rows = {each.table: each.rows for each in compared}
        assert [rows[each] for each in TABLES] == [1, 1, 1, 1]
        assert days(other) == days(store)
