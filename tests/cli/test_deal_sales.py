"""A won deal and its sale agree, and commands name the sale, quotes and invoices of a deal."""

import json

import pytest

OK, USAGE = 0, 2


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def run(typed):
    """Run words beside a deal of Jane that a quote won; return the code and the words."""
    typed("add", "Jane Doe")
    typed("deal", "add", "New", "roof", "--contact", "jane", "--amount", "5000")
    for line in ("2 x roof @ 500", "1 x roof @ 90"):
        typed("quote", "add", "1", "--line", line)
    typed("quote", "accept", "1")
    typed("invoice", "add", "--quote", "1")

    def run_(*words):
        code, out, err = typed(*words)
        return code, (err + out).strip()

    return run_


def shown(typed, noun):
    return json.loads(typed(noun, "show", "1", "--json")[1])


SALE, INVOICE = "sale 1 over 1,000.00 GBP", "invoice R-0001 over 1,000.00 GBP"
REMOVALS = {
    "deal": f"including quotes Q-0001 and Q-0002; {SALE} and {INVOICE} stay",
    "quote": f"won deal 1 New roof, {SALE} and {INVOICE} stay",
    "sale": "won deal 1 New roof stays",
}


@pytest.mark.parametrize(("noun", "effects"), REMOVALS.items())
def test_a_removal_names_what_goes_with_it_and_what_stays(run, typed, noun, effects):
    assert run(noun, "rm", "1", "--dry-run")[1].endswith(f"\n  {effects}")
    assert effects in run(noun, "rm", "1")[1]  # the question
    code, out, err = typed(noun, "rm", "1", "--yes", "--json")
    assert (code, json.loads(out)[0]["warnings"], err) == (OK, [effects], f"warning: {effects}\n")
    assert run("undo")[0] == OK
    assert run(noun, "rm", "1", "--yes")[1].endswith(f"; to restore: cardcrm undo\n  {effects}")


def test_a_removal_on_which_nothing_depends_says_nothing_more(run):
    assert run("quote", "rm", "2", "--yes")[1].endswith("; to restore: cardcrm undo")


def test_a_removal_names_a_few_of_many_quotes(run):
    run("deal", "reopen", "1")
    for _ in range(5):
        run("quote", "add", "1", "--line", "roof @ 5")
    words = run("deal", "rm", "1", "--dry-run")[1]
    assert "including quotes Q-0001, Q-0002, Q-0003, Q-0004, Q-0005 and 2 more; invoice" in words


def test_a_reopened_deal_names_its_sale_quotes_and_invoices(run, typed):
    lines = [
        "removed sale 1 over 1,000.00 GBP",
        "reopened quotes Q-0001, Q-0002",
        "the deal keeps the amount, 1,000.00 GBP, and the lines of quote Q-0001",
        f"{INVOICE} stays",
        "Jane Doe has no sale, but is still in the stage customer",
    ]
    assert json.loads(typed("deal", "reopen", "1", "--json")[1])["warnings"] == lines
    run("undo")
    heading = "reopened deal 1 New roof (Jane Doe) in Qualification"
    assert run("deal", "reopen", "1") == (OK, "\n  ".join([heading, *lines]))


@pytest.mark.parametrize(
    "change",
    [
        ["--amount", "900"],
        ["--currency", "EUR", "--amount", "1000"],
        ["--who", "bob"],
        ["--line", "2 x gutter @ 500"],
        ["--qty", "4"],
        ["--refund"],
    ],
)
def test_a_sale_does_not_come_to_differ_from_its_deal(run, typed, change):
    run("add", "Bob Ray")
    before = shown(typed, "sale")
    code, words = run("sale", "edit", "1", *change)
    assert code == USAGE
    assert "deal 1 became sale 1, which would differ from it" in words
    assert "cardcrm deal reopen 1, change it, and win it again" in words
    assert shown(typed, "sale") == before


def test_other_values_of_a_sale_with_a_deal_can_change(run):
    for change in (["--cost", "300"], ["--on", "2026-11-20"], ["--text", "Roof"], ["--tax", "20%"]):
        code, words = run("sale", "edit", "1", *change)
        assert (code, words.partition("\n  ")[2]) == (OK, "won deal 1 New roof stays unchanged")


def test_a_file_of_sales_does_not_part_a_sale_from_its_deal(run, tmp_path):
    run("sale", "edit", "1", "--ref", "S1")
    path = tmp_path / "sales.csv"
    path.write_text("customer,date,amount,ref\nJane Doe,2026-11-23,900 GBP,S1\n")
    _, words = run("import", str(path), "--as", "sales")
    assert "deal 1 became sale 1, which would differ from it" in words
    path.write_text("customer,date,amount,ref\nJane Doe,2026-11-20,1000 GBP,S1\n")
    assert "1 updated" in run("import", str(path), "--as", "sales")[1]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("New roof,Jane Doe,900,GBP,D1", "deal 1 became sale 1, which would differ from it"),
        ("Fence,Jane Doe,70,GBP,D2", "the lines of deal 2 add up to its amount"),
    ],
)
def test_a_file_of_deals_does_not_part_a_deal_from_its_sale_or_lines(
    run, typed, tmp_path, row, reason
):
    run("deal", "edit", "1", "--ref", "D1")
    run("deal", "add", "Fence", "--contact", "jane", "--ref", "D2", "--line", "Fence @ 60")
    before = typed("deal", "list", "--all", "--json")[1]
    path = tmp_path / "deals.csv"
    path.write_text(f"deal,customer,amount,currency,ref\n{row}\n")
    _, words = run("import", str(path), "--as", "deals")
    assert "1 refused" in words
    assert reason in words
    assert typed("deal", "list", "--all", "--json")[1] == before
