"""Consents in files: a refusal here stays, one in a file counts, and nothing comes in twice."""

import itertools

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ConsentDraft, ContactDraft, ContactPointDraft
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.records.importing import bulk_import
from cardcrm.records.mail import consents, permission
from cardcrm.store import journal

JANE, OTHER = "jane@example.com", "j2@example.com"
GIVEN, PENDING, WITHDRAWN = "given", "pending", "withdrawn"
BOTH = pytest.mark.engines("sqlite", "postgresql")


def row(*told, addresses=(JANE,), name="Jane Doe"):
    points = tuple(ContactPointDraft("email", each) for each in addresses)
    return ContactDraft(name, points=points, consents=told)


def news(status, at="", **more):
    return ConsentDraft("newsletter", status, at, **more)


def load(store, *drafts):
    """Import drafts, and return the numbers of recorded and of respected ones."""
    outcomes = bulk_import.import_drafts(store, drafts)
    return sum(each.consents for each in outcomes), sum(each.respected for each in outcomes)


def state(store, address=JANE):
    sql = "SELECT status FROM consent WHERE address = :key ORDER BY at DESC, id DESC LIMIT 1"
    return store.value(sql, key=address) or ""


def all_rows(store):
    sql = "SELECT address, purpose, status, at, basis, source, proof FROM consent ORDER BY id"
    return [tuple(each) for each in store.rows(sql)]


@BOTH
def test_all_that_a_file_says_of_a_consent_is_stored(store):
    draft = row(news(GIVEN, "2026-03-01", basis="Contract", source="paper", proof="folder 3"))
    assert load(store, draft) == (1, 0)
    assert all_rows(store) == [
        (JANE, "newsletter", GIVEN, "2026-03-01T00:00:00Z", "contract", "paper", "folder 3")
    ]


@BOTH
def test_what_cannot_be_read_is_kept_in_the_proof(store):
    load(store, row(news(GIVEN, "one day", basis="Art. 6", proof="form")))
    ((*_, basis, source, proof),) = all_rows(store)
    assert (basis, source) == ("consent", "import")
    assert proof == "form\ndate as imported: one day\nlegal basis as imported: Art. 6"


@BOTH
@pytest.mark.parametrize("before", ["", GIVEN, PENDING, WITHDRAWN, "opted out", "suppressed"])
@pytest.mark.parametrize("wanted", [GIVEN, PENDING, WITHDRAWN])
def test_a_refusal_always_counts_and_is_never_lifted(store, before, wanted):
    contacts.add(store, row()._replace(consents=()))
    if before in (GIVEN, PENDING, WITHDRAWN):
        consents.record(store, 1, "newsletter", before)
    elif before == "opted out":
        permission.opt_out(store, JANE, source="hand")
    elif before:
        permission.opt_out(store, OTHER, source="hand")
    addresses = (JANE,) if before != "suppressed" else (OTHER,)
    is_refused = before in (WITHDRAWN, "opted out", "suppressed")
    recorded, respected = load(store, row(news(wanted), addresses=addresses))
    after = state(store, addresses[0])
    if wanted == WITHDRAWN:
        assert after == WITHDRAWN
        assert (recorded, respected) == (int(before != WITHDRAWN), 0) or before == "suppressed"
    elif is_refused:
        assert (after, recorded, respected) == (WITHDRAWN if before == WITHDRAWN else "", 0, 1)
    else:
        assert after == (GIVEN if GIVEN in (before, wanted) else PENDING)
        assert (recorded, respected) == (
            int(before == "" or (before, wanted) == (PENDING, GIVEN)),
            0,
        )
    refused = permission.find_refusals(store, addresses, "newsletter")
    assert bool(refused) == (wanted == WITHDRAWN or is_refused or after == PENDING)


@BOTH
def test_no_order_of_rows_lifts_a_refusal(store):
    for told in itertools.permutations([news(GIVEN), news(WITHDRAWN), news(GIVEN), news(PENDING)]):
        load(store, *(row(each) for each in told))
        assert state(store) == WITHDRAWN


@BOTH
def test_an_older_refusal_is_history_and_a_later_one_counts(store):
    load(store, row(news(GIVEN, "2026-03-01")))
    assert load(store, row(news(WITHDRAWN, "2025-01-01"))) == (1, 0)
    assert state(store) == GIVEN
    assert load(store, row(news(WITHDRAWN, "2026-04-01"))) == (1, 0)
    assert state(store) == WITHDRAWN
    assert load(store, row(news(GIVEN, "2026-05-01"))) == (0, 1)
    assert state(store) == WITHDRAWN


@BOTH
def test_importing_twice_changes_nothing(store):
    drafts = [
        row(news(GIVEN, "2026-03-01"), ConsentDraft("offers", WITHDRAWN)),
        row(news(PENDING), name="Bob Ray", addresses=("bob@example.com",)),
        row(news(WITHDRAWN, "2026-01-01"), name="Cy Ng", addresses=("cy@example.com",)),
    ]
    assert load(store, *drafts) == (4, 0)
    before = all_rows(store)
    steps = store.value("SELECT count(*) FROM step")
    assert load(store, *drafts) == (0, 0)
    assert all_rows(store) == before
    assert store.value("SELECT count(*) FROM step") == steps


@BOTH
def test_a_withdrawal_holds_for_all_addresses_and_a_consent_for_one(store):
    load(store, row(news(GIVEN), addresses=(JANE, OTHER)))
    assert [state(store, each) for each in (JANE, OTHER)] == [GIVEN, ""]
    load(store, row(news(WITHDRAWN)))
    assert [state(store, each) for each in (JANE, OTHER)] == [WITHDRAWN, WITHDRAWN]


@BOTH
def test_a_refused_row_still_withdraws(store):
    load(store, row(news(GIVEN)))
    (outcome,) = bulk_import.import_drafts(store, [row(news(WITHDRAWN), name=" ")])
    assert (outcome.status, outcome.consents) == ("refused", 1)
    assert state(store) == WITHDRAWN
    (outcome,) = bulk_import.import_drafts(store, [row(news(GIVEN), name=" ")])
    assert (outcome.status, outcome.consents, outcome.respected) == ("refused", 0, 0)


@BOTH
def test_a_contact_without_an_address_is_counted(store):
    (outcome,) = bulk_import.import_drafts(store, [row(news(GIVEN), addresses=())])
    assert (outcome.status, outcome.without_address) == ("created", 1)
    assert all_rows(store) == []


@BOTH
def test_undo_takes_the_consents_back(store):
    contacts.add(store, row()._replace(consents=()))
    load(store, row(news(GIVEN)))
    journal.undo(store)
    assert all_rows(store) == []
    journal.redo(store)
    assert state(store) == GIVEN


@BOTH
def test_stored_drafts_have_the_newest_consents(store):
    load(store, row(news(GIVEN, "2026-03-01"), ConsentDraft("offers", PENDING, "2026-02-01")))
    load(store, row(news(WITHDRAWN, "2026-04-01")))
    (draft,) = read_drafts(store, [1])
    assert [(each.purpose, each.status, each.address) for each in draft.consents] == [
        ("newsletter", WITHDRAWN, JANE),
        ("offers", PENDING, JANE),
    ]
    assert load(store, draft) == (0, 0)
