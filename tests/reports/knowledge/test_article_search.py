"""The search for articles: which are found, in which order, and what is shown of them."""

import random

import pytest

from cardcrm.records import records
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.reports.knowledge.article_search import find_articles
from cardcrm.text import fold


def write(store, *pairs):
    for title, text in pairs:
        records.add(store, ARTICLE, {"title": title, "text": text})


def ids(found):
    return [each.id for each in found.articles]


def test_a_title_comes_before_a_text_and_often_before_once(store):
    write(
        store,
        ("Late orders", "The vase."),
        ("Broken vases", "Glue."),
        ("Courier", "A vase, a vase and a vase."),
        ("Orchids", "Water."),
    )
    found = find_articles(store, "vase")
    assert ids(found) == [2, 3, 1]
    assert found.have_all


def test_all_words_are_asked_for_and_some_where_no_article_has_all(store):
    write(store, ("Broken vases", "Glue."), ("Orchids", "Water them."))
    assert ids(find_articles(store, "glue vase")) == [1]
    found = find_articles(store, "water vase")
    assert (set(ids(found)), found.have_all) == ({1, 2}, False)
    assert ids(find_articles(store, "water -title:orchids vase")) == [1]
    assert ids(find_articles(store, "cactus")) == []


def test_words_are_found_without_case_and_accents(store):
    write(store, ("Blüten für die Tür", "Größe 5"))
    for word in ("bluten", "BLÜTEN", "bluete", "tur", "grosse", "groesse"):
        assert ids(find_articles(store, word)) == [1]


def test_the_excerpt_shows_the_first_word(store):
    text = "# Care\n\n" + "Keep out of the sun. " * 20 + "Water once a week. " + "More text. " * 20
    write(store, ("Orchids", text))
    [shown] = find_articles(store, "water").articles
    assert "Water once a week." in shown.excerpt
    assert shown.excerpt.startswith("… ")
    assert len(shown.excerpt) <= 130
    [shown] = find_articles(store, "orchids").articles
    assert shown.excerpt.startswith("Care Keep out")


@pytest.mark.parametrize("seed", range(3))
def test_the_articles_and_their_order_are_those_of_a_scan(store, seed):
    rng = random.Random(seed)
    words = ["vase", "rose", "blüte", "water", "glue"]
    texts = [(f"T{n} {rng.choice(words)}", " ".join(rng.choices(words, k=4))) for n in range(15)]
    write(store, *texts)
    for wanted in (["vase"], ["rose", "water"], ["blute"]):
        scores = {}
        for number, (title, text) in enumerate(texts, 1):
            head, body = fold(title), fold(text)
            if all(each in f"{head}\n{body}" for each in wanted):
                counts = [body.count(each) for each in wanted]
                scores[number] = sum(each in head for each in wanted) + sum(
                    count / (count + 1) for count in counts
                )
        found = find_articles(store, " ".join(wanted))
        if found.have_all:
            assert {each.id: each.score for each in found.articles} == pytest.approx(scores)
        assert [each.score for each in found.articles] == sorted(
            (each.score for each in found.articles), reverse=True
        )
