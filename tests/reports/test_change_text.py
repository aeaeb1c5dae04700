"""The changes of a journal step are described in words."""

import pytest

from cardcrm.cli.run import main
from cardcrm.reports import change_text
from cardcrm.store import Locale, journal, open_store


@pytest.fixture(autouse=True)
def fixed(monkeypatch, tmp_path):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "none.toml"))
    (tmp_path / "none.toml").touch()


@pytest.fixture
def told(location, capsys):
    """Run commands; the last of them in words, as heading and facts by label."""

    def tell(*commands, zone="America/New_York"):
        for words in commands:
            assert main(["--db", str(location), *words]) == 0, capsys.readouterr()
        store = open_store(location, locale=Locale(zone=zone))
        changes = journal.changes(store, journal.steps(store, 1)[0].id)
        found = change_text.describe(store, changes)
        store.close()
        return [
            (heading, {label: (old, new) for label, old, new in facts}) for heading, facts in found
        ]

    return tell


ELEANOR = ("add", "Eleanor Whitcombe", "--phone", "+44 113 496 0110", "--email", "e@example.com")


def test_a_new_card_is_told_by_its_name_without_what_programs_keep(told):
    card, *points = told(ELEANOR)
    assert card == ("contact added · Eleanor Whitcombe", {
        "name": ("", "Eleanor Whitcombe"), "stage": ("", "lead"), "status": ("", "active"),
    })  # fmt: skip
    assert sorted(heading for heading, _ in points) == [
        "email e@example.com added · Eleanor Whitcombe",
        "phone +44 113 496 0110 added · Eleanor Whitcombe",
    ]
    assert not any(facts for _, facts in points)


def test_times_are_by_the_clock_on_the_wall_and_days_by_their_names(told, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    log = ("log", "eleanor", "asked for a quote", "--in", "--on", "2026-11-20 02:30")
    (call,) = told(ELEANOR, ("add", "Marcus"), log)
    heading, facts = call
    assert heading == "note added · Eleanor Whitcombe"
    assert facts["on"] == ("", "Thu 19 Nov 21:30")  # five hours west of UTC
    assert facts["direction"] == ("", "incoming")
    assert facts["what"] == ("", "asked for a quote")


def test_all_who_took_part_stand_beside_what_they_took_part_in(told):
    both = ("log", "1", "met", "--with", "2", "--kind", "meeting")
    (met,) = told(ELEANOR, ("add", "Marcus"), both)
    assert met[0] == "meeting added · Eleanor Whitcombe, Marcus"


def test_a_promise_put_off_and_kept_says_which_one_it_was(told):
    promise = ("remind", "eleanor", "send the quote", "--due", "2026-11-23", "--promise")
    ((heading, facts),) = told(ELEANOR, promise)
    assert heading == "promise added · Eleanor Whitcombe"
    assert facts["due"] == ("", "Mon 23 Nov")
    ((heading, facts),) = told(("snooze", "1", "2027-01-04"))
    assert heading == "promise changed · Eleanor Whitcombe: send the quote"
    assert facts == {"due": ("Mon 23 Nov", "4 Jan 2027")}
    ((heading, facts),) = told(("done", "1"))
    assert heading == "promise done · Eleanor Whitcombe: send the quote"
    assert list(facts) == ["done"]


def test_a_sale_is_told_in_money_with_what_was_bought(told):
    sale = ("sell", "eleanor", "--product", "Rose bouquet", "--qty", "2", "49.00", "--currency")
    found = dict(told(ELEANOR, (*sale, "GBP")))
    facts = found["sale added · Eleanor Whitcombe"]
    assert found["contact changed · Eleanor Whitcombe"] == {"stage": ("lead", "customer")}
    assert facts["amount"] == ("", "49.00 GBP")
    assert facts["bought"] == ("", "2 x Rose bouquet @ 24.50 GBP")
    ((heading, facts),) = told(("sell", "eleanor", "-12", "--currency", "GBP"))
    assert heading == "refund added · Eleanor Whitcombe"
    assert facts["amount"] == ("", "-12.00 GBP")


def test_a_custom_field_a_birthday_and_a_relation_go_by_their_labels(told):
    edit = ("edit", "eleanor", "--set", "birthday=25 nov 1985", "--relation", "spouse=marcus")
    found = dict(told(ELEANOR, ("add", "Marcus"), edit))
    assert found["birthday added · Eleanor Whitcombe"] == {"day": ("", "25 Nov 1985")}
    assert found["spouse added · Eleanor Whitcombe"] == {"who": ("", "Marcus")}
    field = ("field", "add", "best flower")
    flower = ("edit", "eleanor", "--set", "best-flower=peony")
    found = dict(told(field, flower))
    assert found["best flower added · Eleanor Whitcombe"] == {"is": ("", "peony")}


def test_of_a_removed_card_everything_is_still_called_by_its_name(told):
    found = told(ELEANOR, ("rm", "eleanor", "--yes"))
    assert all("Eleanor Whitcombe" in heading for heading, _ in found)
    assert found[-1][0] == "contact removed · Eleanor Whitcombe"


def test_a_flag_taken_off_says_no(told):
    ((heading, facts),) = told(
        ELEANOR,
        ("edit", "eleanor", "--opt-out", "e@example.com"),
        ("edit", "eleanor", "--opt-in", "e@example.com"),
    )
    assert heading == "email e@example.com changed · Eleanor Whitcombe"
    assert facts == {"opted out": ("yes", "no")}


def test_what_a_merge_moves_says_from_whom_to_whom(told):
    remind = ("remind", "marcus", "call", "--due", "2026-11-23")
    found = told(ELEANOR, ("add", "Marcus"), remind, ("merge", "eleanor", "marcus", "--yes"))
    facts = next(facts for heading, facts in found if heading.startswith("reminder changed"))
    assert facts == {"contact": ("Marcus", "Eleanor Whitcombe")}


@pytest.mark.parametrize("last", [(), (("undo",),)])
def test_a_line_of_a_new_deal_has_its_price_in_the_currency_of_the_deal(told, last):
    deal = ("deal", "add", "Fair", "--contact", "eleanor", "--line", "2 x Posy @ 4.50 EUR")
    facts = [facts["offered"] for _, facts in told(ELEANOR, deal, *last) if "offered" in facts]
    assert ["".join(each) for each in facts] == ["2 x Posy @ 4.50 EUR"]


def test_an_amount_of_a_removed_row_without_its_currency_is_in_minor_units(location, told):
    told(
        ELEANOR,
        ("sell", "eleanor", "12.50", "--cost", "3"),
        ("sale", "edit", "1", "--cost", "4"),
        ("sale", "rm", "1", "--yes"),
    )
    store = open_store(location)
    edited = journal.steps(store, 2)[1]
    ((_, facts),) = change_text.describe(store, journal.changes(store, edited.id))
    store.close()
    assert ("cost", "300 minor units", "400 minor units") in facts
