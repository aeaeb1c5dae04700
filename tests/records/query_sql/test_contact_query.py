"""Each field of the filter language, on the contacts of a small shop."""

import pytest

from cardcrm import dates, query
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts, custom_fields, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.job_type import JOB
from cardcrm.records.contacts.query_fields import COLUMNS, FILTERS
from cardcrm.records.mail import consents
from cardcrm.records.partners.partner_type import PARTNER
from cardcrm.records.partners.registration_type import REGISTRATION
from cardcrm.records.partners.testimonial_type import TESTIMONIAL
from cardcrm.records.query_sql import columns, contact_query, segments
from cardcrm.records.sales import sales
from cardcrm.records.teamwork.claim_type import CLAIM
from cardcrm.records.teamwork.territory_type import TERRITORY
from cardcrm.store import Locale, Store

ACME = ContactDraft(name="Acme Heating", kind="org", tags=("trade",))
JANE = ContactDraft(
    name="Jane Doe",
    nicknames=("Boss",),
    org="Acme Heating",
    title="Head of Buying",
    points=(
        ContactPointDraft("email", "jane@acme.example"),
        ContactPointDraft("phone", "0113 496 0123"),
        ContactPointDraft("web", "https://www.jane.example/about"),
    ),
    addresses=(AddressDraft("", "5 Mill Lane", "Leeds", "Yorkshire", "LS1 4AP", "England"),),
    days=(AnniversaryDraft("birthday", "1980-11-25"),),
    tags=("vip", "garden-club"),
    note="Allergic to lilies",
    source="fair",
    stage="customer",
    owner="ann",
    every="30d",
    fields=(("shoe size", "38"),),
)
TOM = ContactDraft(
    name="Tom Müller",
    points=(
        ContactPointDraft("email", "tom@example.org", opted_out=True),
        ContactPointDraft("phone", "+33 1 42 68 53 00"),
    ),
    addresses=(AddressDraft(city="Leighton", latitude="51.9", longitude="-0.66"),),
    role="Decision maker",
    language="de",
    timezone="Europe/Berlin",
    gender="male",
    tags=("cold",),
    relations=(RelationDraft("spouse", "Jane Doe"),),
)
BO = ContactDraft(name="Bo Li", source="web", owner="bob")


@pytest.fixture
def locale() -> Locale:
    return Locale("GB", "GBP", "UTC")


@pytest.fixture
def store(empty_store: Store) -> Store:
    fill(empty_store)
    return empty_store


def fill(store: Store) -> None:
    """Add four contacts with a short history."""
    _, jane, tom, _ = (contacts.add(store, draft).id for draft in (ACME, JANE, TOM, BO))

    def day(text: str, *, past: bool = True) -> dates.DayTime:
        return dates.parse_date(text, dates.now("UTC"), past=past)

    interactions.log(store, [jane], "asked for a wreath", when=day("2026-08-01"))
    interactions.log(store, [tom], "sent the catalog", kind="mail", when=day("2026-11-20"))
    reminders.add(store, jane, "send quote", day("2026-11-23", past=False), promise=True)
    reminders.add(store, tom, "call back", day("2026-12-24", past=False))
    sales.sell(
        store, jane, Money(120_000, "GBP"), cost=Money(50_000, "GBP"), when=day("2026-03-01")
    )
    rose = sales.LineDraft("Rose bouquet")
    sales.sell(store, jane, Money(5_000, "GBP"), cost=Money(1, "GBP"), lines=(rose,))
    sales.sell(store, tom, Money(900, "EUR"), when=day("2025-12-01"))
    records.add(store, JOB, {"contact": "tom", "org": "acme", "title": "Fahrer für Kränze"})
    segments.save(store, "best", "tag:vip value>1000")
    records.add(store, CLAIM, {"contact": "tom", "user": "Zoë"})
    records.add(store, PARTNER, {"contact": "acme", "from": "2026-01-01"})
    records.add(store, REGISTRATION, {"partner": "acme", "contact": "tom"})
    records.add(store, TESTIMONIAL, {"contact": "jane", "asked": "2026-08-01"})
    records.add(store, TERRITORY, {"name": "north", "query": "city:leeds", "owner": "ann"})
    records.add(store, TERRITORY, {"name": "heat", "query": "acme", "owner": "bob"})
    consents.record(store, jane, "newsletter")
    custom_fields.add(store, "Visit", "date")
    custom_fields.add(store, "Budget", "money")
    update.edit(store, [tom], update.Edit(values=(("visit", "2026-10-01"), ("budget", "500"))))


def found(store: Store, text: str) -> str:
    """Return the first words of the names that a query finds."""
    node = contact_query.parse(store, text)
    names = [
        row[0].split()[0]
        for row in columns.select(store, node, columns.find_columns(store, ["name"]))
    ]
    assert columns.count(store, node) == len(names)
    return " ".join(sorted(names))


EXAMPLES = [
    ("", "Acme Bo Jane Tom"),
    # words
    ("muller", "Tom"), ("ülle", "Tom"), ("boss", "Jane"), ("acme", "Acme Jane"),
    ("lilies", "Jane"), ("wreath", "Jane"), ("catal", "Tom"), ("atalog", ""),
    ("buying", "Jane"), ("leeds", "Jane"), ("garden-club", "Jane"), ("496 0123", "Jane"),
    ("+44 (0)113 496 0123", "Jane"), ("jane.example/about", "Jane"), ("bo", "Bo"), ("zz", ""),
    ('"asked for"', "Jane"),
    # joints
    ("leeds vip", "Jane"), ("leeds cold", ""), ("leeds or cold", "Jane Tom"),
    ("-leeds", "Acme Bo Tom"), ("-(leeds or cold)", "Acme Bo"), ("not tag:vip", "Acme Bo Tom"),
    # one field each
    ("id:2", "Jane"), ("id>2", "Bo Tom"), ("kind:org", "Acme"), ("name:doe", "Jane"),
    ("name=tom", ""), ('name="tom muller"', "Tom"), ("name:bo", "Bo"), ("name:o", ""),
    ("nick:oss", "Jane"), ("nick:none", "Acme Bo Tom"),
    ("given:jan", "Jane"), ("middle:any", ""), ("family:Müller", "Tom"),
    ("prefix:none", "Acme Bo Jane Tom"),
    ("suffix:jr", ""), ("name-order:family-first", ""), ("role:decision", "Tom"),
    ("language:de", "Tom"), ("timezone:berlin", "Tom"), ("gender=male", "Tom"),
    ("email:acme", "Jane"), ("email=tom@example.org", "Tom"), ("email:none", "Acme Bo"),
    ("phone:01134960123", "Jane"), ("phone=01134960123", "Jane"),
    ("phone:0142685300", "Tom"), ("phone:0033142685300", "Tom"), ("phone:+33142685300", "Tom"),
    ("phone:+44142685300", ""), ("phone=0142685300", ""),
    ("phone:960123", "Jane"), ("phone:any", "Jane Tom"),
    ("web:jane.example", "Jane"), ("point:example", "Jane Tom"),
    ("org:acme", "Jane"), ("org:none", "Acme Bo Tom"), ("title:buying", "Jane"),
    ("title:any", "Jane"), ("street:5", "Jane"), ("city:lee", "Jane"), ("city:lei", "Tom"),
    ("city=leeds", "Jane"), ("city:none", "Acme Bo"), ("region:york", "Jane"),
    ("postcode:ls1", "Jane"), ("country:england", "Jane"),
    ("latitude:any", "Tom"), ("latitude:none", "Acme Bo Jane"), ("latitude>51 latitude<52", "Tom"),
    ("longitude<0", "Tom"), ("longitude:-0.66", "Tom"), ("longitude>0", ""),
    ("tag:vip", "Jane"), ("tag:vip,cold", "Jane Tom"), ("tag:none", "Bo"), ("tag:gard", ""),
    ("stage:customer", "Jane Tom"), ("stage:lead", "Bo"), ("source:fair", "Jane"),
    ("stage:partner", "Acme"),
    ("source:any", "Bo Jane"), ("owner:ann", "Jane"), ("owner:none", "Acme Tom"),
    ("owner:me", "Jane"),
    ("owner!=ann", "Acme Bo Tom"), ("note:lil", "Jane"), ("note:none", "Acme Bo Tom"),
    ("text:wreath", "Jane"), ("text:none", "Acme Bo"), ("every:30d", "Jane"), ("every>2w", "Jane"),
    ("every:none", "Acme Bo Tom"), ("birthday<7d", "Jane"), ("birthday:nov", "Jane"),
    ("birthday:11-25", "Jane"), ("birthday:may", ""), ("birthday:none", "Acme Bo Tom"),
    ("every:never", ""), ("every<2w", ""),
    ("status:active", "Acme Bo Jane Tom"), ("status:deceased,closed", ""),
    ("-status:died", "Acme Bo Jane Tom"),
    ("touched:yesterday", "Tom"), ("touched:none", "Acme Bo Jane"), ("touched<7d", "Tom"),
    ("cadence:any", "Jane"), ("cadence:none", "Acme Bo Tom"), ("cadence<7d", ""),
    ("cadence<30d", ""), ("cadence<=30d", "Jane"), ("cadence>=30d", "Jane"), ("cadence>30d", ""),
    ("cadence:2026-12", "Jane"), ("-cadence:2026-12-21", "Acme Bo Tom"), ("snoozed:any", ""),
    ("snoozed:none", "Acme Bo Jane Tom"), ("has:cadence", "Jane"),
    ("job:fahrer", "Tom"), ("job:kraenze", "Tom"), ("job:acme", "Tom"),
    ('job="acme heating"', "Tom"),
    ("job:none", "Acme Bo Jane"), ("job:any", "Tom"), ("job:heat", "Tom"), ("job:driver", ""),
    ("created:today", "Acme Bo Jane Tom"), ("created<today", ""),
    ("updated:2026-11", "Acme Bo Jane Tom"),
    ("last>90d", "Acme Jane"), ("last<90d", "Tom"), ("last<2026-06-01", ""),
    ("last:2026-08", "Acme Jane"), ("last:yesterday", "Tom"), ("last:none", "Bo"),
    ("next<7d", "Jane"), ("due<2m", "Jane Tom"), ("due:2026-12", "Tom"), ("due:none", "Acme Bo"),
    ("promise:quote", "Jane"), ("promise:any", "Jane"), ("promise:none", "Acme Bo Tom"),
    ("bought>2026-01-01", "Acme Jane"), ("bought>6m", "Tom"), ("since:2025", "Tom"),
    ("value>1000", "Acme Jane"), ("value>1,250", ""), ("value=1250", "Acme Jane"),
    ("value<1", "Bo Tom"),
    ("value>5EUR", "Tom"), ("value:any", "Acme Jane Tom"), ("margin>700", "Acme Jane"),
    ("value>=0", "Acme Bo Jane Tom"), ("value>-1", "Acme Bo Jane Tom"), ("value<=0", "Bo Tom"),
    ("orders:2", "Acme Jane"), ("orders<1", "Bo"), ("orders>=0", "Acme Bo Jane Tom"),
    ("product:rose", "Jane"), ("product:any", "Jane"), ("has:product", "Jane"),
    ("product:none", "Acme Bo Tom"), ("kind:organisation", "Acme"),
    ("mvc:yes", ""), ("mvc:no", "Acme Bo Jane Tom"), ("mvc>1y", ""),
    ("rfm:champions", ""), ("rfm:none", "Acme Bo Jane Tom"),  # too few customers for scores
    ("segment:best", "Jane"), ("-segment:best", "Acme Bo Tom"),
    ("relation:spouse", "Jane Tom"), ("relation:none", "Bo"),
    ("opted-out:yes", "Tom"), ("opted-out:no", "Acme Bo Jane"),
    ("has:email", "Jane Tom"), ("has:note", "Jane"), ("has:sales", "Acme Jane Tom"),
    ("claimed:zoe", "Tom"), ("claimed:any", "Tom"), ("claimed:ann", ""),
    ("claimed:none", "Acme Bo Jane"), ("has:claimed", "Tom"),
    ("territory:north", "Jane"), ("territory:heat", "Acme"), ("territory:none", "Bo Tom"),
    ("territory:any", "Acme Jane"),
    ("partner:acme", "Tom"), ("partner:1", "Tom"), ("partner:any", "Tom"),
    ("partner:none", "Acme Bo Jane"), ("partner:jane", ""), ("has:partner", "Tom"),
    ("testimonial:any", "Jane"), ("testimonial>90d", "Jane"), ("testimonial:none", "Acme Bo Tom"),
    ("consent:newsletter", "Jane"), ("consent:any", "Jane"), ("consent:none", "Acme Bo Tom"),
    ("near:51.9,-0.7<5km", "Tom"), ("near:51.9,-0.7<1km", ""), ("near:none", "Acme Bo Jane"),
    ('near:"0,0<9km","51.9,-0.66"', "Tom"), ("located:exact", "Tom"), ("located:city", ""),
    ("can-mail:newsletter", "Jane"), ("can-mail:parties", "Jane"), ("can-mail:yes", "Jane"),
    # custom fields
    ("shoe-size:38", "Jane"), ("shoe-size:none", "Acme Bo Tom"), ("visit>2026-09-01", "Tom"),
    ("budget>499", "Tom"), ("budget<100", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), EXAMPLES)
def test_a_query_finds(store: Store, text: str, names: str) -> None:
    assert found(store, text) == names


def test_an_unknown_margin_compares_with_nothing(store: Store) -> None:
    sales.sell(store, 4, Money(900, "GBP"))
    assert found(store, "margin<10") == "Tom"
    assert found(store, "margin>-10") == "Acme Jane Tom"


def test_amounts_in_different_currencies_never_compare(store: Store) -> None:
    update.edit(store, [4], update.Edit(values=(("budget", "5000 JPY"),)))
    assert found(store, "budget>499") == "Tom"
    assert found(store, 'budget>"1 JPY"') == "Bo"


def test_a_birthday_on_29_february_is_found_on_the_28th(store: Store) -> None:
    with store.transaction():
        update.set_field(store, 4, "birthday", "2000-02-29")
    assert found(store, "birthday<100d") == "Bo Jane"


def test_every_field_has_an_example() -> None:
    used = {
        field
        for text, _ in EXAMPLES
        for field in FILTERS
        if any(f"{field}{op}" in text for op in (":", "=", "<", ">", "!="))
    }
    assert FILTERS.keys() - used <= {"uid"}  # given out by the program, so looked up below


def test_the_permanent_id_finds_its_contact(store: Store) -> None:
    assert found(store, f"uid:{contacts.get(store, 2).uid}") == "Jane"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("ctiy:leeds", "city"),
        ("last<someday", "someday"),
        ("value>lots", "lots"),
        ("orders>many", "many"),
        ("id:x", "whole number"),
        ("opted-out:maybe", "yes or no"),
        ("every>soon", "soon"),
        ("segment:nowhere", "nowhere"),
        ("has:wings", "wings"),
        ("budget>lots", "lots"),
        ("last>99999999d", "99999999"),
        ("birthday:someday", "someday"),
        ("birthday>may", "birthday<14d"),
        ("stage:custmer", "Did you mean customer?"),
        ("kind:foo", "person, org"),
    ],
)
def test_an_invalid_value_is_an_error(store: Store, text: str, part: str) -> None:
    from cardcrm.errors import CardcrmError

    with pytest.raises(CardcrmError) as caught:
        found(store, text)
    assert part in f"{caught.value.message} {caught.value.hint}"


def test_a_segment_that_contains_itself_is_an_error(store: Store) -> None:
    segments.save(store, "loop", "tag:vip or segment:best")
    segments.save(store, "best", "segment:loop")
    with pytest.raises(UsageError, match="contains itself"):
        found(store, "segment:loop")


def test_wildcards_of_like_are_taken_literally(store: Store) -> None:
    contacts.add(store, ContactDraft(name="100% Wool_Shop", addresses=(AddressDraft(city="A_b"),)))
    assert found(store, "city:a_b") == "100%"
    assert found(store, "city:axb") == ""
    assert found(store, 'name:"100% wool_"') == "100%"


@pytest.mark.parametrize("sort", [*COLUMNS, *(f"-{name}" for name in COLUMNS)])
def test_every_column_can_be_shown_and_sorted_by(store: Store, sort: str) -> None:
    shown = columns.find_columns(store, ["id", sort.removeprefix("-")])
    rows = list(columns.select(store, query.ALL, shown, sort=sort))
    assert sorted(row[0] for row in rows) == [1, 2, 3, 4]
    known = [row[1] for row in rows if row[1] not in (None, "", ())]
    if sort.removeprefix("-") not in ("name", "tags", "birthday"):  # sorted by something else
        keys = [getattr(value, "minor", value) for value in known]
        assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert [row[1] is None for row in rows] == sorted(row[1] is None for row in rows)


def test_a_minus_sorts_in_descending_order(store: Store) -> None:
    shown = columns.find_columns(store, ["name", "value"])
    rows = list(columns.select(store, query.ALL, shown, sort="-value", limit=2))
    assert rows[0] == ("Jane Doe", Money(125_000, "GBP"))


def test_a_custom_field_is_a_column_too(store: Store) -> None:
    shown = columns.find_columns(store, ["name", "budget"])
    rows = list(columns.select(store, query.ALL, shown, sort="-budget"))
    assert rows[0] == ("Tom Müller", Money(50000, "GBP"))


def test_an_unknown_column_suggests_the_nearest(store: Store) -> None:
    with pytest.raises(UsageError) as caught:
        columns.find_columns(store, ["phnoe"])
    assert "phone" in caught.value.hint
