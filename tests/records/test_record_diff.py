"""Edits of records change only what was edited, report conflicts, and can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import Money, UnitPrice
from cardcrm.records import record_diff, records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.conflicts import EditConflictError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.registry import record_type
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sales import LineDraft, SaleLine, parse_line
from cardcrm.store import Locale, Store, journal, open_store


def when(text: str, *, past: bool = False) -> dates.DayTime:
    return dates.parse_date(text, dates.now(""), past=past)


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


@pytest.fixture
def two(location: Path | str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """Open one database for rosa and for tom, with one record of each noun for Jane."""
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    monkeypatch.setenv("TZ", "Europe/London")
    locale = Locale("GB", "GBP", "")
    rosa = open_store(location, user="rosa", create=True, locale=locale)
    contacts.add(rosa, ContactDraft(name="Jane Doe"))
    interactions.log(
        rosa, [1], "asked for a quote", kind="call", when=when("yesterday 15:00", past=True),
        minutes=10,
    )  # fmt: skip
    reminders.add(rosa, 1, "send it", when("fri 14:00"), every="2w", priority=3)
    sales.sell(rosa, 1, None, lines=[parse_line("2 x Rose bouquet @ 24.50 -10%", "GBP")], ref="A1")
    tom = open_store(location, user="tom", locale=locale)
    yield rosa, tom
    rosa.close()
    tom.close()


def texts(store: Store, what: str) -> dict[str, str]:
    if what == "interaction":
        return record_diff.interaction_texts(store, interactions.get(store, 1))
    if what == "reminder":
        return record_diff.reminder_texts(store, reminders.get(store, 1))
    return record_diff.sale_texts(store, sales.get(store, 1))


MEND = {
    "interaction": record_diff.revise_interaction,
    "reminder": record_diff.revise_reminder,
    "sale": record_diff.revise_sale,
}
SHOWN = {
    "interaction": {
        "text": "asked for a quote", "kind": "call", "direction": "", "on": "2026-11-20 15:00",
        "no_answer": "no",
        "minutes": "10", "outcome": "", "with": "#1",
    },
    "reminder": {
        "text": "send it", "due": "2026-11-27 14:00", "promise": "no", "every": "every 2 weeks",
        "priority": "3", "owner": "",
    },
    "sale": {
        "amount": "44.10", "text": "Rose bouquet", "lines": "2 x Rose bouquet @ 24.50 -10%",
        "on": "2026-11-21", "cost": "", "fee": "", "channel": "", "tax": "", "tax_rate": "",
        "code": "", "ref": "A1", "payment": "",
    },
}  # fmt: skip
CHANGED = [
    ("interaction", "text", "asked for two", "asked for two"),
    ("interaction", "kind", "visit", "visit"),
    ("interaction", "direction", "in", "in"),
    ("interaction", "on", "tue 9:00", "2026-11-17 09:00"),
    ("interaction", "minutes", "", ""),
    ("interaction", "minutes", "25", "25"),
    ("interaction", "outcome", "she likes it", "she likes it"),
    ("interaction", "with", "Jane", "#1"),
    ("reminder", "text", "send both", "send both"),
    ("reminder", "due", "mon", "2026-11-23"),
    ("reminder", "promise", "yes", "yes"),
    ("reminder", "every", "", ""),
    ("reminder", "every", "monthly", "every month"),
    ("reminder", "priority", "", ""),
    ("reminder", "owner", "tom", "tom"),
    ("sale", "amount", "40", "40.00"),
    ("sale", "amount", "-44.10", "-44.10"),
    ("sale", "text", "for the fair", "for the fair"),
    ("sale", "lines", "3 x Rose bouquet @ 20", "3 x Rose bouquet @ 20.00"),
    ("sale", "on", "3 nov", "2026-11-03"),
    ("sale", "cost", "12", "12.00"),
    ("sale", "ref", "B2", "B2"),
]


@pytest.mark.parametrize("what", MEND)
def test_it_is_shown_as_one_writes_it_and_unchanged_writes_nothing(two, what):
    rosa, _ = two
    assert texts(rosa, what) == SHOWN[what]
    before = rosa.changes_made
    MEND[what](rosa, 1, SHOWN[what], SHOWN[what])
    assert rosa.changes_made == before


@pytest.mark.parametrize(("what", "name", "said", "shown"), CHANGED)
def test_each_thing_can_be_changed_and_undone(two, what, name, said, shown):
    rosa, tom = two
    MEND[what](rosa, 1, SHOWN[what], SHOWN[what] | {name: said})
    assert texts(tom, what)[name] == shown
    journal.undo(rosa)
    assert texts(tom, what) == SHOWN[what]


@pytest.mark.parametrize(
    ("what", "theirs", "mine"),
    [
        ("interaction", {"outcome": "fine"}, {"minutes": "20"}),
        ("reminder", {"due": "2026-11-30"}, {"text": "send both"}),
        ("sale", {"ref": "B2"}, {"amount": "40.00"}),
    ],
)
def test_two_may_mend_different_things(two, what, theirs, mine):
    rosa, tom = two
    MEND[what](tom, 1, SHOWN[what], SHOWN[what] | theirs)
    MEND[what](rosa, 1, SHOWN[what], SHOWN[what] | mine)
    assert (theirs | mine).items() <= texts(rosa, what).items()


@pytest.mark.parametrize(
    ("what", "name", "theirs", "mine", "label"),
    [
        ("interaction", "text", "she called", "he called", "what"),
        ("reminder", "due", "2026-11-30", "2026-12-01", "due"),
        ("sale", "amount", "40.00", "41.00", "amount"),
    ],
)
def test_the_second_to_mend_the_same_is_told_both(two, what, name, theirs, mine, label):
    rosa, tom = two
    MEND[what](tom, 1, SHOWN[what], SHOWN[what] | {name: theirs})
    with pytest.raises(EditConflictError, match=f"changed {label} in the meantime") as raised:
        MEND[what](rosa, 1, SHOWN[what], SHOWN[what] | {name: mine})
    (clash,) = raised.value.conflicts
    assert (clash.key, clash.their_words, clash.my_words) == (name, theirs, mine)
    assert clash.by is not None
    assert clash.by.author == "tom"
    assert texts(rosa, what)[name] == theirs


@pytest.mark.parametrize("what", MEND)
def test_what_is_gone_is_told(two, what):
    rosa, tom = two
    records.remove(tom, record_type(what), [1])
    with pytest.raises(NotFoundError, match=f"unknown {what} 1"):
        MEND[what](rosa, 1, SHOWN[what], SHOWN[what] | {"text": "x"})


@pytest.mark.parametrize(
    ("what", "name", "said", "told"),
    [
        ("interaction", "text", " ", "needs a text"),
        ("interaction", "on", "tomorrow", "in the future"),
        ("interaction", "minutes", "ten", "minutes must be a whole number, not “ten”"),
        ("reminder", "text", "", "a reminder needs a text"),
        ("reminder", "every", "blue moon", "blue moon"),
        ("reminder", "priority", "12", "priority must be between 0 and 9"),
        ("sale", "amount", "much", "invalid amount “much”"),
        ("sale", "on", "2027-01-01", "2027"),
        ("sale", "lines", "@ 3", "names no product"),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(two, what, name, said, told):
    rosa, _ = two
    with pytest.raises(UsageError) as raised:
        MEND[what](rosa, 1, SHOWN[what], SHOWN[what] | {name: said})
    assert told in raised.value.message
    assert texts(rosa, what) == SHOWN[what]


def test_a_new_amount_is_shared_out_over_the_one_line_and_sums_follow(two):
    rosa, _ = two
    sales.edit(rosa, 1, amount=pounds(5000))
    [line] = sales.lines_of(rosa, 1)
    assert (line.price, line.discount, line.amount) == (
        UnitPrice(25_000_000, "GBP"),
        0,
        pounds(5000),
    )
    assert rosa.value("SELECT revenue FROM contact_value") == 5000


def test_several_lines_must_come_to_the_amount(two):
    rosa, _ = two
    more = [LineDraft("Vase", 1000, pounds(800)), LineDraft("Rose", 2000, pounds(100))]
    assert sales.edit(rosa, 1, lines=more).amount == pounds(1000)
    assert sales.get(rosa, 1).text == "Vase, Rose"
    with pytest.raises(UsageError, match=r"add up to 10\.00 GBP, not to 9\.00"):
        sales.edit(rosa, 1, amount=pounds(900))
    assert [line.product for line in sales.lines_of(rosa, 1)] == ["Vase", "Rose"]


def test_what_a_line_cost_is_kept_when_lines_are_written_anew(two):
    rosa, _ = two
    draft = LineDraft("Rose bouquet", 2000, pounds(2000), cost=pounds(700))
    sales.edit(rosa, 1, lines=[draft])
    shown = texts(rosa, "sale")
    record_diff.revise_sale(rosa, 1, shown, shown | {"lines": "3 x Rose bouquet @ 20"})
    assert sales.get(rosa, 1).cost == pounds(2100)


def test_a_sale_may_become_a_refund_and_stays_one(two):
    rosa, _ = two
    sales.edit(rosa, 1, cost=pounds(1000), refund=True)
    assert (sales.get(rosa, 1).amount, sales.get(rosa, 1).cost) == (pounds(-4410), pounds(-1000))
    sales.edit(rosa, 1, lines=[LineDraft("Vase", 1000, pounds(800))])
    assert sales.get(rosa, 1).amount == pounds(-800)


def test_a_reference_belongs_to_one_sale(two):
    rosa, _ = two
    sales.sell(rosa, 1, pounds(100), ref="B2")
    with pytest.raises(ConflictError, match="sale 2 already has the reference"):
        sales.edit(rosa, 1, ref="B2")
    sales.edit(rosa, 1, ref="A1")


def test_a_catalogues_cost_makes_that_of_a_sale_mended(two):
    rosa, _ = two
    products.add(rosa, "Vase", price=pounds(800), cost=pounds(300))
    sales.edit(rosa, 1, lines=[LineDraft("Vase", 2000)])
    assert (sales.get(rosa, 1).amount, sales.get(rosa, 1).cost) == (pounds(1600), pounds(600))


@example("5 x 7 frame", 1000, 2450, 0, "GBP")
@example("100 roses", 1000, 2450, 0, "GBP")
@given(
    st.sampled_from(["Rose", "Rose bouquet", "Kit 2000", "Tea & cake", "5 x 7 frame"]),
    st.integers(1, 10**7),
    st.integers(0, 10**12),
    st.integers(0, 1000),
    st.sampled_from(["GBP", "JPY", "EUR"]),
)
def test_a_line_is_read_as_it_is_written(product, quantity, price, tenths, currency):
    line = SaleLine(
        product, quantity, UnitPrice(price, currency), None, tenths * 100, Money(0, currency)
    )
    read = parse_line(record_diff.line_text(line, "GBP"), "GBP")
    assert read == LineDraft(product, quantity, UnitPrice(price, currency), None, tenths * 100)


def people(store: Store) -> list[str]:
    return [name for _, name in interactions.participants(store, 1)]


def test_two_who_change_who_took_part_both_get_what_they_want(two):
    rosa, tom = two
    for name in ("Ann Lee", "Bob Roe"):
        contacts.add(rosa, ContactDraft(name=name))
    seen = texts(rosa, "interaction")
    assert seen["with"] == "#1"
    record_diff.revise_interaction(tom, 1, seen, seen | {"with": "#1\nann"})
    record_diff.revise_interaction(rosa, 1, seen, seen | {"with": "bob roe"})
    assert people(rosa) == ["Ann Lee", "Bob Roe"]
    journal.undo(rosa)
    assert sorted(people(rosa)) == ["Ann Lee", "Jane Doe"]


def test_somebody_must_have_taken_part_and_must_have_a_card(two):
    rosa, _ = two
    seen = texts(rosa, "interaction")
    with pytest.raises(UsageError, match="needs a contact"):
        record_diff.revise_interaction(rosa, 1, seen, seen | {"with": ""})
    with pytest.raises(NotFoundError, match="no contact matches “unknown”"):
        record_diff.revise_interaction(rosa, 1, seen, seen | {"with": "#1\nunknown"})
    assert people(rosa) == ["Jane Doe"]


def test_who_took_part_stays_so_where_something_else_is_mended(two):
    rosa, tom = two
    contacts.add(rosa, ContactDraft(name="Ann Lee"))
    seen = texts(rosa, "interaction")
    interactions.edit(tom, 1, joined=[2])
    record_diff.revise_interaction(rosa, 1, seen, seen | {"outcome": "fine"})
    assert people(rosa) == ["Jane Doe", "Ann Lee"]
