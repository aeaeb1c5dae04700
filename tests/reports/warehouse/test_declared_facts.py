"""The facts that follow from the declarations of nouns."""

import datetime as dt
from decimal import Decimal

from cardcrm.records.fields import (
    Choice,
    Day,
    Flag,
    Instant,
    Integer,
    Key,
    MoneyAmount,
    Number,
    Percent,
    Quantity,
    Reference,
    Text,
    UnitPriceAmount,
    User,
)
from cardcrm.records.record_type import RecordType
from cardcrm.reports.warehouse.star_table import Source
from cardcrm.reports.warehouse.tables.all_tables import all_facts, all_tables
from cardcrm.reports.warehouse.tables.declared_facts import fact_of
from cardcrm.reports.warehouse.workbench import Workbench

DEAL = RecordType(
    "deal",
    "deals",
    (
        Text("name", required=True),
        Key("ref"),
        Reference("contact_id", required=True),
        Reference("product_id", to="product"),
        Day("close_on", required=True, instant="close_at", phrase="close"),
        MoneyAmount("amount"),
        UnitPriceAmount("price"),
        Percent("chance"),
        Quantity("quantity"),
        Integer("visits"),
        Number("score"),
        Flag("won"),
        Choice("stage", ("open", "closed")),
        User("owner"),
        Instant("created_at"),
    ),
)
ROW = {
    "id": 7,
    "contact_id": 3,
    "product_id": None,
    "close_on": "2026-05-31",
    "close_at": "2026-05-31T08:30:00Z",
    "amount": 1250,
    "currency": "KWD",
    "price": 4,
    "price_rest": 5000,
    "chance": 12_500,
    "quantity": 1500,
    "visits": 2,
    "score": 0.5,
    "won": 1,
    "stage": "open",
    "owner": "ann",
    "created_at": "2026-05-01T00:00:00Z",
}
EXPECTED = {
    "deal_id": 7,
    "customer_id": 3,
    "product_id": None,
    "close_on": dt.date(2026, 5, 31),
    "close_at_utc": dt.datetime(2026, 5, 31, 8, 30),  # noqa: DTZ001 - as the column says
    "amount": Decimal("1.250"),
    "currency": "KWD",
    "price": Decimal("0.0045"),
    "chance": Decimal("12.5"),
    "quantity": Decimal("1.5"),
    "visits": 2,
    "score": 0.5,
    "won": True,
    "stage": "open",
    "owner": "ann",
    "created_at_utc": dt.datetime(2026, 5, 1),  # noqa: DTZ001
}


def test_a_noun_with_a_day_and_a_contact_is_a_fact_without_texts(tmp_path):
    fact = fact_of(DEAL)
    assert fact is not None
    assert (fact.name, fact.day, fact.tables) == ("fact_deal", "close_on", {"deal": ""})
    (source,) = fact.sources
    assert isinstance(source, Source)
    bench = Workbench(tmp_path / "spill")
    types = {name: type_ for name, (type_, _) in source.columns.items()}
    bench.stage(source.name, types, [[ROW[name] for name in types]])
    names = [each.name for each in fact.columns]
    assert dict(zip(names, *bench.run(fact.select), strict=True)) == EXPECTED
    bench.close()


def test_a_noun_without_a_day_or_without_a_contact_is_left_out():
    assert fact_of(DEAL._replace(fields=DEAL.fields[:4])) is None
    assert fact_of(DEAL._replace(fields=DEAL.fields[4:])) is None


def test_the_facts_of_the_program():
    names = [each.name for each in all_facts()]
    assert names[:3] == ["fact_sale_line", "fact_interaction", "fact_reminder"]
    assert not any("text" in column.name for fact in all_facts() for column in fact.columns)


def test_each_table_is_in_the_star_once():
    names = [each.name for each in all_tables()]
    assert sorted(set(names)) == sorted(names)
