"""Feedback in merge, deletion, privacy, archive and undo."""

import contextlib
import json

import pytest

from cardcrm.errors import ConflictError, MissingValueError, UsageError
from cardcrm.formats import archive
from cardcrm.records import records
from cardcrm.records.archive import dump
from cardcrm.records.contacts import contacts, merge
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.feedback import feedback
from cardcrm.records.feedback.feedback_type import FEEDBACK
from cardcrm.records.links import LinkChange
from cardcrm.records.privacy import forget
from cardcrm.records.privacy.gather import gather
from cardcrm.records.references import remove_row
from cardcrm.records.sales import products
from cardcrm.records.service.case_type import CASE
from cardcrm.store import integrity, journal, open_store


@pytest.fixture
def wish(store):
    """Add a wish of Jane and Bob about roses, and one of Bob and Cy; return the first number."""
    for name in ("Jane Doe", "Bob Ray", "Cy Lee"):
        contacts.add(store, ContactDraft(name))
    for name in ("Rose", "Vase"):
        products.add(store, name)
    records.add(store, CASE, {"contact": "#2", "text": "broken"})
    add(store, "longer stems", [1, 2])
    add(store, "stems too short", [2, 3], case="#1", on="2026-09-01")
    return 1


def add(store, text, who, **texts):
    return records.add(
        store, FEEDBACK, {"product": "Rose", "text": text, **texts}, {"supporter": LinkChange(who)}
    ).id


def supporters(store, number):
    sql = "SELECT contact_id FROM supporter WHERE feedback_id = :id ORDER BY contact_id"
    return [row[0] for row in store.rows(sql, id=number)]


def check(store):
    return integrity.check_database(store, lambda _words: None)


def test_a_merge_has_all_customers_both_texts_the_earlier_day_and_the_case(store, wish):
    before = list(dump.lines(store))
    merged = feedback.merge(store, wish, 2)
    assert supporters(store, wish) == [1, 2, 3]
    values = merged.values
    assert values["text"] == "longer stems\nstems too short"
    assert (values["on"].isoformat(), values["case"]) == ("2026-09-01", "broken")
    assert store.count_rows("feedback") == 1
    assert check(store) == []
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_a_merge_with_itself_or_over_products_is_refused(store, wish):
    vase = add(store, "taller", [1], product="Vase")
    with pytest.raises(UsageError, match="into itself"):
        feedback.merge(store, wish, wish)
    with pytest.raises(ConflictError, match="is about Rose, feedback 3 about Vase"):
        feedback.merge(store, wish, vase)


def test_feedback_keeps_a_customer_until_the_last_one_goes(store, wish):
    with pytest.raises(MissingValueError):
        records.edit(store, FEEDBACK, [wish], {}, {"supporter": LinkChange((), [1, 2])})
    records.edit(store, FEEDBACK, [wish], {}, {"supporter": LinkChange([3], [2])})
    assert supporters(store, wish) == [1, 3]
    before = list(dump.lines(store))
    with store.transaction("rm"):
        remove_row(store, "contact", 3)
    assert (supporters(store, 1), supporters(store, 2)) == ([1], [2])
    with store.transaction("rm"):
        remove_row(store, "contact", 1)
    assert store.count_rows("feedback") == 1
    assert check(store) == []
    journal.undo(store)
    journal.undo(store)
    assert list(dump.lines(store)) == before


def test_a_merge_of_contacts_counts_a_supporter_once(store, wish):
    merge.merge(store, 3, 2)
    assert (supporters(store, 1), supporters(store, 2)) == ([1, 3], [3])
    assert check(store) == []


def test_a_product_and_a_case_that_go_leave_the_feedback(store, wish):
    with store.transaction("rm"):
        remove_row(store, "product", 1)
        remove_row(store, "case", 1)
    columns = records.get(store, FEEDBACK, 2).columns
    assert (columns["product_id"], columns["case_id"]) == (None, None)


def test_privacy_shows_the_feedback_of_a_person_and_forget_erases_what_is_theirs_alone(store, wish):
    alone = add(store, "call Jane Doe", [1])
    found = gather(store, 1)["feedback_items"]
    assert [each["text"] for each in found] == ["longer stems", "call Jane Doe"]
    forget.forget(store, 1)
    assert store.rows("SELECT id FROM feedback WHERE id = :id", id=alone) == []
    assert supporters(store, wish) == [2]
    texts = [str(tuple(each)) for each in store.rows("SELECT * FROM change")]
    assert not any("call Jane" in each for each in texts)
    assert check(store) == []


def test_an_archive_holds_feedback_and_restores_it(store, wish, locations, locale, tmp_path):
    lines = json.loads(json.dumps(list(dump.lines(store))))
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    with contextlib.closing(open_store(locations("other"), create=True, locale=locale)) as other:
        for _ in range(2):
            archive.read(other, path, lambda _done: None)
            assert list(dump.lines(other)) == lines
