"""`value model`, `value equity`, `value backtest` and `value --by future` from the command line."""

import csv
import io
import json

import pytest

from cardcrm.cli.commands import COMMANDS
from cardcrm.cli.future_output import describe_horizon
from cardcrm.cli.root import load
from cardcrm.store import open_store
from tests.support.simulated_customers import simulate_sales
from tests.support.sold_lines import fill


@pytest.fixture
def run(typed, monkeypatch):
    monkeypatch.setenv("CARDCRM_CURRENCY", "EUR")
    typed("add", "Model Agency")
    typed("rm", "1", "--yes")
    return typed


@pytest.fixture
def shop(typed, cli_location, monkeypatch):
    monkeypatch.setenv("CARDCRM_CURRENCY", "EUR")
    store = open_store(cli_location, create=True)
    fill(store, simulate_sales(3, 120))
    store.close()
    return typed


def read(result):
    code, out, err = result
    assert code == 0, err
    return json.loads(out)


def test_the_model_has_its_parameters_and_errors(shop):
    found = read(shop("value", "model", "--json"))
    assert (found["unit"], found["customers"], found["currency"]) == ("week", 120, "EUR")
    assert found["fitted_on"] == "2026-11-21"
    for name in ("r", "alpha", "a", "b", "p", "q", "v"):
        assert found[name] > 0
        assert found[f"{name}_error"] > 0
    assert found["log_likelihood"] < 0
    assert found["reason"] is None
    code, out, err = shop("value", "model")
    assert code == 0
    assert "an active customer buys every" in out
    assert "BG/NBD and Gamma-Gamma, fitted by maximum likelihood; time is in weeks" in err
    assert max(map(len, out.splitlines())) <= 80


def test_the_ranking_of_the_future(shop):
    rows = read(shop("value", "--by", "future", "--horizon", "39w", "--limit", "0", "--json"))
    assert len(rows) == 120
    assert [each["rank"] for each in rows] == list(range(1, 121))
    assert all(each["method"] == "model" for each in rows)
    for each in rows:
        early = each["reason"] == "too early to tell: one purchase so far"
        assert (each["p_active"] is None) == early == (each["purchases"] == 1)
    code, out, err = shop("value", "--by", "future", "--horizon", "39w")
    assert code == 0
    assert out.startswith("Customers by future value, in EUR\n")
    assert max(map(len, out.splitlines())) <= 80
    assert "expected in the next 39 weeks, by the model of 2026-11-21" in err


def test_csv_has_the_figures_of_json(shop):
    rows = read(shop("value", "--by", "future", "--limit", "3", "--json"))
    out = shop("value", "--by", "future", "--limit", "3", "--format", "csv")[1]
    found = list(csv.DictReader(io.StringIO(out)))
    assert [each["id"] for each in found] == [str(each["id"]) for each in rows]
    assert [each["expected_value"] for each in found] == [
        each["expected_value"]["amount"] for each in rows
    ]
    assert shop("value", "--by", "future", "--limit", "3", "--format", "ids")[1].split() == [
        str(each["id"]) for each in rows
    ]


def test_a_longer_horizon_and_a_lower_discount_are_worth_more(shop):
    def worth(*words):
        rows = read(shop("value", "--by", "future", "--limit", "1", "--json", *words))
        return float(rows[0]["future_value"]["amount"])

    year = worth("--horizon", "1y")
    assert worth() == year
    assert worth("--horizon", "26w") < year < worth("--horizon", "2y")
    assert worth("--discount", "20%") < year < worth("--discount", "0")


def test_the_card_shows_the_future_once_a_model_is_stored(shop):
    assert "still active" not in shop("value", "1")[1]
    shop("value", "model")
    out = shop("value", "1")[1]
    assert "still active" in out
    assert "(model of 2026-11-21; see: cardcrm value model)" in out
    (figures,) = read(shop("value", "1", "--json"))["by_currency"]
    rows = read(shop("value", "--by", "future", "--limit", "0", "--json"))
    (row,) = (each for each in rows if each["id"] == 1)
    assert figures["future"]["future_value"] == row["future_value"]


def test_equity_by_standing_adds_up(shop):
    shop("segment", "add", "tens", "customer 10")
    rows = read(shop("value", "equity", "--json"))
    amounts = {each["name"]: round(float(each["equity"]["amount"]) * 100) for each in rows}
    whole = amounts["all customers"]
    assert whole == sum(amounts[each["name"]] for each in rows if each["kind"] == "standing")
    assert [each["name"] for each in rows if each["kind"] == "segment"] == ["tens"]
    assert {(each["horizon_days"], each["discount"]) for each in rows} == {(1825, 10.0)}
    code, out, err = shop("value", "equity")
    assert code == 0
    assert "@tens" in out
    assert (
        "equity: expected sales, not margin, of the next 5 years, discounted by 10% a year" in err
    )
    assert max(map(len, out.splitlines())) <= 80


def test_equity_shows_its_change_on_another_day(shop, monkeypatch):
    shop("value", "equity")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-22T09:00")
    shop("sell", "1", "9000")
    rows = read(shop("value", "equity", "--json"))
    assert rows[0]["changed_since"] == "2026-11-21"
    assert float(rows[0]["equity_change"]["amount"]) > 0
    assert "change since 2026-11-21: +" in shop("value", "equity")[2]


def test_a_backtest_beats_the_naive_guess(shop):
    found = read(shop("value", "backtest", "--until", "2026-08-31", "--json"))
    assert (found["until"], found["horizon_days"]) == ("2026-08-31", 82)
    assert found["mae"] < found["naive_mae"]
    assert abs(found["bias"]) < 0.3
    assert 0 < found["top_decile_capture"] <= found["best_top_decile_capture"] <= 1
    code, out, _ = shop("value", "backtest", "--until", "2026-08-31")
    assert code == 0
    assert "purchases, naive guess" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    "words",
    [
        ("value", "model"),
        ("value", "backtest"),
        ("value", "equity"),
        ("value", "--by", "future"),
        ("value", "--by", "future", "--where", "tag:vip"),
    ],
)
def test_too_little_data_says_how_much_is_needed(run, words):
    run("add", "Jane")
    run("sell", "jane", "100")
    for more in ((), ("--format", "csv"), ("--json",)):
        code, out, err = run(*words, *more)
        assert code == 0, err
        if more == ("--json",) and "--where" not in words:
            found = json.loads(out)
            (only,) = found if isinstance(found, list) else (found,)
            assert "of 50 customers" in only["reason"]
    assert "of 50 customers, 0 of 20 with purchases on several days" in run(*words)[2]


def test_a_contact_with_the_name_of_a_command_is_reached(typed):
    typed("add", "Model", "Agency")
    for words in (("--", "model"), ("model", "agency"), ("1",), ("model agency",)):
        assert typed("value", *words)[2] == "no sales yet: cardcrm sell 1 --product NAME\n"
    assert "too little data" in typed("value", "model")[2]
    assert (
        json.loads(typed("value", "--currency", "JPY", "model", "--json")[1])["currency"] == "JPY"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--horizon", "39w"), "--horizon needs --by future"),
        (("--by", "future", "--years", "3"), "--by future does not take --years"),
        (("--by", "future", "--horizon", "0d"), "invalid duration “0d”"),
        (("--by", "future", "--discount", "x"), "invalid percentage “x”"),
        (("--by", "futur"), "unknown ranking “futur”"),
        (("backtest", "--until", "2027-01-01"), "--until 2027-01-01 is not in the past"),
        (("backtest", "--until", "2026-11-01", "--horizon", "60d"), "only 20 days have passed"),
        (("equity", "--horizon", "200y"), "invalid duration “200y”"),
        (("model", "--currency", "XXQ"), "unknown currency “XXQ”"),
    ],
)
def test_bad_options_are_refused(run, words, message):
    code, out, err = run("value", *words)
    assert (code, out) == (2, "")
    assert message in err


def test_summaries_of_further_commands_are_those_of_their_help():
    value = load("value", COMMANDS["value"])
    for name, summary in COMMANDS["value"].further.items():
        assert value.commands[name].help.partition("\n")[0] == summary
    assert list(value.commands) == list(COMMANDS["value"].further)


def test_help_lists_the_further_commands(typed):
    code, out, _ = typed("value", "--help")
    assert code == 0
    for name in ("model", "equity", "backtest"):
        assert f"cardcrm value {name}" in out
    code, out, _ = typed("value", "equity", "--help")
    assert code == 0
    assert "Usage: cardcrm value equity [OPTIONS]" in out


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("days", "words"),
    [(365, "the next year"), (1825, "the next 5 years"), (273, "the next 39 weeks"),
     (7, "the next week"), (1, "the next day"), (100, "the next 100 days")],
)  # fmt: skip
def test_a_horizon_is_named_in_the_largest_whole_unit(days, words):
    assert describe_horizon(days) == words
