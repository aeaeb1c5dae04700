"""Predicates and query trees serve any kind of record, here reminders."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest

from cardcrm import query
from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.records.activity import reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql.date_predicates import day, instant
from cardcrm.records.query_sql.predicates import (
    QueryContext,
    child,
    choice,
    flag,
    money_amount,
    number,
    reference,
)
from cardcrm.records.query_sql.text_predicates import text
from cardcrm.records.query_sql.tree_compiler import TreeCompiler
from cardcrm.store import Locale, Store, open_store
from cardcrm.store.search_sql import escape_like

NAMES = ("Jane Doe", "Tom Müller")
FIELDS = {
    "due": day("m.due_on", past=False),
    "created": instant("m.created_at"),
    "text": text("lower(m.text)", "m.text"),
    "promise": flag("m.promise"),
    "who": reference("m.contact_id", "contact", text("r.name_key")),
    "repeat": text("lower(m.rule)", match="whole"),
    "row": number("m.id"),
}


def contains_words(ctx: QueryContext, words: Sequence[str]) -> str:
    patterns = [ctx.param(f"%{escape_like(word)}%") for word in words]
    return " AND ".join(f"lower(m.text) LIKE {each} ESCAPE '\\'" for each in patterns)


COMPILER = TreeCompiler(contains_words, lambda ctx, term: FIELDS[term.field](ctx, term))


@pytest.fixture(scope="module")
def store(shared_locations) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
        opened = open_store(
            shared_locations("cards"), create=True, locale=Locale("GB", "GBP", "UTC")
        )
        jane, tom = (contacts.add(opened, ContactDraft(name=name)).id for name in NAMES)
        reminders.add(opened, jane, "Send 100% quote", DayTime(dt.date(2026, 11, 23)), promise=True)
        reminders.add(opened, jane, "Call back", DayTime(dt.date(2026, 12, 24)))
        reminders.add(opened, tom, "File taxes", DayTime(dt.date(2027, 1, 31)))
        yield opened
        opened.close()


def found(store: Store, text: str) -> list[int]:
    ctx = QueryContext(store, alias="m")
    where = COMPILER.compile(ctx, query.parse(text, FIELDS))
    rows = store.rows(f"SELECT m.id FROM reminder m WHERE {where} ORDER BY m.id", **ctx.params)
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [1, 2, 3]), ("due<7d", [1]), ("due>7d", [2, 3]), ("due:2026-12", [2]),
        ("due:none", []), ("created:today", [1, 2, 3]), ("created<today", []),
        ("quote", [1]), ("100%", [1]), ("-quote", [2, 3]), ("call or quote", [1, 2]),
        ("text:CALL", [2]), ("promise:yes", [1]), ("promise:no", [2, 3]), ("who:jane", [1, 2]),
        ("who:none", []), ("who:any", [1, 2, 3]), ("who:muller", [3]), ("who:jane -quote", [2]),
        ("repeat:none", [1, 2, 3]),
        ("row>1", [2, 3]), ("row!=2", [1, 3]), ("row:any", [1, 2, 3]), ("row:none", []),
    ],
)  # fmt: skip
def test_predicates_filter_reminders(store, text, ids):
    assert found(store, text) == ids


def test_amounts_compare_within_their_currency(store):
    amount = money_amount("a.amount", "a.currency")
    for typed, ids in (("x>9", [1]), ("x>9EUR", [2]), ("x:none", [3]), ("x<=10", [1])):
        ctx = QueryContext(store, alias="a")
        where = amount(ctx, query.parse(typed, ("x",)))
        rows = store.rows(
            "SELECT a.id FROM (SELECT 1 AS id, 1000 AS amount, 'GBP' AS currency UNION ALL "
            "SELECT 2, 1000, 'EUR' UNION ALL SELECT 3, NULL, '') a "
            f"WHERE {where} ORDER BY a.id",
            **ctx.params,
        )
        assert [row[0] for row in rows] == ids, typed


def test_child_rows_are_linked_by_the_column_of_the_context(store):
    ctx = QueryContext(store, alias="c", link="contact_id")
    term = query.parse("due<7d", ("due",))
    where = child("reminder", day("x.due_on", past=False), where="x.done_at IS NULL")(ctx, term)
    rows = store.rows(f"SELECT c.name FROM contact c WHERE {where}", **ctx.params)
    assert [row[0] for row in rows] == ["Jane Doe"]


def test_an_unknown_choice_names_the_choices(store):
    stage = choice("d.stage", ("open", "won", "lost"), {"closed": "won"})
    ctx = QueryContext(store, alias="d")
    assert stage(ctx, query.parse("stage:closed", ("stage",))) == "d.stage = :q0"
    assert ctx.params == {"q0": "won"}
    with pytest.raises(UsageError, match="unknown stage “wonn”") as caught:
        stage(ctx, query.parse("stage:wonn", ("stage",)))
    assert caught.value.hint == "Did you mean won? Choose one of: open, won, lost."
