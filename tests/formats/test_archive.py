"""Files with everything: what is exported comes back equal, on either engine or the other one."""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cardcrm.errors import CardcrmError, ConflictError
from cardcrm.formats import archive
from cardcrm.records import records, registry
from cardcrm.records.campaigns import campaigns
from cardcrm.records.contacts import contacts, custom_fields, merge, update, writer
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
)
from cardcrm.records.links import LinkChange
from cardcrm.records.mail import consents, outbox
from cardcrm.records.sample import fill
from cardcrm.records.sequences import enrollments
from cardcrm.store import Store, journal, open_store
from cardcrm.store.integrity import check_database
from cardcrm.store.table_registry import DERIVED_COLUMNS

Opened = Callable[..., AbstractContextManager[Store]]
Lines = list[dict[str, Any]]


def export(store: Store, path: Path) -> Path:
    """Write a file with everything."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        archive.write(store, stream, lambda _lines: None)
    return path


def restore(store: Store, path: Path, policy: str = "update") -> dict[str, int]:
    """Read a file, and return the number of rows by outcome."""
    counts = archive.read(store, path, lambda _bytes: None, policy=policy).counts
    outcomes = {outcome for _, outcome in counts}
    return {each: sum(n for (_, o), n in counts.items() if o == each) for each in sorted(outcomes)}


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table that holds content, with the sums and the settings."""
    tables = [each.table_name for each in registry.all_types()]
    return {
        table: sorted(map(tuple, store.rows(f"SELECT {names} FROM {table}")), key=repr)
        for table in tables
        for names in [", ".join(sorted(store.engine.column_names(table)))]
    } | {"setting": sorted(map(tuple, store.rows("SELECT name, value FROM setting")))}


@pytest.fixture
def sample(store: Store) -> Store:
    """The sample database, with what it lacks: rules, rates, relations, merged and loose rows."""
    fill(store)
    jane, *others = [row[0] for row in store.rows("SELECT id FROM contact WHERE kind = 'person'")]
    add = partial(records.add, store)
    add(
        registry.record_type("rate"),
        {"on": "2026-11-01", "currency": "EUR", "rate": "0.85", "base": "GBP"},
    )
    add(registry.record_type("cadence_rule"), {"query": "tag:vip", "every": "30d"})
    add(
        registry.record_type("reminder"), {"text": "pay the rent", "due": "fri", "every": "monthly"}
    )
    spring = {"name": "spring", "segment": "has:phone", "channel": "call", "holdout": "50%"}
    made = add(registry.record_type("campaign"), spring)
    campaigns.queue(store, made.id, "")
    add(registry.record_type("promotion"), {"code": "ten", "campaign": "spring"})
    records.edit(store, registry.record_type("sale"), [1], {"promotion": "TEN"})
    with store.transaction():
        writer.put_relation(store, jane, "friend", contacts.get(store, others[-1]))
    merge.merge(store, jane, others[0])
    _write_mail(store, jane)
    with store.transaction():  # an organization that comes after its people
        late = contacts.add(store, ContactDraft(name="Late Ltd", kind="org"))
        store.update("contact", jane, org_id=late.id)
    return store


def _write_mail(store: Store, contact_id: int) -> None:
    """Add a consent, a message of each kind of moment, and a contact in a sequence."""
    points = (ContactPointDraft("email", "jane@example.com"),)
    update.edit(store, [contact_id], update.Edit(additions=ContactDraft(points=points)))
    consents.record(store, contact_id, "newsletter", source="paper")
    draft = outbox.Draft(contact_id, "jane@example.com", "Tulips", "They are here.")
    outbox.enqueue(store, [draft, draft, draft], "example.com")
    moments = {"status": "sent", "sent_at": "2026-11-20T09:00:00Z"}
    with store.transaction():
        store.update("message", 2, **moments)
        store.update("message", 3, **moments, replied_at="2026-11-21T09:00:00Z")
    steps = '[[step]]\nwait = "3 days"\n[[step]]\ntask = "Ring"\n'
    sequence = records.add(store, registry.record_type("sequence"), {"name": "x", "steps": steps})
    enrollments.enroll(store, sequence, [contact_id])


def test_everything_comes_back_equal(sample: Store, tmp_path: Path, temporary_store: Opened):
    written = export(sample, tmp_path / "a.jsonl")
    with temporary_store() as other:
        found = restore(other, written)
        assert set(found) == {"created"}
        assert content(other) == content(sample)
        assert export(other, tmp_path / "b.jsonl").read_bytes() == written.read_bytes()
        assert check_database(other, lambda _step: None) == []


def test_columns_of_contents_are_not_named_as_derived_ones():
    named = {
        each.name for each in registry.all_types() if DERIVED_COLUMNS.intersection(each.columns)
    }
    assert named <= {"contact"}


def test_the_same_file_twice_changes_nothing(sample: Store, tmp_path: Path):
    written = export(sample, tmp_path / "a.jsonl")
    steps = len(journal.steps(sample, 1000))
    assert set(restore(sample, written)) == {"unchanged"}
    assert len(journal.steps(sample, 1000)) == steps


def test_an_import_is_one_step_that_undo_reverts(
    sample: Store, tmp_path: Path, temporary_store: Opened
):
    written = export(sample, tmp_path / "a.jsonl")
    with temporary_store() as other:
        restore(other, written)
        assert len(journal.steps(other)) == 1
        journal.undo(other)
        assert other.value("SELECT count(*) FROM contact") == 0
        journal.redo(other)
        assert export(other, tmp_path / "b.jsonl").read_bytes() == written.read_bytes()


def test_ids_that_are_taken_are_mapped(sample: Store, tmp_path: Path, temporary_store: Opened):
    written = export(sample, tmp_path / "a.jsonl")
    with temporary_store() as other:
        bob = contacts.add(other, ContactDraft(name="Bob Ray", note="mine"))
        restore(other, written)
        assert contacts.get(other, bob.id).note == "mine"
        again = restore(other, written)
        assert again.keys() == {"unchanged", "refused"}
        assert again["refused"] == 1  # the number of a merged contact, which says nothing here
        query = (
            "SELECT c.name, s.on_date, s.amount FROM sale s JOIN contact c ON c.id = s.contact_id "
            "ORDER BY 1, 2, 3"
        )
        assert [*map(tuple, other.rows(query))] == [*map(tuple, sample.rows(query))]
        assert check_database(other, lambda _step: None) == []


@pytest.mark.parametrize(
    ("policy", "note", "title"),
    [("update", "old", "Buyer"), ("fill", "new", "Buyer"), ("skip", "new", "")],
)
def test_a_known_row_is_updated_filled_or_left(
    store: Store, tmp_path: Path, policy: str, note: str, title: str
):
    jane = contacts.add(store, ContactDraft(name="Jane Doe", note="old", title="Buyer"))
    written = export(store, tmp_path / "a.jsonl")
    with store.transaction():
        store.update("contact", jane.id, note="new", title="", title_key="")
    restore(store, written, policy)
    now = contacts.get(store, jane.id)
    assert (now.note, now.title) == (note, title)


def lines_of(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write_lines(path: Path, lines: Lines) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return path


def test_the_first_line_is_a_header(sample: Store, tmp_path: Path):
    header, *rest = lines_of(export(sample, tmp_path / "a.jsonl"))
    assert (header["format"], header["version"]) == ("cardcrm", 1)
    found: dict[str, int] = {}
    for each in rest:
        found[each["noun"]] = found.get(each["noun"], 0) + 1
    assert header["counts"] == found


def test_amounts_are_decimals_and_flags_are_booleans(store: Store, tmp_path: Path):
    jane = contacts.add(store, ContactDraft(name="Jane Doe"))
    product = registry.record_type("product")
    records.add(store, product, {"name": "Ribbon", "price": "0.045 GBP", "retired": "yes"})
    sale = registry.record_type("sale")
    records.add(store, sale, {"contact": f"#{jane.id}", "amount": "1500 JPY", "on": "2026-11-20"})
    found = {each.get("noun"): each for each in lines_of(export(store, tmp_path / "a.jsonl"))}
    assert found["product"] == {
        "noun": "product", "id": 1, "name": "Ribbon", "price": "0.045", "currency": "GBP",
        "retired": True,
    }  # fmt: skip
    assert (found["sale"]["amount"], found["sale"]["currency"]) == ("1500", "JPY")


BROKEN: list[tuple[str, Callable[[list[bytes]], list[bytes]], str]] = [
    ("cut within a line", lambda rows: [*rows[:-1], rows[-1][:20]], "the file ends there: it was"),
    ("cut at a line", lambda rows: rows[:-1], "the file was cut off"),
    ("not UTF-8", lambda rows: [*rows, b"\xff\xfe\n"], "is not UTF-8"),
    ("an array", lambda rows: [*rows, b"[1]\n"], "is not a JSON object"),
    ("NaN", lambda rows: [*rows, b'{"noun":"contact","id":NaN}\n'], "is not a JSON object"),
    ("nested deeply", lambda rows: [*rows, b"[" * 100_000], "is not a JSON object"),
    ("an unknown noun", lambda rows: [*rows, b'{"noun":"spell"}\n'], "unknown noun 'spell'"),
    ("no noun", lambda rows: [*rows, b"{}\n"], "unknown noun 'None'"),
    ("out of order", lambda rows: [*rows, b'{"noun":"setting","name":"a","value":"b"}\n'],
     "a setting comes too late"),
    ("an unknown key", lambda rows: [*rows, b'{"noun":"sale","spell":1}\n'],
     "unknown key \u201cspell\u201d of a sale"),
    ("no amount", lambda rows: [*rows, b'{"noun":"sale","contact_id":1,"on_date":"2026-11-01"}\n'],
     "a sale needs amount"),
    ("a number for a text", lambda rows: [*rows, _sale(text=5)],
     "text has a value of another kind"),
    ("an amount in another form", lambda rows: [*rows, _sale(amount=12.5)],
     "amount must be a decimal in quotes"),
    ("too many decimals", lambda rows: [*rows, _sale(amount="1.234")],
     "amount must be a decimal in quotes"),
    ("an unknown currency", lambda rows: [*rows, _sale(currency="XXQ")], "unknown currency"),
    ("an impossible day", lambda rows: [*rows, _sale(on_date="2026-13-40")],
     "on_date has an invalid value"),
    ("a missing contact", lambda rows: [*rows, _sale(contact_id=999)],
     "refers to contact 999, which the file does not have"),
    ("a huge number", lambda rows: [*rows, _sale(contact_id=10**30)],
     "contact_id has a value of another kind"),
    ("parts in another form", lambda rows: [*rows, _sale(sale_lines=5)],
     "sale_lines must be a list"),
]  # fmt: skip


def _sale(**values: Any) -> bytes:
    row = {"noun": "sale", "contact_id": 1, "on_date": "2026-11-01", "amount": "1.00"}
    return (json.dumps({**row, "currency": "GBP", **values}) + "\n").encode()


@pytest.mark.parametrize(
    ("damage", "message"), [each[1:] for each in BROKEN], ids=[e[0] for e in BROKEN]
)
def test_a_bad_file_is_one_clear_line_and_changes_nothing(
    store: Store,
    tmp_path: Path,
    temporary_store: Opened,
    damage: Callable[[list[bytes]], list[bytes]],
    message: str,
):
    contacts.add(store, ContactDraft(name="Jane Doe"))
    rows = export(store, tmp_path / "a.jsonl").read_bytes().splitlines(keepends=True)
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b"".join(damage(rows)))
    with temporary_store() as other:
        with pytest.raises(CardcrmError) as error:
            restore(other, bad)
        assert message in error.value.message
        assert "line" in error.value.message
        assert "\n" not in error.value.message
        assert content(other)["contact"] == []
        assert journal.steps(other) == []


def test_the_file_of_a_newer_program_is_refused(store: Store, tmp_path: Path):
    header, *rest = lines_of(export(store, tmp_path / "a.jsonl"))
    newer = write_lines(tmp_path / "b.jsonl", [{**header, "schema": 99}, *rest])
    with pytest.raises(ConflictError, match="newer cardcrm"):
        restore(store, newer)


def test_control_characters_and_lone_surrogates_are_cleaned(store: Store, tmp_path: Path):
    header = {"format": "cardcrm", "version": 1, "schema": 4, "counts": {}}
    jane = {
        "noun": "contact", "kind": "person", "name": "Ja\x1b[31mne\u0000 \ud800Doe",
        "note": "a\r\nb\x07", "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z", "sort_key": "doe",
    }  # fmt: skip
    restore(store, write_lines(tmp_path / "a.jsonl", [header, jane]))
    row = store.row("SELECT name, note FROM contact")
    assert row is not None
    assert tuple(row) == ("Jane �Doe", "a\nb")


def test_an_interrupted_import_is_repeated_without_doubles(
    sample: Store, tmp_path: Path, temporary_store: Opened, monkeypatch: pytest.MonkeyPatch
):
    written = export(sample, tmp_path / "a.jsonl")
    monkeypatch.setattr(archive, "BATCH", 3)
    with temporary_store() as other:
        load, left = Store.load, [5]

        def killed(store: Store, table: str, *rest: Any) -> None:
            left[0] -= table == "sale"
            if not left[0]:
                raise KeyboardInterrupt
            load(store, table, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(Store, "load", killed)
            with pytest.raises(KeyboardInterrupt):
                restore(other, written)
        assert other.value("SELECT count(*) FROM sale") == 12
        restore(other, written)
        assert without_ids(export(other, tmp_path / "b.jsonl")) == without_ids(written)


def without_ids(path: Path) -> list[str]:
    """Return the lines of a file without numbers: an interrupted batch has used some up."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(each) for key, each in value.items() if key[-2:] != "id"}
        return list(map(strip, value)) if isinstance(value, list) else value

    return sorted(json.dumps(strip(each)) for each in lines_of(path))


def test_from_one_engine_to_the_other_and_back(
    sample: Store, tmp_path: Path, server_locations: Callable[[str], str]
):
    written = export(sample, tmp_path / "a.jsonl")
    with (
        closing(open_store(tmp_path / "there.db", create=True)) as file,
        closing(open_store(server_locations("back"), create=True)) as server,
    ):
        restore(server, written)
        restore(file, export(server, tmp_path / "b.jsonl"))
        assert export(file, tmp_path / "c.jsonl").read_bytes() == written.read_bytes()


# Any database

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
NAMES = st.builds("N{}".format, WORDS)
DAYS = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2026, 11, 20)).map(
    dt.date.isoformat
)
POINTS = st.one_of(
    st.integers(0, 99).map(
        lambda n: ContactPointDraft("email", f"p{n}@ex.example", opted_out=n > 80)
    ),
    st.integers(10, 99).map(lambda n: ContactPointDraft("phone", f"+44 113 496 00{n}", "work")),
    st.integers(0, 99).map(lambda n: ContactPointDraft("web", f"ex{n}.example", invalid=n > 80)),
)
DRAFTS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "kind": st.sampled_from(("person", "org")),
        "nicknames": st.lists(NAMES, max_size=2).map(tuple),
        "points": st.lists(POINTS, max_size=3).map(tuple),
        "addresses": st.lists(st.builds(AddressDraft, city=NAMES, street=WORDS), max_size=2).map(
            tuple
        ),
        "days": st.lists(st.builds(AnniversaryDraft, NAMES, DAYS), max_size=2).map(tuple),
        "tags": st.lists(st.sampled_from(("Vip", "garden", "Übersee")), max_size=2).map(tuple),
        "note": WORDS,
        "title": WORDS,
        "fields": st.lists(st.tuples(st.sampled_from(("Size", "Heating")), NAMES), max_size=2).map(
            tuple
        ),
        "every": st.sampled_from(("", "30d", "never")),
    }
).map(lambda values: ContactDraft(**values))
AMOUNTS = st.sampled_from(("12.50 GBP", "-3 EUR", "1500 JPY", "0.125 BHD", "0 GBP"))
# Rows of nouns as (noun, texts); the contact of each is one of those that were added.
ROWS = st.one_of(
    st.tuples(st.just("interaction"), st.fixed_dictionaries(
        {"text": NAMES, "kind": st.sampled_from(("call", "note")), "on": DAYS, "outcome": WORDS})),
    st.tuples(st.just("reminder"), st.fixed_dictionaries(
        {"text": NAMES, "due": DAYS, "every": st.sampled_from(("", "2w", "monthly")),
         "priority": st.sampled_from(("", "3"))})),
    st.tuples(st.just("sale"), st.fixed_dictionaries(
        {"amount": AMOUNTS, "on": DAYS, "text": WORDS})),
    st.tuples(st.just("product"), st.fixed_dictionaries(
        {"name": NAMES, "price": st.sampled_from(("", "0.045 GBP", "7 EUR"))})),
    st.tuples(st.just("rate"), st.fixed_dictionaries(
        {"on": DAYS, "currency": st.just("EUR"), "base": st.just("GBP"), "rate": st.just("0.85")})),
)  # fmt: skip


def build(store: Store, drafts: list[ContactDraft], rows: list[tuple[str, dict[str, str]]]) -> None:
    """Fill a database through the public functions; what they refuse is left out."""
    ids = []
    for draft in drafts:
        with suppress(CardcrmError):
            ids.append(contacts.add(store, draft).id)
    assume(len(ids) > 1)
    by_day = {texts["on"]: (noun, texts) for noun, texts in rows if noun == "rate"}
    others = [each for each in rows if each[0] != "rate"]
    for number, (noun, texts) in enumerate([*others, *by_day.values()]):
        type_, who = registry.record_type(noun), ids[number % len(ids)]
        links = {"with": LinkChange([who])} if noun == "interaction" else {}
        owner = {"contact": f"#{who}"} if noun in ("reminder", "sale") else {}
        with suppress(CardcrmError):
            records.add(store, type_, {**texts, **owner}, links)
    with suppress(CardcrmError):
        merge.merge(store, ids[0], ids[-1])
    with suppress(CardcrmError):
        contacts.remove(store, [ids[-2]])


@settings(max_examples=25)
@given(drafts=st.lists(DRAFTS, min_size=3, max_size=8), rows=st.lists(ROWS, max_size=12))
def test_any_database_comes_back_equal(
    temporary_store: Opened,
    tmp_path_factory: pytest.TempPathFactory,
    drafts: list[ContactDraft],
    rows: list[tuple[str, dict[str, str]]],
):
    folder = tmp_path_factory.mktemp("files")
    with temporary_store() as one, temporary_store() as other:
        custom_fields.add(one, "Size")
        custom_fields.add(one, "Heating")
        with one.transaction():
            build(one, drafts, rows)
        written = export(one, folder / "a.jsonl")
        restore(other, written)
        assert content(other) == content(one)
        assert export(other, folder / "b.jsonl").read_bytes() == written.read_bytes()
        assert set(restore(other, written)) <= {"unchanged"}
