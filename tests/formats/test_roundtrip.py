"""Test that drafts survive writing and reading with any text."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vobject.base import readComponents

from cardcrm.formats.csv.reader import read_csv
from cardcrm.formats.csv.writer import write_csv
from cardcrm.formats.import_entries import ContactEntry
from cardcrm.formats.text_encoding import normalize_text
from cardcrm.formats.vcard.name_property import format_n
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.formats.vcard.writer import write_vcard
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ConsentDraft,
    ContactDraft,
    ContactPointDraft,
    JobDraft,
    MediaDraft,
    RelationDraft,
)
from cardcrm.records.contacts.name_parser import NameParts
from cardcrm.records.mail.consent_status import STATUSES
from cardcrm.text import drop_controls
from tests.support.import_entries import without_remarks

NASTY = ["=1+1", "+44 113", "-5", "@x", "'=x", "''", "'98", "'s-Hertogenbosch", 'a "b" c',
         "a;b|c,d", "\\",
         "\\;", "a\\", "line\nline", "one\r\ntwo", "\u2028\x85\x0b", "Müller 🎈", '="007"',
         "* star", "a:b", "birthday", "home", "home;work", "é" * 60, "🎈" * 40, "END:VCARD",
         "x\nEND:VCARD", " y\n z ", "\ufeff?", "sep=;", "_x", "work,fax"]  # fmt: skip
anything = st.text(max_size=30) | st.sampled_from(NASTY)
texts = anything.map(drop_controls).map(normalize_text)  # controls are never stored
words = texts.filter(bool)
points = st.builds(
    ContactPointDraft,
    st.sampled_from(["email", "phone", "web", "social"]),
    words,
    texts,
    st.booleans(),
    st.booleans(),
)
addresses = st.builds(
    AddressDraft, texts, texts, words, texts, texts, texts, st.just(""), st.just("")
) | st.just(AddressDraft("home", "1 High St", "Leeds", latitude="53.8", longitude="-1.55"))
media = st.sampled_from(
    [
        MediaDraft("photo", "image/jpeg", "", "/9j/4AAQ"),
        MediaDraft("logo", "image/svg+xml", "", "PHN2Zy8+"),
        MediaDraft("photo", "", "https://example.com/a;b,c.png"),
        MediaDraft("photo", "image/gif", "https://example.com/a.gif"),
        MediaDraft("sound", "audio/ogg", "", "T2dnUw=="),
        MediaDraft("key", "application/pgp-keys", "", "cHVibGlj"),
        MediaDraft("key", "application/pdf", "", "JVBERg=="),
    ]
)
lines = st.sampled_from(
    ["X-ODD:1", "X-ODD;P=a,b:c;d\\,e", f"X-LONG:{'é' * 100}", "item7.X-ODD:x\nitem7.X-ABLabel:Lake"]
)
consents = st.builds(
    ConsentDraft,
    words,
    st.sampled_from(STATUSES),
    st.sampled_from(["2026-11-01", "2026-11-01T09:30:00Z"]),
    texts,
    texts,
    texts,
    texts,
)
some = {"max_size": 3}
drafts = st.builds(
    ContactDraft,
    name=words,
    kind=st.sampled_from(["person", "org"]),
    prefix=texts,
    given=texts,
    middle=texts,
    family=texts,
    suffix=texts,
    name_order=st.sampled_from(["", "family-first"]),
    sort_as=st.text("Aé ,;\\", max_size=9).map(normalize_text),
    vcard_n=st.just(""),
    nicknames=st.lists(words, **some).map(tuple),
    org=texts,
    title=texts,
    points=st.lists(points, **some).map(tuple),
    addresses=st.lists(addresses, **some).map(tuple),
    days=st.lists(st.builds(AnniversaryDraft, words, words), **some).map(tuple),
    tags=st.lists(words, **some).map(tuple),
    note=texts,
    fields=st.lists(st.tuples(words, texts), **some).map(tuple),
    relations=st.lists(st.builds(RelationDraft, words, words), **some).map(tuple),
    source=texts,
    stage=texts,
    status=texts,
    owner=texts,
    every=texts,
    uid=texts,
    ref=texts,
    opted_out=st.just(()),
    consents=st.lists(consents, **some).map(tuple),
    role=texts,
    language=st.sampled_from(["", "de", "de, en-GB"]),
    timezone=st.sampled_from(["", "Europe/Berlin", "-05:30", "UTC"]),
    gender=st.sampled_from(["", "female", "other; intersex", "agender", "none"]),
    jobs=st.lists(st.builds(JobDraft, words, texts), **some).map(tuple),
    media=st.lists(media, **some).map(tuple),
    vcard_lines=st.lists(lines, unique=True, **some).map(tuple),
).map(lambda draft: draft if draft.kind == "person" else draft._replace(jobs=()))


def _written(write, cards, *args) -> str:
    stream = io.StringIO(newline="")
    assert write(cards, stream, *args) == len(cards)
    return stream.getvalue()


def _read(read, text: str) -> list[ContactDraft]:
    entries = without_remarks(read(io.StringIO(text, newline="")))
    assert all(isinstance(entry, ContactEntry) for entry in entries), entries
    return [entry.draft for entry in entries]


def _as_csv_has_it(draft: ContactDraft) -> ContactDraft:
    """Sort contact points by kind, and move the first birthday to the front."""
    kinds = ["email", "phone", "web", "social"]
    days = list(draft.days)
    first = next((day for day in days if day.label == "birthday"), None)
    if first:
        days.remove(first)
        days.insert(0, first)
    ordered = sorted(draft.points, key=lambda point: kinds.index(point.kind))
    return draft._replace(
        points=tuple(ordered), days=tuple(days), jobs=(), media=(), vcard_lines=()
    )


def _as_vcard_has_it(draft: ContactDraft) -> ContactDraft:
    """Remove what says the same twice and consents, and keep N where it tells more.

    That is an organization of the name of its organization, and a job that adds nothing to the
    main one.

    Without a given or a family name, N says that there is none.
    """
    same = draft.kind == "org" and draft.org == draft.name
    is_whole = draft.kind == "org" or (draft.given and draft.family)
    parts = NameParts(draft.prefix, draft.given, draft.middle, draft.family, draft.suffix)
    n = "" if is_whole else format_n(parts)
    jobs = [
        each for each in draft.jobs if each.org != draft.org or each.title not in ("", draft.title)
    ]
    org = "" if same else draft.org
    return draft._replace(org=org, vcard_n=n, jobs=tuple(jobs), consents=())


@given(st.lists(drafts, max_size=4))
def test_csv_round_trip_keeps_every_draft(cards):
    assert _read(read_csv, _written(write_csv, cards, 3)) == [*map(_as_csv_has_it, cards)]


@given(st.lists(drafts, max_size=4), st.sampled_from(["3.0", "4.0"]))
def test_vcard_round_trip_keeps_every_draft(cards, version):
    text = _written(write_vcard, cards, version)
    assert _read(read_vcard, text) == [*map(_as_vcard_has_it, cards)]


@given(st.lists(drafts, max_size=3))
def test_no_csv_cell_starts_a_formula(cards):
    import csv

    for row in csv.reader(io.StringIO(_written(write_csv, cards, 3), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row)


@given(drafts, st.sampled_from(["3.0", "4.0"]))
def test_no_vcard_line_is_longer_than_75_octets(draft, version):
    text = _written(write_vcard, [draft], version)
    assert text.endswith("END:VCARD\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


@given(drafts)
def test_vobject_reads_our_vcards(draft):
    draft = draft._replace(vcard_lines=())
    card = next(readComponents(_written(write_vcard, [draft], "3.0")))
    assert card.fn.value == draft.name
    assert (card.n.value.given, card.n.value.family) == (draft.given, draft.family)
    assert [line.value for line in card.contents.get("note", [])] == [draft.note] * bool(draft.note)
    emails = [point.value for point in draft.points if point.kind == "email"]
    assert [line.value for line in card.contents.get("email", [])] == emails


@pytest.mark.parametrize("write", [write_csv, write_vcard])
def test_round_trip_normalizes_line_ends_and_spaces(write):
    read = read_csv if write is write_csv else read_vcard
    [back] = _read(read, _written(write, [ContactDraft(name=" Jane\0 ", note="a\r\nb\rc\n")]))
    assert (back.name, back.note) == ("Jane", "a\nb\nc")


def test_missing_full_name_is_written_from_its_parts():
    cards = [
        ContactDraft(given="Jane", family="Doe"),
        ContactDraft(points=(ContactPointDraft("email", "j@example.com"),)),
    ]
    names = [back.name for back in _read(read_vcard, _written(write_vcard, cards))]
    assert names == ["Jane Doe", "j@example.com"]
