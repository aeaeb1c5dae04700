"""Steps of the journal in sentences, as the screen lists them."""

import contextlib

import pytest

from cardcrm.cli.run import main
from cardcrm.reports import journal_sentences
from cardcrm.store import Locale, journal, open_store


@pytest.fixture
def latest(location, capsys, monkeypatch, tmp_path):
    """Run commands; return the sentences of the latest steps, newest first."""
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
    (tmp_path / "empty.toml").touch()
    monkeypatch.setenv("CARDCRM_CONFIG", str(tmp_path / "empty.toml"))

    def run(*commands, count=1):
        for words in commands:
            assert main(["--db", str(location), *words.split()]) == 0, capsys.readouterr()
        store = open_store(location, locale=Locale(zone="UTC"))
        with contextlib.closing(store):
            steps = journal.steps(store, count)
            return [journal_sentences.summarize(store, steps)[step.id] for step in steps]

    run("add Kenji_Morita")
    return run


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (["add Ann_Lee"], "Contact added · Ann_Lee"),
        (["sell kenji 49.50"], "Sale 49.50 GBP · Kenji_Morita"),
        (["sell kenji -- -5"], "Refund -5.00 GBP · Kenji_Morita"),
        (["log kenji asked for roses --kind call"], "Call: asked for roses · Kenji_Morita"),
        (["tag kenji +vip"], "Tag vip added · Kenji_Morita"),
        (["remind kenji send quote --due fri"], "Reminder: send quote · Kenji_Morita"),
        (
            ["log kenji a talk --next call --due fri"],
            "Note: a talk · Kenji_Morita, and 1 more",
        ),
        (
            ["remind kenji send quote --due fri", "snooze 1 2w"],
            "Reminder changed · Kenji_Morita: send quote (due Fri 27 Nov → Sat 5 Dec)",
        ),
        (
            ["remind kenji send quote --due fri", "done 1"],
            "Reminder done · Kenji_Morita: send quote",
        ),
        (["tag kenji +vip", "undo"], "Undone: Tag vip added · Kenji_Morita"),
        (["tag kenji +vip", "undo", "redo"], "Redone: Tag vip added · Kenji_Morita"),
    ],
)
def test_step_is_a_sentence(latest, commands, sentence):
    assert latest(*commands) == [sentence]


QUOTED = ("deal add Roof --contact kenji --amount 9", "quote add 1 --line roof@5")


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (["quote send 1"], "Quote sent · Q-0001 Roof · Kenji_Morita"),
        (["quote refuse 1"], "Quote refused · Q-0001 Roof · Kenji_Morita"),
        (["quote accept 1"], "Quote accepted · Q-0001 Roof · Kenji_Morita, and 5 more"),
        (["quote accept 1", "undo"], "Undone: Quote accepted · Q-0001 Roof · Kenji_Morita"),
        (
            ["quote accept 1", "deal reopen 1"],
            "Deal reopened · Roof · Kenji_Morita, and 2 more",
        ),
        (["quote edit 1 --note x"], "Quote changed · Q-0001 Roof · Kenji_Morita (note x)"),
        (["quote rm 1 --yes"], "Quote removed Q-0001 Roof · Kenji_Morita"),
        (["deal rm 1 --yes"], "Deal removed: Roof · Kenji_Morita, and 1 more"),
        (
            ["invoice add --quote 1", "invoice edit 1 --text x"],
            "Invoice changed · R-0001 · Kenji_Morita (for Roof → x)",
        ),
        (["invoice add --quote 1", "invoice paid 1"], "Invoice paid · R-0001 · Kenji_Morita"),
    ],
)
def test_the_step_of_a_quote_says_what_became_of_it(latest, commands, sentence):
    (found,) = latest(*QUOTED, *commands)
    assert found.startswith(sentence)


def test_removed_contact_is_named_before_its_records(latest):
    logs = [f"log kenji talk {number}" for number in range(9)]
    (sentence,) = latest(*logs, "rm kenji --yes")
    assert sentence.startswith("Contact removed · Kenji_Morita, and ")


def test_many_steps_take_few_trips(latest, location, monkeypatch):
    latest(*(f"remind kenji call {number} --due fri" for number in range(12)))
    latest(*(f"snooze {number} 2w" for number in range(1, 9)))
    with contextlib.closing(open_store(location)) as store:
        steps, trips = journal.steps(store, 21), []
        for name in ("rows", "row", "fetch_many"):
            ask = getattr(store, name)
            monkeypatch.setattr(
                store,
                name,
                lambda *words, ask=ask, **params: trips.append(1) or ask(*words, **params),
            )
        assert len(journal_sentences.summarize(store, steps)) == 21
    assert len(trips) <= 4
