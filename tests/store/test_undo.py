"""Undo restores the state before any change, and redo the state after it."""

import contextlib
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.errors import CardcrmError, ConflictError
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.activity.interaction_type import INTERACTION
from cardcrm.records.contacts import contacts, custom_fields, merge, part_types, update
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
)
from cardcrm.records.query_sql import segments
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_type import SALE
from cardcrm.store import Store, integrity, journal, open_store
from cardcrm.store.table_registry import DERIVED_COLUMNS, all_tables


def content(store: Store) -> dict[str, list[tuple]]:
    """Return every row of the journaled tables, without derived data."""
    found = {}
    for table in all_tables():
        names = [name for name in store.engine.column_names(table) if name not in DERIVED_COLUMNS]
        rows = store.rows(f"SELECT {', '.join(names)} FROM {table} ORDER BY id")
        found[table] = [tuple(row) for row in rows]
    return found


def is_sound(store: Store) -> bool:
    return integrity.check_database(store, print) == []


words = st.sampled_from(["Jane Doe", "Müller", "Acme", "vip", "tea", "Łódź", "x"])
pick = st.integers(0, 30)
few = st.lists(words, max_size=2)
days = st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31))

drafts = st.builds(
    ContactDraft,
    name=words,
    kind=st.sampled_from(["person", "org"]),
    org=st.sampled_from(["", "Acme", "Zeta"]),
    nicknames=few.map(tuple),
    tags=few.map(lambda names: tuple(part_types.parse_tag(name) for name in names)),
    note=st.sampled_from(["", "likes tea"]),
    every=st.sampled_from(["", "30d"]),
    points=st.sampled_from([(), (ContactPointDraft("email", "a@example.com"),)]),
    addresses=st.sampled_from([(), (AddressDraft(city="Leeds"),)]),
    days=st.sampled_from([(), (AnniversaryDraft("birthday", "1980-05-17"),)]),
    fields=st.sampled_from([(), (("shoe", "41"),)]),
)

operations = st.one_of(
    st.tuples(st.just("add"), drafts),
    st.tuples(st.just("set"), pick, st.sampled_from(["name", "note", "org", "city"]), words),
    st.tuples(st.just("every"), pick, st.sampled_from(["30d", ""])),
    st.tuples(st.just("tag"), pick, words, words),
    st.tuples(st.just("log"), st.lists(pick, min_size=1, max_size=3), words, days),
    st.tuples(st.just("unlog"), pick),
    st.tuples(st.just("remind"), pick, days, st.sampled_from(["", "2w"])),
    st.tuples(st.just("done"), pick),
    st.tuples(st.just("snooze"), pick, days),
    st.tuples(st.just("sell"), pick, st.integers(-500, 500), st.sampled_from(["", "Tea", "Cake"])),
    st.tuples(st.just("unsell"), pick),
    st.tuples(st.just("rm"), pick),
    st.tuples(st.just("merge"), pick, pick),
    st.tuples(st.just("segment"), words, words),
    st.tuples(st.just("field"), words),
    st.tuples(st.just("unfield"), pick),
    st.tuples(st.just("load"), st.integers(1, 4)),
)


def _one(store: Store, table: str, number: int) -> int:
    ids = [row[0] for row in store.rows(f"SELECT id FROM {table} ORDER BY id")]
    if not ids:
        raise CardcrmError("none")
    return ids[number % len(ids)]


def act(store: Store, name: str, *args) -> None:
    """Do one thing as a command would; what cannot be done changes nothing."""
    store.command = name
    with contextlib.suppress(CardcrmError):
        _ACTS[name](store, *args)


NOON = "2025-01-01T12:00:00Z"


def _load(store: Store, count: int) -> None:
    with store.transaction():
        first = store.reserve("contact", count)
        columns = (
            "id",
            "uid",
            "kind",
            "name",
            "name_key",
            "sort_key",
            "note",
            "created_at",
            "updated_at",
        )
        store.load(
            "contact",
            columns,
            [
                (
                    each,
                    f"u{each}",
                    "person",
                    f"Row {each}",
                    f"row {each}",
                    f"row {each}",
                    "",
                    NOON,
                    NOON,
                )
                for each in range(first, first + count)
            ],
        )
        tag = store.reserve("tag", count)
        rows = [(tag + each, first + each, "loaded") for each in range(count)]
        store.load("tag", ("id", "contact_id", "name"), rows)


_ACTS = {
    "add": contacts.add,
    "set": lambda s, n, field, text: update.edit(
        s, [_one(s, "contact", n)], update.Edit(values=((field, text),))
    ),
    "every": lambda s, n, text: update.edit(
        s, [_one(s, "contact", n)], update.Edit(values=(("every", text),))
    ),
    "tag": lambda s, n, on, off: update.edit(
        s, [_one(s, "contact", n)], update.Edit(tags=(on,), untag=(off,))
    ),
    "log": lambda s, ns, text, day: interactions.log(
        s, [_one(s, "contact", n) for n in ns], text, when=DayTime(day)
    ),
    "unlog": lambda s, n: records.remove(s, INTERACTION, [_one(s, "interaction", n)]),
    "remind": lambda s, n, day, every: reminders.add(
        s, _one(s, "contact", n), "call", DayTime(day), every=every
    ),
    "done": lambda s, n: reminders.done(s, _one(s, "reminder", n)),
    "snooze": lambda s, n, day: reminders.snooze(s, _one(s, "reminder", n), DayTime(day)),
    "sell": lambda s, n, minor, product: sales.sell(
        s,
        _one(s, "contact", n),
        Money(minor, "EUR"),
        lines=(sales.LineDraft(product),) if product else (),
        when=DayTime(dt.date(2025, 1, 1)),
    ),
    "unsell": lambda s, n: records.remove(s, SALE, [_one(s, "sale", n)]),
    "rm": lambda s, n: contacts.remove(s, [_one(s, "contact", n)]),
    "merge": lambda s, n, m: merge.merge(s, _one(s, "contact", n), _one(s, "contact", m)),
    "segment": segments.save,
    "field": custom_fields.add,
    "unfield": lambda s, n: (
        custom_fields.remove(
            s, custom_fields.list_fields(s)[n % len(custom_fields.list_fields(s))].name
        )
        if custom_fields.list_fields(s)
        else None
    ),
    "load": _load,
}


@settings(max_examples=40)
@example([("load", 1), ("sell", 0, 0, ""), ("set", 0, "org", "Jane Doe")])
@given(st.lists(operations, min_size=1, max_size=14))
def test_undo_gives_back_every_state_and_redo_the_later_ones(temporary_store, doings):
    with temporary_store(user="ann") as store:
        states = [content(store)]
        for doing in doings:
            before = store.value("SELECT max(id) FROM step")
            act(store, *doing)
            if store.value("SELECT max(id) FROM step") != before:
                states.append(content(store))
        assert is_sound(store)
        for earlier in reversed(states[:-1]):
            assert journal.undo(store) is not None
            assert content(store) == earlier
            assert is_sound(store)
        assert journal.undo(store) is None
        for later in states[1:]:
            assert journal.redo(store) is not None
            assert content(store) == later
            assert is_sound(store)
        assert journal.redo(store) is None


@settings(max_examples=25)
@given(st.data())
def test_redo_does_what_was_undone_last_and_nothing_after_something_new(temporary_store, data):
    """Against a model of two stacks, as every editor has them."""
    done: list[str] = []
    undone: list[str] = []
    with temporary_store(user="ann") as store:
        for number in range(data.draw(st.integers(1, 12))):
            what = data.draw(st.sampled_from(["do", "undo", "redo"]))
            if what == "do":
                store.command = f"step {number}"
                contacts.add(store, ContactDraft(name=f"Card {number}"))
                done.append(store.command)
                undone.clear()
            elif what == "undo":
                step = journal.undo(store)
                assert (step.command if step else None) == (done[-1] if done else None)
                if done:
                    undone.append(done.pop())
            else:
                step = journal.redo(store)
                assert (step.command if step else None) == (undone[-1] if undone else None)
                if undone:
                    done.append(undone.pop())


def as_user(path: Path, name: str) -> Store:
    return open_store(path, user=name)


def test_one_undoes_ones_own_steps_only(store, location):
    contacts.add(store, ContactDraft(name="Jane"))
    bob = as_user(location, "bob")
    contacts.add(bob, ContactDraft(name="John"))
    assert journal.undo(store).author == "ann"
    assert [row[0] for row in store.rows("SELECT name FROM contact")] == ["John"]
    assert journal.undo(store) is None
    bob.close()


@pytest.mark.parametrize(
    "building",
    [
        lambda s, card: update.edit(s, [card], update.Edit(values=(("note", "hers"),))),
        lambda s, card: update.edit(s, [card], update.Edit(tags=("hers",))),
        lambda s, card: interactions.log(s, [card], "she called"),
    ],
    ids=["changed", "tagged", "logged"],
)
@pytest.mark.parametrize("adding", ["add", "load"])
def test_what_others_built_on_is_not_taken_from_under_them(store, location, building, adding):
    act(store, adding, *([ContactDraft(name="Jane")] if adding == "add" else [1]))
    bob = as_user(location, "bob")
    bob.command = "what bob did"
    building(bob, 1)
    before = content(store)
    by_bob = f"cannot undo .*: .* changed since by bob on {bob.author.host} .“what bob did”."
    with pytest.raises(ConflictError, match=by_bob):
        journal.undo(store)
    assert content(store) == before
    assert is_sound(store)
    bob.close()


def test_of_many_cards_the_one_is_named_on_which_somebody_has_built(store, location):
    act(store, "load", 3)
    bob = as_user(location, "bob")
    interactions.log(bob, [2], "she called")
    name = contacts.get(store, 2).name
    with pytest.raises(ConflictError, match=rf"contact 2 \({name}\) was changed since by bob"):
        journal.undo(store)
    bob.close()


def test_who_took_back_what_they_did_is_not_named(store, location):
    update.edit(store, [contacts.add(store, ContactDraft(name="Jane")).id], TITLED)
    with contextlib.ExitStack() as all_:
        others = {
            name: all_.enter_context(contextlib.closing(as_user(location, name)))
            for name in ("bob", "carl", "dora")
        }
        for name, change in (
            ("bob", update.Edit(values=(("title", "his"),))),
            ("carl", update.Edit(values=(("title", "another"),))),
            ("dora", update.Edit(values=(("note", "hers"),))),  # which conflicts with no one
        ):
            others[name].command = f"what {name} did"
            update.edit(others[name], [1], change)
        with pytest.raises(ConflictError, match=r"contact 1 \(Jane\) .* by carl .*what carl did"):
            journal.undo(store)
        journal.undo(others["carl"])
        with pytest.raises(ConflictError, match=r"contact 1 \(Jane\) .* by bob .*what bob did"):
            journal.undo(store)
        journal.undo(others["bob"])
        assert journal.undo(store) is not None
        assert (contacts.get(store, 1).title, contacts.get(store, 1).note) == ("", "hers")


def test_whose_tag_is_in_the_way_is_told_with_the_card(store, location):
    contacts.add(store, ContactDraft(name="Jane", tags=("vip",)))
    update.edit(store, [1], update.Edit(untag=("vip",)))
    bob = as_user(location, "bob")
    update.edit(bob, [1], update.Edit(tags=("vip",)))
    with pytest.raises(ConflictError, match=r"tag of contact 1 \(Jane\) was changed since by bob"):
        journal.undo(store)
    bob.close()


TITLED = update.Edit(values=(("title", "boss"),))


def test_another_tag_on_the_card_does_not_stand_in_the_way_of_a_change_to_its_title(
    store, location
):
    contacts.add(store, ContactDraft(name="Jane"))
    update.edit(store, [1], update.Edit(values=(("title", "boss"),)))
    bob = as_user(location, "bob")
    update.edit(bob, [1], update.Edit(tags=("vip",)))
    assert journal.undo(store) is not None
    assert contacts.get(store, 1).title == ""
    assert contacts.tags_of(store, 1) == ["vip"]
    bob.close()


def test_ids_are_never_given_out_twice_so_that_redo_finds_its_place_free(store, location):
    contacts.add(store, ContactDraft(name="Jane"))
    journal.undo(store)
    bob = as_user(location, "bob")
    assert contacts.add(bob, ContactDraft(name="John")).id == 2
    assert journal.redo(store) is not None
    assert contacts.get(store, 1).name == "Jane"
    bob.close()


def test_a_failed_command_leaves_no_step_and_no_change(store):
    contacts.add(store, ContactDraft(name="Jane"))
    before, made = content(store), store.changes_made
    with pytest.raises(CardcrmError), store.transaction():  # noqa: PT012 - it is about both
        contacts.add(store, ContactDraft(name="John"))
        raise CardcrmError("no")
    assert content(store) == before
    assert store.changes_made == made
    assert store.last_step is None
    assert len(journal.steps(store)) == 1


def test_a_change_to_many_can_be_stopped_at_any_moment_and_leaves_nothing(store):
    ids = [contacts.add(store, ContactDraft(name=f"Jane {n}", org="Acme")).id for n in range(5)]
    change = update.Edit(values=(("name", "New"),), tags=("vip",))
    before, moments, last = content(store), 0, 0

    def heed():
        nonlocal moments
        moments += 1
        if moments == last:
            raise CardcrmError("stopped")

    store.on_progress = heed
    while last < 100:
        moments, last = 0, last + 1
        try:
            update.edit(store, ids, change)
        except CardcrmError:
            assert content(store) == before
            assert is_sound(store)
            assert len(journal.steps(store)) == 5
            continue
        break
    assert moments > 2 * len(ids)  # with every change, and while the search is brought up to date
    assert contacts.get(store, ids[0]).name == "New"


def test_an_undone_load_is_one_line_in_the_journal(store):
    _load(store, 4)
    journal.undo(store)
    step = journal.steps(store)[0]
    assert (step.kind, step.changes) == ("undo", 2)
    assert [change.op for change in journal.changes(store, step.id)] == ["unload", "unload"]


def test_the_journal_says_who_did_what_with_old_and_new(store):
    contacts.add(store, ContactDraft(name="Jane", note="old"))
    store.command = "edit jane"
    update.edit(store, [1], update.Edit(values=(("note", "new"),)))
    step = journal.steps(store, 1)[0]
    assert (step.author, step.command, step.kind) == ("ann", "edit jane", "do")
    change = journal.changes(store, step.id)[0]
    assert (change.old, change.new) == ({"note": "old"}, {"note": "new"})
    assert json.dumps(change.new)


def test_products_come_back_with_their_sale(store):
    contacts.add(store, ContactDraft(name="Jane"))
    products.add(store, "Tea", price=Money(250, "EUR"))
    sales.sell(store, 1, None, lines=(sales.LineDraft("Tea", 2000),))
    sold = content(store)
    contacts.remove(store, [1])
    journal.undo(store)
    assert content(store) == sold


def test_a_card_merged_with_an_older_one_counts_its_cadence_from_there(store):
    _load(store, 1)
    contacts.add(store, ContactDraft(name="Jane", every="30d"))
    merge.merge(store, 2, 1)
    assert contacts.get(store, 2).touch_by == "2025-01-31"
    assert is_sound(store)
    journal.undo(store)
    assert is_sound(store)
