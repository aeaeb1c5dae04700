"""Suggestions for a case, against the definition applied to every text."""

import math
import random

import pytest

from cardcrm.errors import NotFoundError
from cardcrm.records import records
from cardcrm.records.activity.interactions import Details
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.knowledge import answers, articles
from cardcrm.records.knowledge.answer_type import ANSWER
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.sales import products
from cardcrm.records.service import cases
from cardcrm.records.service.case_type import CASE
from cardcrm.reports.knowledge.case_suggestions import LEAST_SCORE, suggest
from cardcrm.reports.knowledge.text_match import find_stems

WORDS = (
    "vase", "roses", "wilted", "deliveries", "delivery", "van", "courier", "orchid", "water",
    "leaks", "heater", "invoice", "paid", "twice", "card", "refund", "photo", "broken", "glass",
    "Blüten", "für", "Tür", "the", "and",
)  # fmt: skip


@pytest.fixture
def desk(store):
    contacts.add(store, ContactDraft("Jane Doe"))
    return store


def open_case(store, text, **texts):
    return records.add(store, CASE, {"contact": "#1", "text": text, **texts}).id


def write(store, title, text):
    return records.add(store, ARTICLE, {"title": title, "text": text}).id


def brief(found):
    return [(each.noun, each.id) for each in found]


def test_words_of_the_request_the_product_and_the_customer_count(desk):
    products.add(desk, "Orchid")
    write(desk, "Watering orchids", "Once a week.")
    write(desk, "Broken vases", "Glue them.")
    asked = open_case(desk, "It looks sad", product="Orchid")
    assert brief(suggest(desk, asked)) == [("article", 1)]
    cases.note(desk, asked, "and the vase broke", Details("mail", direction="in"))
    cases.note(desk, asked, "ask about glue", Details("note"))
    assert {each.id: each.words for each in suggest(desk, asked)} == {
        1: ("orchid",), 2: ("broke", "vase"),
    }  # fmt: skip


def test_what_was_of_use_in_similar_solved_cases_is_suggested(desk):
    solved = open_case(desk, "The heater leaks")
    other = open_case(desk, "Roses wilted")
    write(desk, "Valves", "Fit a new one.")
    records.add(desk, ANSWER, {"name": "van", "text": "We come on {{ values.day }}."})
    articles.link(desk, 1, solved)
    answers.note_use(desk, 1, other, None)
    new = open_case(desk, "A leaking heater")
    assert suggest(desk, new) == []
    for each in (solved, other):
        cases.solve(desk, each)
    found = suggest(desk, new)
    assert brief(found) == [("article", 1), ("case", solved)]
    assert found[0].cases == (solved,)
    assert found[0].score == pytest.approx(1)


def test_votes_decide_between_articles_with_the_same_words(desk):
    for title in ("Vase one", "Vase two", "Vase three"):
        write(desk, title, "text")
    articles.vote(desk, 2, helped=True)
    articles.vote(desk, 1, helped=False)
    found = suggest(desk, open_case(desk, "My vase broke"))
    assert [each.id for each in found] == [2, 3, 1]


def test_fields_of_an_answer_are_no_words(desk):
    records.add(desk, ANSWER, {"name": "x1", "text": "{{ contact.city | default('vase') }} hello"})
    assert suggest(desk, open_case(desk, "My vase in that city")) == []


def test_an_unknown_case_has_no_suggestions(desk):
    with pytest.raises(NotFoundError, match="unknown case 9"):
        suggest(desk, 9)


def fill(store, seed):
    """Write random articles, answers and cases; return a new case."""
    rng = random.Random(seed)

    def text(least=1, most=8):
        return " ".join(rng.choices(WORDS, k=rng.randint(least, most)))

    ids = [open_case(store, text()) for _ in range(12)]
    for number in range(6):
        write(store, f"A{number} {text(1, 2)}", text())
        records.add(store, ANSWER, {"name": f"n{number}", "text": text()})
        for case_id in rng.sample(ids, 2):
            articles.link(store, number + 1, case_id)
            answers.note_use(store, number + 1, case_id, None)
        for _ in range(rng.randint(0, 3)):
            articles.vote(store, number + 1, helped=rng.random() < 0.5)
    for case_id in rng.sample(ids, 8):
        cases.solve(store, case_id)
    return open_case(store, text(3))


def expect(store, case_id):
    """Return what is suggested, by the definition, from all texts in the database."""

    def rows(sql):
        return [tuple(each) for each in store.rows(sql)]

    asked = find_stems(cases.get(store, case_id).text)
    solved = {
        row[0]: find_stems(row[1])
        for row in rows(f"SELECT id, text FROM service_case WHERE solved_at IS NOT NULL "
                        f"AND id <> {case_id}")
    }  # fmt: skip
    texts = {("article", row[0]): find_stems(f"{row[1]} {row[2]}")
             for row in rows("SELECT id, title, text FROM article")}  # fmt: skip
    texts |= {("answer", row[0]): find_stems(f"{row[1]} {row[2]}")
              for row in rows("SELECT id, name, text FROM answer")}  # fmt: skip
    uses = [("article", *row) for row in rows("SELECT article_id, case_id FROM article_link")]
    uses += [("answer", *row) for row in rows("SELECT answer_id, case_id FROM answer_use")]
    everything = [*texts.values(), *solved.values()]

    def weight(word):
        count = sum(word in each for each in everything)
        return math.log(1 + len(everything) / max(count, 1))

    def coverage(stems):
        return sum(weight(each) for each in asked & stems) / sum(map(weight, asked))

    near = sorted(((coverage(stems), id_) for id_, stems in solved.items()), reverse=True)
    similar = {id_: share for share, id_ in near[:10] if share >= 0.3}
    scores = {("case", id_): share for id_, share in similar.items()}
    for (noun, id_), stems in texts.items():
        used_in = {case for each, row, case in uses if (each, row) == (noun, id_)}
        score = coverage(stems) + min(1, sum(similar.get(case, 0) for case in used_in))
        if noun == "article":
            votes = [row[0] for row in
                     rows(f"SELECT helped FROM article_vote WHERE article_id = {id_}")]  # fmt: skip
            score *= 0.5 + (sum(votes) + 1) / (len(votes) + 2)
        scores[noun, id_] = score
    return {key: score for key, score in scores.items() if score >= LEAST_SCORE}


@pytest.mark.parametrize("seed", range(5))
def test_the_scores_are_those_of_the_definition(desk, seed):
    case_id = fill(desk, seed)
    found = suggest(desk, case_id, 100)
    expected = expect(desk, case_id)
    assert {(each.noun, each.id): each.score for each in found} == pytest.approx(expected)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    few = suggest(desk, case_id, 2)
    for noun in ("article", "answer", "case"):
        best = [each for each in found if each.noun == noun][:2]
        assert [each for each in few if each.noun == noun] == best
