"""`show` and `brief`: the full card, and a summary."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardcrm.cli.run import main
from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, merge, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.sales import sales
from cardcrm.reports.card import average_order
from cardcrm.store import Locale, Store

Show = Callable[..., str]


def day(text: str) -> DayTime:
    return DayTime(dt.date.fromisoformat(text))


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
        output = capsys.readouterr()
        return output.err if code else output.out

    return show


@pytest.fixture
def jane(store: Store) -> int:
    """Create a contact with data of every kind, and return its id, 2."""
    contact = contacts.add(
        store,
        ContactDraft(
            name="Jane Doe",
            org="Acme Ltd",
            title="Head of Buying",
            nicknames=("Janie",),
            points=(
                ContactPointDraft("phone", "+44 113 496 0123", "work"),
                ContactPointDraft("email", "jane@acme.example", opted_out=True),
                ContactPointDraft("email", "old@acme.example", invalid=True),
            ),
            addresses=(AddressDraft("home", "14 Mill Lane", "Leeds", "", "LS1 4AP"),),
            days=(AnniversaryDraft("birthday", "1980-12-03"),),
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


def test_card_shows_everything_about_a_contact(jane: int, show: Show) -> None:
    words = " ".join(show("show", "jane").replace("│", " ").split())
    for message in (
        "#2", "Jane Doe", "[vip]", "Head of Buying at Acme Ltd", "customer · owner ann",
        "phone +44 113 496 0123 (work)", "jane@acme.example (opted out)",
        "old@acme.example (invalid)", "14 Mill Lane, Leeds LS1 4AP (home)",
        "birthday 3 December 1980, 46 in 12 days", "known as Janie", "Shoe size 39",
        "every 30 days, last Fri 20 Nov (yesterday), next by Sun 20 Dec",
        "value 85.00 GBP in 2 orders since 5 Jan 2026, 42.50 on average", "99.00 EUR in 1 order",
        "note Prefers mornings.",
        "! Fri 27 Nov send quote in 6 days, promised, #1",
        "- Tue 10 Nov call back 11 days late, every 2 weeks, #2",
        "call Fri 20 Nov wants a quote yesterday, #2",
        "meeting 14 Nov 2025 At the fair 12 months ago, with Ann Lee, #1",
        "Mon 19 Oct -20.00 GBP broken 4 weeks ago, refund, #3",
        "Fri 9 Oct 5.00 GBP 2.5 × Soap 6 weeks ago, ref INV-2, #2",
    ):  # fmt: skip
        assert message in words


def test_relations_are_described_from_both_sides(jane: int, show: Show) -> None:
    mine = " ".join(show("show", "jane").replace("│", " ").split())
    assert "referred Bob Ray #3" in mine
    assert "parent of Bob Ray #3" in mine
    assert "referred by Jane Doe #2" in " ".join(show("show", "bob").split())


def test_organization_shows_its_people(jane: int, show: Show) -> None:
    words = " ".join(show("show", "acme").split())
    assert "#2 Jane Doe Head of Buying" in words
    assert "#4 Ann Lee Fitter" in words


def test_timeline_is_limited_and_the_rest_counted(jane: int, store: Store, show: Show) -> None:
    for number in range(12):
        interactions.log(store, [jane], f"mail no {number}", kind="mail")
    assert show("show", "jane").count("mail no") == 10
    assert "4 earlier; --all shows them" in show("show", "jane")
    assert show("show", "jane", "--timeline", "3").count("mail no") == 3
    assert show("show", "jane", "--all").count("mail no") == 12
    assert "Timeline" not in show("show", "jane", "--timeline", "0")


def test_kind_filters_only_the_timeline(jane: int, show: Show) -> None:
    out = show("show", "jane", "--kind", "call")
    assert "wants a quote" in out
    assert "At the fair" not in out
    assert "earlier; --all" not in out
    assert "send quote" in out
    assert "unknown kind “cal”" in show("show", "jane", "--kind", "cal", code=2)


def data(show: Show, *words: str) -> Any:
    return json.loads(show("--format", "json", *words))


def test_json_is_a_contract(jane: int, show: Show) -> None:
    result = data(show, "show", "jane")
    assert list(result) == [
        "id", "uid", "kind", "name", "prefix", "given", "middle", "family", "suffix", "name_order",
        "sort_as", "org", "org_id", "title", "role", "stage", "status",
        "source", "owner", "note", "language", "timezone", "gender", "ref", "every", "last",
        "touched", "touch_by", "cadence",
        "snoozed", "mvc", "created", "updated",
        "nicknames", "contact_points", "addresses", "anniversaries", "tags", "fields", "relations",
        "jobs", "media", "vcard_lines", "people", "reminders", "deals", "invoices", "leads",
        "claims", "consents", "assets", "contracts", "partnerships", "feedback", "away_until",
        "interactions", "interaction_count", "sales", "sale_count", "by_currency", "all_currencies",
    ]  # fmt: skip
    assert result["contact_points"][1] == {
        "kind": "email", "address": "jane@acme.example", "label": "", "opted_out": True,
        "invalid": False,
    }  # fmt: skip
    assert result["anniversaries"] == [
        {"label": "birthday", "day": "1980-12-03", "next": "2026-12-03", "age": 46}
    ]
    assert result["fields"] == [
        {"name": "shoe-size", "label": "Shoe size", "type": "text", "text": "39"}
    ]
    assert result["relations"][0] == {
        "kind": "referred by", "inverse": True, "id": 3, "name": "Bob Ray",
    }  # fmt: skip
    assert result["interactions"][1]["participants"] == [
        {"id": 2, "name": "Jane Doe"},
        {"id": 4, "name": "Ann Lee"},
    ]
    assert result["sales"][1]["lines"] == [
        {
            "product": "Soap", "quantity": 2.5, "price": {"amount": "2.00", "currency": "GBP"},
            "cost": None, "discount": 0, "amount": {"amount": "5.00", "currency": "GBP"},
        }
    ]  # fmt: skip
    assert result["by_currency"][0]["revenue"] == {"amount": "85.00", "currency": "GBP"}
    assert result["by_currency"][0]["first_sale"] == "2026-01-05"


def test_json_has_every_interaction_by_default(jane: int, store: Store, show: Show) -> None:
    for number in range(12):
        interactions.log(store, [jane], f"no {number}")
    assert len(data(show, "show", "jane")["interactions"]) == 14
    few = data(show, "show", "jane", "--timeline", "2")
    assert (len(few["interactions"]), few["interaction_count"]) == (2, 14)


def test_empty_card_is_drawn(store: Store, show: Show) -> None:
    contacts.add(store, ContactDraft(name="Solo"))
    for verb in ("show", "brief"):
        out = show(verb, "solo")
        assert "Solo" in out
        assert "lead" in out
    assert data(show, "show", "solo")["by_currency"] == []


@pytest.mark.parametrize("verb", ["show", "brief"])
def test_an_unanswered_attempt_is_told_from_the_last_touch(
    verb: str, jane: int, store: Store, show: Show
) -> None:
    interactions.log(store, [jane], "rang twice", kind="call", no_answer=True)
    words = " ".join(show(verb, "jane").replace("│", " ").split())
    assert "every 30 days, last Fri 20 Nov (yesterday), next by Sun 20 Dec" in words
    assert "next by Sun 20 Dec unanswered attempt Sat 21 Nov (today)" in words
    interactions.log(store, [jane], "answered at last", kind="call")
    assert "unanswered" not in show(verb, "jane").partition("To do")[0]


def test_a_note_is_told_from_a_touch(store: Store, show: Show) -> None:
    contact = contacts.add(store, ContactDraft(name="Solo")).id
    interactions.log(store, [contact], "likes wine", kind="note")
    words = " ".join(show("show", "solo").replace("│", " ").split())
    assert "in touch not yet note Sat 21 Nov (today)" in words


def test_brief_shows_the_essentials(jane: int, show: Show) -> None:
    words = " ".join(show("brief", "jane").replace("│", " ").split())
    for message in (
        "Head of Buying at Acme Ltd", "+44 113 496 0123", "birthday 3 December", "[vip]",
        "! Fri 27 Nov send quote in 6 days, promised", "wants a quote", "Prefers mornings.",
        "value 85.00 GBP in 2 orders", "bought 2.5 × Soap for 5.00 GBP, Fri 9 Oct",
        "every 30 days, last Fri 20 Nov",
    ):  # fmt: skip
        assert message in words
    assert "old@acme.example" not in words


def test_brief_shows_a_long_promise_in_full(jane: int, store: Store, show: Show) -> None:
    contact = contacts.add(store, ContactDraft(name="Ida Lund")).id
    what = "call with the quote for the Hartley wedding, with and without the arch and the bridge"
    reminders.add(store, contact, what, DayTime(dt.date(2026, 11, 22)), promise=True)
    assert what in " ".join(show("brief", "ida").replace("│", " ").split())


def test_brief_leaves_out_a_distant_birthday(jane: int, store: Store, show: Show) -> None:
    update.edit(store, [jane], update.Edit(values=(("birthday", "1980-05-01"),)))
    assert "birthday" not in show("brief", "jane")


def test_brief_always_fits_a_screen(
    store: Store, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = "a very long story with many words " * 20
    contact = contacts.add(
        store,
        ContactDraft(
            name="Long Name " * 15,
            org="Organization " * 10,
            title="Title " * 10,
            points=(
                *(ContactPointDraft("phone", f"+44 113 496 100{n}", "home") for n in range(6)),
                *(ContactPointDraft("email", f"very.long.name.{n}@example.com") for n in range(6)),
            ),
            tags=tuple(f"some-long-tag-{n}" for n in range(30)),
            days=(AnniversaryDraft("birthday", "1980-12-03"),),
            note=long + "\n" + long,
            owner="o" * 60,
            every="30d",
        ),
    ).id  # fmt: skip
    for n in range(6):
        interactions.log(store, [contact], f"{long}\n{long}", kind="message", outcome=long)
        reminders.add(store, contact, long, DayTime(dt.date(2025, 12, 1 + n), dt.time(14)))
        sales.sell(store, contact, Money(10**13 + n, "GBP"), text=long)
        sales.sell(store, contact, Money(10**13 + n, "EUR"), text=long)
    lines = show("brief", "long name").splitlines()
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80


def test_unknown_contact_is_not_found(store: Store, show: Show) -> None:
    assert "no contact matches" in show("show", "nobody", code=3)


@pytest.mark.parametrize(
    ("revenue", "orders", "minor"),
    [(1000, 3, 333), (1001, 2, 501), (-1001, 2, -501), (0, 4, 0), (5, 1, 5)],
)
def test_average_is_rounded_half_away_from_zero(revenue: int, orders: int, minor: int) -> None:
    assert average_order(revenue, orders, "GBP") == Money(minor, "GBP")


def test_refunds_alone_have_no_average() -> None:
    assert average_order(-500, 0, "GBP") is None


def test_uid_of_a_merged_contact_is_only_in_json(store: Store, show: Show) -> None:
    kept, gone = (contacts.add(store, ContactDraft(name=name)).id for name in ("Kay", "Gail"))
    merge.merge(store, kept, gone)
    assert "uid:" not in show("show", str(kept))
    assert "uid:" in show("show", str(kept), "--format", "json")


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (("0",), "0.00 GBP: nothing paid so far"),
        (("-20",), "-20.00 GBP: only refunds"),
        (("20", "-20"), "0.00 GBP in 1 order, all of it refunded"),
        (("20", "-25"), "-5.00 GBP in 1 order, more than that refunded"),
        (("20", "30", "-50"), "0.00 GBP in 2 orders since Sat 21 Nov, all of it refunded"),
        (("20", "0"), "20.00 GBP in 1 order"),
        (("20", "30", "-10"), "40.00 GBP in 2 orders since Sat 21 Nov, 20.00 on average"),
    ],
)
def test_worth_is_described_for_all_kinds_of_sales(
    store: Store, show: Show, amounts: tuple[str, ...], words: str
) -> None:
    contacts.add(store, ContactDraft(name="Ann Lee"))
    for amount in amounts:
        show("sell", "ann", "--", amount)
    for command in ("show", "brief"):
        (line,) = [line for line in show(command, "ann").splitlines() if "value" in line]
        assert words in line.replace("−", "-")


def test_the_line_of_a_job_has_no_number(store: Store, show: Show) -> None:
    contacts.add(store, ContactDraft(name="Bob Ray"))
    assert main(["job", "add", "Buyer", "--who", "bob", "--org", "Acme"]) == 0
    assert "Buyer at Acme\n" in show("show", "bob")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (["--country", "Germany"], "1 Way, 10115 Town, Germany"),
        (["--country", "Schweiz"], "1 Way, 10115 Town, Schweiz"),
        (["--country", "FR"], "1 Way, 10115 Town, FR"),
        (["--country", "Poland"], "1 Way, 10115 Town, Poland"),
        (["--country", "USA"], "1 Way, Town 10115, USA"),
        (["--country", "Nowhere"], "1 Way, Town 10115, Nowhere"),
        ([], "1 Way, Town 10115"),
    ],
)
def test_the_postcode_is_where_the_country_writes_it(typed, place: list[str], line: str) -> None:
    address = ["--street", "1 Way", "--city", "Town", "--postcode", "10115"]
    typed("add", "Ann Lee", *address, *place)
    assert line in typed("show", "ann")[1]


def test_the_postcode_is_where_the_region_writes_it(typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDCRM_REGION", "AT")
    typed("add", "Ann Lee", "--city", "Wien", "--postcode", "1010")
    assert "1010 Wien" in typed("show", "ann")[1]
