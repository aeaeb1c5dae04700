"""An opt-out outlives the contact: it is removed or forgotten, and its address comes back."""

import pytest

from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.update import Edit, PointMark
from cardcrm.records.mail import permission
from cardcrm.records.privacy.forget import forget

JANE = "jane@example.com"
PHONE = "+44 113 496 0123"


def add(store, name, *addresses, **marks):
    points = tuple(
        ContactPointDraft("email" if "@" in each else "phone", each, **marks) for each in addresses
    )
    return contacts.add(store, ContactDraft(name, points=points)).id


def is_opted_out(store, contact_id):
    sql = "SELECT min(opted_out) FROM point WHERE contact_id = :id"
    return bool(store.value(sql, id=contact_id))


def remove(store, contact_id):
    contacts.remove(store, [contact_id])


def drop_address(store, contact_id):
    update.edit(store, [contact_id], Edit(removals=(JANE,)))


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("lose", [remove, forget, drop_address])
@pytest.mark.parametrize("how", ["a mark", "an opt-out"])
def test_an_opted_out_address_that_is_gone_comes_back_opted_out(store, lose, how):
    jane = add(store, "Jane", JANE, opted_out=how == "a mark")
    if how == "an opt-out":
        permission.opt_out(store, JANE, source="hand")
    lose(store, jane)
    assert permission.find_refusals(store, [JANE], "").keys() == {JANE}
    assert is_opted_out(store, add(store, "Jane Again", JANE.upper()))


@pytest.mark.engines("sqlite", "postgresql")
def test_a_number_that_is_gone_comes_back_opted_out_and_others_do_not(store):
    remove(store, add(store, "Jane", PHONE, opted_out=True))
    assert is_opted_out(store, add(store, "Jane", "0113 496 0123"))
    assert not is_opted_out(store, add(store, "Bob", "bob@example.com"))


@pytest.mark.engines("sqlite", "postgresql")
def test_an_address_that_bounced_comes_back_invalid(store):
    permission.opt_out(store, JANE, source="mail", reason="bounce")
    jane = add(store, "Jane", JANE)
    assert not is_opted_out(store, jane)
    assert store.value("SELECT invalid FROM point") == 1
    assert permission.find_refusals(store, [JANE], "") == {JANE: "invalid: bounced on 2026-11-21"}


@pytest.mark.engines("sqlite", "postgresql")
def test_an_address_that_is_opted_in_again_leaves_the_list(store):
    jane = add(store, "Jane", JANE)
    permission.opt_out(store, JANE, source="hand")
    update.edit(store, [jane], Edit(marks=(PointMark(JANE, "opted_out", is_set=False),)))
    assert permission.find_refusals(store, [JANE], "") == {}
