"""`show` and `brief`: all of a card, and what fits the minute before a call."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardcrm.cli.run import main
from cardcrm.dates import When
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, merge, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.records.sales import sales
from cardcrm.reports.card import average
from cardcrm.store import Locale, Store

Show = Callable[..., str]


def day(text: str) -> When:
    return When(dt.date.fromisoformat(text))


@pytest.fixture
def locale() -> Locale:
    return Locale("GB", "GBP", "Europe/London")


@pytest.fixture
def store(cli_location: Path | str, empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("CARDCRM_TIMEZONE", "Europe/London")
    return empty_store


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    def show(*words: str, code: int = 0) -> str:
        assert main(list(words)) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    return show


@pytest.fixture
def jane(store: Store) -> int:
    """A card with something of everything; its id is 2."""
    contact = contacts.add(
        store,
        ContactDraft(
            name="Jane Doe",
            org="Acme Ltd",
            title="Head of Buying",
            nicknames=("Janie",),
            points=(
                PointDraft("phone", "+44 113 496 0123", "work"),
                PointDraft("email", "jane@acme.example", opted_out=True),
                PointDraft("email", "old@acme.example", invalid=True),
            ),
            addresses=(AddressDraft("home", "14 Mill Lane", "Leeds", "", "LS1 4AP"),),
            days=(DayDraft("birthday", "1980-12-03"),),
            tags=("vip",),
            note="Prefers mornings.",
            fields=(("Shoe size", "39"),),
            owner="ann",
            every="30d",
        ),
    ).id
    referred = (RelationDraft("referred by", "jane"), RelationDraft("parent", "jane"))
    contacts.add(store, ContactDraft(name="Bob Ray", relations=referred))
    contacts.add(store, ContactDraft(name="Ann Lee", org="Acme Ltd", title="Fitter"))
    interactions.log(store, [contact, 4], "At the fair", kind="meeting", when=day("2025-11-14"))
    interactions.log(store, [contact], "wants a quote", kind="call", when=day("2026-11-20"))
    reminders.add(store, contact, "send quote", day("2026-11-27"), promise=True)
    reminders.add(store, contact, "call back", day("2026-11-10"), every="2w")
    sales.sell(store, contact, Money(10000, "GBP"), when=day("2026-01-05"), text="boiler")
    sales.sell(
        store,
        contact,
        None,
        when=day("2026-10-09"),
        lines=[sales.LineDraft("Soap", 2500, Money(200, "GBP"))],
        ref="INV-2",
    )
    sales.sell(store, contact, Money(-2000, "GBP"), when=day("2026-10-19"), text="broken")
    sales.sell(store, contact, Money(9900, "EUR"), when=day("2026-02-05"))
    return contact


def test_a_card_shows_all_that_is_on_it(jane: int, show: Show) -> None:
    words = " ".join(show("show", "jane").replace("│", " ").split())
    for told in (
        "#2", "Jane Doe", "[vip]", "Head of Buying at Acme Ltd", "customer · owner ann",
        "phone +44 113 496 0123 (work)", "jane@acme.example (opted out)",
        "old@acme.example (no longer valid)", "14 Mill Lane, Leeds LS1 4AP (home)",
        "birthday 3 December 1980, 46 in 12 days", "known as Janie", "Shoe size 39",
        "every 30 days, last Fri 20 Nov (yesterday), again by Sun 20 Dec",
        "worth 85.00 GBP in 2 orders since Mon 5 Jan, 42.50 on average", "99.00 EUR in 1 order",
        "note Prefers mornings.",
        "! Fri 27 Nov send quote in 6 days, promised, #1",
        "- Tue 10 Nov call back 11 days late, every 2 weeks, #2",
        "call Fri 20 Nov wants a quote yesterday, #2",
        "meeting 14 Nov 2025 At the fair 12 months ago, with Ann Lee, #1",
        "Mon 19 Oct -20.00 GBP broken 4 weeks ago, refund, #3",
        "Fri 9 Oct 5.00 GBP 2.5 × Soap 6 weeks ago, ref INV-2, #2",
    ):  # fmt: skip
        assert told in words


def test_relations_read_right_from_both_cards(jane: int, show: Show) -> None:
    mine = " ".join(show("show", "jane").replace("│", " ").split())
    assert "referred Bob Ray #3" in mine
    assert "parent of Bob Ray #3" in mine
    assert "referred by Jane Doe #2" in " ".join(show("show", "bob").split())


def test_an_organisation_shows_who_works_there(jane: int, show: Show) -> None:
    words = " ".join(show("show", "acme").split())
    assert "#2 Jane Doe Head of Buying" in words
    assert "#4 Ann Lee Fitter" in words


def test_the_timeline_is_cut_and_the_rest_counted(jane: int, store: Store, show: Show) -> None:
    for number in range(12):
        interactions.log(store, [jane], f"mail no {number}", kind="mail")
    assert show("show", "jane").count("mail no") == 10
    assert "and 4 before; --all shows them" in show("show", "jane")
    assert show("show", "jane", "--timeline", "3").count("mail no") == 3
    assert show("show", "jane", "--all").count("mail no") == 12
    assert "Timeline" not in show("show", "jane", "--timeline", "0")


def test_a_kind_filters_the_timeline_alone(jane: int, show: Show) -> None:
    out = show("show", "jane", "--kind", "call")
    assert "wants a quote" in out
    assert "At the fair" not in out
    assert "before; --all" not in out
    assert "send quote" in out
    assert "no kind of interaction" in show("show", "jane", "--kind", "cal", code=2)


def data(show: Show, *words: str) -> Any:
    return json.loads(show("--format", "json", *words))


def test_json_is_a_contract(jane: int, show: Show) -> None:
    told = data(show, "show", "jane")
    assert list(told) == [
        "id", "uid", "kind", "name", "given", "family", "org", "org_id", "title", "stage",
        "source", "owner", "note", "ref", "every", "last", "touch_by", "created", "updated",
        "nicknames", "points", "addresses", "days", "tags", "fields", "relations", "people",
        "reminders", "interactions", "interaction_count", "sales", "sale_count", "value",
    ]  # fmt: skip
    assert told["points"][1] == {
        "kind": "email", "value": "jane@acme.example", "label": "", "opted_out": True,
        "invalid": False,
    }  # fmt: skip
    assert told["days"] == [
        {"label": "birthday", "day": "1980-12-03", "next": "2026-12-03", "age": 46}
    ]
    assert told["fields"] == [
        {"name": "shoe-size", "label": "Shoe size", "type": "text", "value": "39"}
    ]
    assert told["relations"][0] == {
        "kind": "referred by", "inverse": True, "id": 3, "name": "Bob Ray",
    }  # fmt: skip
    assert told["interactions"][1]["participants"] == [
        {"id": 2, "name": "Jane Doe"},
        {"id": 4, "name": "Ann Lee"},
    ]
    assert told["sales"][1]["lines"] == [
        {
            "product": "Soap", "quantity": "2.5", "price": {"amount": "2.00", "currency": "GBP"},
            "cost": None, "discount": "0", "amount": {"amount": "5.00", "currency": "GBP"},
        }
    ]  # fmt: skip
    assert told["value"][0]["revenue"] == {"amount": "85.00", "currency": "GBP"}
    assert told["value"][0]["first"] == "2026-01-05"


def test_json_holds_every_interaction_unless_told(jane: int, store: Store, show: Show) -> None:
    for number in range(12):
        interactions.log(store, [jane], f"no {number}")
    assert len(data(show, "show", "jane")["interactions"]) == 14
    few = data(show, "show", "jane", "--timeline", "2")
    assert (len(few["interactions"]), few["interaction_count"]) == (2, 14)


def test_an_empty_card_is_drawn(store: Store, show: Show) -> None:
    contacts.add(store, ContactDraft(name="Solo"))
    for verb in ("show", "brief"):
        out = show(verb, "solo")
        assert "Solo" in out
        assert "lead" in out
    assert data(show, "show", "solo")["value"] == []


def test_brief_tells_what_matters(jane: int, show: Show) -> None:
    words = " ".join(show("brief", "jane").replace("│", " ").split())
    for told in (
        "Head of Buying at Acme Ltd", "+44 113 496 0123", "birthday 3 December", "[vip]",
        "! Fri 27 Nov send quote in 6 days, promised", "wants a quote", "Prefers mornings.",
        "worth 85.00 GBP in 2 orders", "bought 2.5 × Soap for 5.00 GBP, Fri 9 Oct",
        "every 30 days, last Fri 20 Nov",
    ):  # fmt: skip
        assert told in words
    assert "old@acme.example" not in words


def test_brief_says_in_full_what_is_promised_where_little_is_open(
    jane: int, store: Store, show: Show
) -> None:
    contact = contacts.add(store, ContactDraft(name="Ida Lund")).id
    what = "call with the quote for the Hartley wedding, with and without the arch and the bridge"
    reminders.add(store, contact, what, When(dt.date(2026, 11, 22)), promise=True)
    assert what in " ".join(show("brief", "ida").replace("│", " ").split())


def test_brief_leaves_out_a_birthday_that_is_far(jane: int, store: Store, show: Show) -> None:
    update.edit(store, [jane], update.Edit(values=(("birthday", "1980-05-01"),)))
    assert "birthday" not in show("brief", "jane")


def test_brief_fits_a_screen_however_much_there_is(store: Store, show: Show) -> None:
    long = "a very long story with many words " * 20
    contact = contacts.add(
        store,
        ContactDraft(
            name="Long Name " * 15,
            org="Organisation " * 10,
            title="Title " * 10,
            points=(
                *(PointDraft("phone", f"+44 113 496 {n}", "home") for n in range(1000, 1006)),
                *(PointDraft("email", f"a.very.long.name.{n}@example.com") for n in range(6)),
            ),
            tags=tuple(f"some-long-tag-{n}" for n in range(30)),
            days=(DayDraft("birthday", "1980-12-03"),),
            note=long + "\n" + long,
            owner="o" * 60,
            every="30d",
        ),
    ).id  # fmt: skip
    for n in range(6):
        interactions.log(store, [contact], f"{long}\n{long}", kind="message", outcome=long)
        reminders.add(store, contact, long, When(dt.date(2025, 12, 1 + n), dt.time(14)))
        sales.sell(store, contact, Money(10**13 + n, "GBP"), text=long)
        sales.sell(store, contact, Money(10**13 + n, "EUR"), text=long)
    lines = show("brief", "long name").splitlines()
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80


def test_nobody_is_shown_as_not_found(store: Store, show: Show) -> None:
    assert "no card for" in show("show", "nobody", code=3)


@pytest.mark.parametrize(
    ("revenue", "orders", "minor"),
    [(1000, 3, 333), (1001, 2, 501), (-1001, 2, -501), (0, 4, 0), (5, 1, 5)],
)
def test_an_average_is_rounded_half_away_from_zero(revenue: int, orders: int, minor: int) -> None:
    assert average(revenue, orders, "GBP") == Money(minor, "GBP")


def test_there_is_no_average_of_refunds_alone() -> None:
    assert average(-500, 0, "GBP") is None


def test_by_what_a_merged_card_was_known_is_for_programs_alone(store: Store, show: Show) -> None:
    kept, gone = (contacts.add(store, ContactDraft(name=name)).id for name in ("Kay", "Gail"))
    merge.merge(store, kept, gone)
    assert "uid:" not in show("show", str(kept))
    assert "uid:" in show("show", str(kept), "--format", "json")


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (("0",), "0.00 GBP: nothing paid so far"),
        (("-20",), "-20.00 GBP: nothing bought, but paid back"),
        (("20", "-20"), "0.00 GBP in 1 order, all of it paid back"),
        (("20", "-25"), "-5.00 GBP in 1 order, more than that paid back"),
        (("20", "30", "-50"), "0.00 GBP in 2 orders since Sat 21 Nov, all of it paid back"),
        (("20", "0"), "20.00 GBP in 1 order"),
        (("20", "30", "-10"), "40.00 GBP in 2 orders since Sat 21 Nov, 20.00 on average"),
    ],
)
def test_what_somebody_is_worth_is_said_as_it_is(
    store: Store, show: Show, amounts: tuple[str, ...], words: str
) -> None:
    contacts.add(store, ContactDraft(name="Ann Lee"))
    for amount in amounts:
        show("sell", "ann", "--", amount)
    for command in ("show", "brief"):
        (line,) = [line for line in show(command, "ann").splitlines() if "worth" in line]
        assert words in line.replace("−", "-")
