"""The search for everything on both engines: what is found, how it is ranked, and by what."""

import pytest

from cardcrm.records import records, registry
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.deals import moves
from cardcrm.records.query_sql import record_query, segments
from cardcrm.records.search import everything
from cardcrm.records.search.everything import read_number
from cardcrm.records.search.search_rank import Rank, rank_text

JANE = ContactDraft(
    "Jane Whitcombe",
    points=(
        ContactPointDraft("email", "jane@garden.example"),
        ContactPointDraft("phone", "+44 113 496 0119"),
    ),
)


def add(store, noun, **texts):
    return records.add(store, registry.record_type(noun), texts).id


@pytest.fixture
def shop(store):
    """Two contacts, three deals, and one record of each other noun."""
    jane = contacts.add(store, JANE).id
    karl = contacts.add(store, ContactDraft("Karl Müller")).id
    for who, title in ((jane, "Wedding arch"), (karl, "Arch of roses"), (karl, "Old march")):
        add(store, "deal", contact=f"#{who}", title=title, amount="90")
    add(store, "quote", deal="1", title="Arch, two sizes")
    add(store, "invoice", contact=f"#{karl}", amount="120", text="arch")
    add(store, "article", title="Watering an arch", text="Each morning, with rainwater.")
    add(store, "lead", contact=f"#{jane}", text="wants an arch")
    add(store, "product", name="Rose arch", sku="RA-7")
    segments.save(store, "arch-buyers", "arch")
    return store


def search(store, text):
    return [*everything.search_contacts(store, text), *everything.search_records(store, text)]


def places(found):
    return [(each.noun, each.id) for each in found]


@pytest.mark.parametrize("text", ["arch", "ARCH", "Árch"])
def test_word_finds_every_noun(shop, text):
    nouns = {each.noun for each in search(shop, text)}
    assert nouns == set(everything.NOUNS)


def test_articles_are_found_by_their_texts(shop):
    add(shop, "article", title="Vases", text="An arch needs Rainwater as well.")
    assert places(search(shop, "rainwater")) == [("article", 2), ("article", 1)]
    assert places(search(shop, "rainwater morning")) == [("article", 1)]
    assert [each.rank for each in search(shop, "vases")] == [Rank.WHOLE]


def test_deals_are_ranked_by_their_match(shop):
    found = [each for each in search(shop, "arch") if each.noun == "deal"]
    assert [(each.id, each.rank) for each in found] == [
        (2, Rank.BEGIN),
        (1, Rank.WORDS),
        (3, Rank.PART),
    ]


@pytest.mark.parametrize("text", ["whitcombe arch", "arch jane", "wed whit"])
def test_words_of_title_and_contact_can_be_mixed(shop, text):
    assert [each.id for each in search(shop, text) if each.noun == "deal"] == [1]


def test_records_of_a_contact_begin_with_its_name_and_a_version_has_a_sign(shop):
    details = {each.noun: each.detail for each in search(shop, "whitcombe")}
    for noun in ("deal", "quote"):
        assert details[noun].startswith("Jane Whitcombe · ")
    assert "v1" in details["quote"].split(" · ")


def test_contact_brings_its_records(shop):
    assert places(search(shop, "muller")) == [
        ("contact", 2),
        ("deal", 2),
        ("deal", 3),
        ("invoice", 1),
    ]
    assert ("deal", 2) in places(search(shop, "müller"))


def test_closed_records_come_after_open_ones(shop):
    moves.lose(shop, 2, "pricing")
    found = [each for each in search(shop, "muller") if each.noun == "deal"]
    assert [(each.id, each.is_done) for each in found] == [(3, False), (2, True)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("d2", ("deal", 2)), ("D2", ("deal", 2)), ("deal wedding", None), ("#2", ("contact", 2)),
        ("q1", ("quote", 1)), ("i1", ("invoice", 1)), ("l1", ("lead", 1)), ("p1", ("product", 1)),
        ("q-0001", ("quote", 1)), ("Q-1", ("quote", 1)), ("r1", ("invoice", 1)), ("r2", None),
        ("c2", ("contact", 2)), ("2", ("deal", 2)), ("d99", None), ("RA-7", ("product", 1)),
        ("0113 496 0119", ("contact", 1)), ("+441134960119", ("contact", 1)),
        ("jane@garden.example", ("contact", 1)), ("9" * 40, None), ("#" + "9" * 17, None),
    ],
)  # fmt: skip
def test_numbers_phones_and_mail_addresses_find_their_records(shop, text, wanted):
    found = places(search(shop, text))
    assert (wanted in found) if wanted else not found


def test_number_with_a_letter_finds_one_noun(shop):
    assert places(search(shop, "d1")) == [("deal", 1)]
    assert {noun for noun, _ in places(search(shop, "#1"))} > {"contact", "deal", "quote", "lead"}


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "a:b", "(", "\\", " ", "tag:", "\x00x", "-"])
def test_odd_texts_find_nothing_and_fail_nowhere(shop, text):
    assert [each for each in search(shop, text) if each.noun == "deal"] == []


@pytest.mark.parametrize(
    ("text", "noun"), [("weding", "deal"), ("jane whitcom", "contact"), ("buyrs", "segment")]
)
def test_misspelled_text_finds_similar_ones(shop, text, noun):
    assert noun in {
        each.noun for each in [*search(shop, text), *everything.search_similar(shop, text)]
    }


def test_similar_texts_need_some_letters(shop):
    assert everything.search_similar(shop, "qqqqqq") == []
    assert everything.search_similar(shop, "arx") == []


def test_recent_records_are_those_of_the_reader(shop):
    assert places(everything.list_recent(shop, 2)) == [("segment", 1), ("product", 1)]
    records.edit(shop, registry.record_type("deal"), [3], {"title": "Older march"})
    assert places(everything.list_recent(shop, 1)) == [("deal", 3)]
    records.remove(shop, registry.record_type("deal"), [3])
    assert ("deal", 3) not in places(everything.list_recent(shop))


def test_preview_shows_the_values_that_there_are(shop):
    shown = dict(everything.preview(shop, "deal", 1))
    assert (shown["contact"], shown["stage"]) == ("Jane Whitcombe", "Qualification")
    assert "competitor" not in shown


def test_number_is_read_from_common_forms():
    assert read_number("d12")[:2] == ("deal", "12")
    assert read_number("#45") == ("", "45", True)
    assert read_number("45") == ("", "45", False)
    assert read_number("2026-7") == ("", "2026-7", False)
    assert [read_number(each) for each in ("x3", "12 roses", "d", "", "1a")] == [None] * 5


def test_rank_follows_the_beginning_of_texts_and_words():
    ranked = ["arch", "arches", "wedding arch", "march", "other"]
    assert [rank_text(each, "arch") for each in ranked] == [
        Rank.WHOLE,
        Rank.BEGIN,
        Rank.WORDS,
        Rank.PART,
        Rank.ELSEWHERE,
    ]
    assert rank_text("wedding arch", "arch wed") is Rank.WORDS


@pytest.mark.parametrize("text", ["roses", "q15"])
def test_search_sorts_no_records_and_finds_numbers_by_an_index(shop, text):
    if shop.engine.name != "sqlite":
        pytest.skip("the plan of a small table says nothing on a server")
    steps = []
    for query in everything.record_queries(shop, text):
        steps += [row[3] for row in shop.rows(f"EXPLAIN QUERY PLAN {query.sql}", **query.params)]
    assert not any("TEMP B-TREE" in step for step in steps)
    wanted = {
        "roses": "SEARCH r USING COVERING INDEX quote_title (title_key>? AND title_key<?)",
        "q15": "SEARCH r USING INDEX quote_number (<expr>=?)",
    }
    assert wanted[text] in steps


def test_words_in_leads_are_looked_for_in_the_latest_ones(shop, monkeypatch):
    monkeypatch.setattr(everything, "_MOST_READ", 2)
    for number in range(3):
        add(shop, "lead", contact="#2", text=f"wants roses {number}")
    found = places(search(shop, "roses"))
    assert [id_ for noun, id_ in found if noun == "lead"] == [3, 4]
    assert ("deal", 2) in found
    assert [id_ for noun, id_ in places(search(shop, "muller roses")) if noun == "lead"] == [
        2,
        3,
        4,
    ]


def test_words_in_all_invoices_are_found(shop, monkeypatch):
    monkeypatch.setattr(everything, "_MOST_READ", 2)
    for number in range(4):
        add(shop, "invoice", contact="#2", amount="5", text=f"Größe {number}")
    assert ("invoice", 1) in places(search(shop, "arch"))
    found = {id_ for noun, id_ in places(search(shop, "GRÖSSE")) if noun == "invoice"}
    assert found == {2, 3, 4, 5}


@pytest.mark.parametrize(
    "text", ["Tür", "TÜR", "tuer", "Straße", "STRASSE", "strasse", "große tür"]
)
def test_leads_are_found_in_any_spelling(shop, text):
    lead = add(shop, "lead", contact="#2", text="Große Tür zur Straße")
    add(shop, "lead", contact="#1", text="a tour")
    lead_type = registry.record_type("lead")
    found = [each.id for each in records.select(shop, lead_type, selection(lead_type, text))]
    assert found == [lead]


@pytest.mark.parametrize("text", ["Tür", "TÜR", "Straße", "STRASSE", "strasse", "große tür"])
def test_the_search_for_everything_finds_leads_in_any_spelling(shop, text):
    lead = add(shop, "lead", contact="#2", text="Große Tür zur Straße")
    assert ("lead", lead) in places(search(shop, text))


def selection(type_, text):
    return records.Selection(record_query.parse(type_, text))
