"""The commands of invoices, and where unpaid ones appear."""

import json

import pytest

OK, USAGE, NOT_FOUND, CONFLICT = 0, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def run(typed):
    """Run words beside a quote for Jane over 1,000 pounds; return the code and the words."""
    typed("add", "Jane Doe", "--org", "Acme")
    typed("deal", "add", "New", "roof", "--contact", "jane", "--amount", "5000")
    typed("quote", "add", "1", "--line", "2 x roof @ 500 tax 20%")

    def run_(*words):
        code, out, err = typed(*words)
        return code, (err + out).strip()

    return run_


def invoice(run, number):
    return json.loads(run("invoice", "show", number, "--json")[1])


def money(amount):
    return {"amount": amount, "currency": "GBP"}


BY_HAND = ("invoice", "add", "F17", "--contact", "jane", "--amount", "99", "--on", "2026-09-01")


def test_an_invoice_for_a_quote_takes_its_contact_amount_and_tax(run):
    assert run("invoice", "add", "--quote", "Q-0001") == (
        OK,
        "added invoice 1 R-0001 (Jane Doe): due Wed 23 Dec, amount 1,000.00 GBP, quote Q-0001",
    )
    found = invoice(run, "r-0001")
    keys = ("number", "contact", "quote", "text", "on", "due", "amount", "tax", "open", "paid_on")
    assert [found[key] for key in keys] == [
        "R-0001", "Jane Doe", "Q-0001", "New roof", "2026-11-23", "2026-12-23", money("1000.00"),
        money("166.67"), money("1000.00"), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "more", "tax"),
    [
        ("300", [], money("50.00")),
        ("0.03", [], money("0.01")),  # 0.005 is rounded up
        ("300", ["--tax-amount", "48"], money("48.00")),
        ("300 EUR", [], None),
    ],
)
def test_a_part_of_a_quote_has_its_share_of_the_tax(run, amount, more, tax):
    assert run("invoice", "add", "--quote", "1", "--amount", amount, *more)[0] == OK
    assert invoice(run, "R-0001")["tax"] == tax


def test_a_part_of_a_quote_of_unknown_tax_has_an_unknown_tax(run):
    run("quote", "add", "1", "--line", "1 x roof @ 500")
    run("invoice", "add", "--quote", "2", "--amount", "300")
    assert invoice(run, "R-0001")["tax"] is None


def test_invoices_above_the_quote_are_pointed_out(run):
    assert run("invoice", "add", "--quote", "1", "--amount", "400")[1].count("\n") == 0
    words = run("invoice", "add", "--quote", "1", "--amount", "700")[1]
    assert "add up to 1,100.00 GBP, more than its 1,000.00 GBP" in words


def test_invoices_for_all_versions_of_a_quote_count_together(run):
    run("quote", "send", "1")
    run("invoice", "add", "--quote", "1", "--amount", "400")
    run("quote", "revise", "1", "--line", "1 x roof @ 900")
    words = run("invoice", "add", "--quote", "Q-0001", "--amount", "600")[1]
    assert "the invoices for quote Q-0001 add up to 1,000.00 GBP, more than its 900.00" in words


@pytest.mark.parametrize(
    ("lines", "problem", "remedy"),
    [
        (["quote send 1", "quote revise 1"], "was replaced by version 2", "Use that: quote 2"),
        (["quote refuse 1"], "quote Q-0001 is refused", "cardcrm quote revise 1"),
        (["deal lose 1 --reason fit"], "quote Q-0001 is canceled", "cardcrm deal reopen 1"),
        (
            ["quote add 1 --line roof@700", "quote accept 2"],
            "quote Q-0001 is canceled",
            "Use the accepted one: quote 2",
        ),
    ],
)
def test_a_void_quote_is_not_invoiced(run, lines, problem, remedy):
    for line in lines:
        assert run(*line.split())[0] == OK
    code, words = run("invoice", "add", "--quote", "1")
    assert (code, problem in words, remedy in words) == (CONFLICT, True, True), words
    assert run("invoice", "list", "--format", "ids")[1] == ""


def test_payments_leave_the_rest_open_until_all_is_paid(run):
    run(*BY_HAND, "--text", "sign")
    assert run("invoice", "paid", "F17", "--amount", "40", "--on", "2026-11-18") == (
        OK,
        "40.00 GBP paid of invoice 1 F17 (Jane Doe); still open: 59.00 GBP",
    )
    assert (invoice(run, "F17")["paid"], invoice(run, "F17")["paid_on"]) == (money("40.00"), None)
    assert run("invoice", "paid", "F17", "60")[0] == USAGE
    assert run("invoice", "paid", "F17", "--on", "2026-11-20")[0] == OK
    found = invoice(run, "F17")
    assert (found["open"], found["paid_on"]) == (money("0.00"), "2026-11-20")
    assert run("invoice", "paid", "F17")[0] == CONFLICT
    assert run("invoice", "list", "--format", "ids")[1] == ""
    assert run("undo")[0] == OK
    assert invoice(run, "F17")["open"] == money("59.00")


def payments(run, number):
    return [(each["on"], each["amount"]["amount"]) for each in invoice(run, number)["payments"]]


def test_every_payment_keeps_its_day_and_undo_takes_back_the_last(run):
    run(*BY_HAND)
    run("invoice", "paid", "F17", "40", "--on", "2026-10-18")
    run("invoice", "paid", "F17", "9", "--on", "2026-10-02")
    assert payments(run, "F17") == [("2026-10-18", "40.00"), ("2026-10-02", "9.00")]
    assert "F17" in run("due")[1]
    run("invoice", "paid", "F17", "--on", "2026-11-20")
    assert (payments(run, "F17")[2:], invoice(run, "F17")["paid_on"]) == (
        [("2026-11-20", "50.00")],
        "2026-11-20",
    )
    shown = run("invoice", "show", "F17")[1]
    assert all(day in shown for day in ("2026-10-18", "2026-10-02", "2026-11-20"))
    run("undo")
    assert (invoice(run, "F17")["open"], invoice(run, "F17")["paid_on"]) == (money("50.00"), None)


@pytest.mark.parametrize(
    ("edit", "expected", "paid_on"),
    [
        (["--paid", "60"], [("2026-10-02", "40.00"), ("2026-11-23", "20.00")], None),
        (["--paid", "30"], [("2026-10-02", "30.00")], None),
        (["--paid", "0"], [], None),
        (["--paid", "99"], [("2026-10-02", "40.00"), ("2026-11-23", "59.00")], "2026-11-23"),
        (
            ["--paid-on", "2026-11-01"],
            [("2026-10-02", "40.00"), ("2026-11-01", "59.00")],
            "2026-11-01",
        ),
        (
            ["--paid-on", "2026-09-30"],
            [("2026-09-30", "40.00"), ("2026-09-30", "59.00")],
            "2026-09-30",
        ),
        (["--amount", "40"], [("2026-10-02", "40.00")], "2026-10-02"),
    ],
)
def test_an_edit_of_the_paid_sum_keeps_the_payments_consistent(run, edit, expected, paid_on):
    run(*BY_HAND)
    run("invoice", "paid", "F17", "40", "--on", "2026-10-02")
    assert run("invoice", "edit", "F17", *edit)[0] == OK
    assert (payments(run, "F17"), invoice(run, "F17")["paid_on"]) == (expected, paid_on)
    assert run("db", "check")[0] == OK


def test_opening_an_invoice_again_removes_its_last_payment_only(run):
    run(*BY_HAND)
    run("invoice", "paid", "F17", "40", "--on", "2026-10-02")
    run("invoice", "paid", "F17", "--on", "2026-10-05")
    assert run("invoice", "edit", "F17", "--paid-on", "")[0] == OK
    assert payments(run, "F17") == [("2026-10-02", "40.00")]
    assert invoice(run, "F17")["open"] == money("59.00")


def test_payments_travel_in_a_file_of_objects(run, tmp_path):
    run(*BY_HAND)
    run("invoice", "paid", "F17", "40", "--on", "2026-10-02")
    run("invoice", "paid", "F17", "--on", "2026-10-05")
    before = invoice(run, "F17")
    path = tmp_path / "invoices.jsonl"
    run("invoice", "export", str(path))
    assert run("invoice", "import", str(path))[1].startswith("added 0 invoices, changed 0")
    run("invoice", "rm", "F17", "--yes")
    assert run("invoice", "import", str(path))[1].startswith("added 1 invoice, changed 0")
    keys = ("paid", "paid_on", "payments", "open", "amount")
    assert [invoice(run, "F17")[key] for key in keys] == [before[key] for key in keys]
    path.write_text(path.read_text().replace("2026-10-02", "2026-09-20"))
    assert run("invoice", "import", str(path))[1].startswith("added 0 invoices, changed 1")
    assert payments(run, "F17") == [("2026-09-20", "40.00"), ("2026-10-05", "59.00")]


def test_an_invoice_over_nothing_is_paid_without_a_payment(run):
    run("invoice", "add", "F18", "--contact", "jane", "--amount", "0")
    assert run("invoice", "paid", "F18")[0] == OK
    assert (payments(run, "F18"), invoice(run, "F18")["paid_on"]) == ([], "2026-11-23")


@pytest.mark.parametrize(
    ("edit", "paid", "paid_on"),
    [
        (["--paid", "40"], "40.00", None),
        (["--paid", "99"], "99.00", "2026-11-23"),
        (["--paid-on", "2026-11-01"], "99.00", "2026-11-01"),
        (["--amount", "40", "--paid", "40"], "40.00", "2026-11-23"),
    ],
)
def test_an_edit_keeps_what_was_paid_and_its_day_consistent(run, edit, paid, paid_on):
    run(*BY_HAND)
    assert run("invoice", "edit", "F17", *edit)[0] == OK
    found = invoice(run, "F17")
    assert (found["paid"], found["paid_on"]) == (money(paid), paid_on)
    if paid_on:
        assert run("invoice", "edit", "F17", "--paid-on", "")[0] == OK
        assert (invoice(run, "F17")["paid"], invoice(run, "F17")["paid_on"]) == (None, None)


def test_overdue_invoices_are_on_the_card_in_the_brief_and_in_due(run):
    run(*BY_HAND, "--text", "sign")
    run("invoice", "add", "--quote", "1")
    assert run("invoice", "list", "overdue", "--format", "ids")[1] == "1"
    due = json.loads(run("due", "--json")[1])
    assert [(each["number"], each["due"], each["contact"]) for each in due["invoices_due"]] == [
        ("F17", "2026-10-01", "Jane Doe")
    ]
    text = run("due")[1]
    assert "1 unpaid invoice" in text
    assert "Jane Doe (Acme): sign [F17] (99.00 GBP)" in text
    card = run("show", "jane")[1]
    assert "Unpaid invoices" in card
    assert "R-0001 New roof  1,000.00 GBP, not yet due" in card
    shown = json.loads(run("show", "jane", "--json")[1])["invoices"]
    assert [each["number"] for each in shown] == ["F17", "R-0001"]
    assert "F17 sign, 99.00 GBP" in run("brief", "jane")[1]
    run("invoice", "paid", "F17")
    assert "unpaid" not in run("due")[1]
    assert "F17" not in run("brief", "jane")[1]


def test_due_of_one_owner_has_the_invoices_of_that_owner_alone(run):
    run(*BY_HAND, "--owner", "ann")
    run("invoice", "add", "F18", "--contact", "jane", "--amount", "1", "--on", "2026-09-01",
        "--owner", "bob")  # fmt: skip
    due = json.loads(run("due", "--for", "ann", "--json")[1])
    assert [each["number"] for each in due["invoices_due"]] == ["F17"]


def test_a_table_of_invoices_is_imported_once(run, tmp_path):
    path = tmp_path / "invoices.csv"
    path.write_text(
        "number,contact,on,due,amount,currency,paid,paid_on\n"
        "A1,Jane Doe,2026-09-01,2026-10-01,100,GBP,,\n"
        "A2,Jane Doe,2026-09-01,2026-10-01,50,GBP,50,2026-09-20\n"
    )
    assert run("invoice", "import", str(path))[1].startswith("added 2 invoices, changed 0")
    assert run("invoice", "import", str(path))[1].startswith("added 0 invoices, changed 0")
    assert run("invoice", "list", "overdue", "--format", "ids")[1] == "1"


def test_numbers_of_invoices_never_come_back_and_are_never_doubled(run):
    run("invoice", "add", "R-0001", "--contact", "jane", "--amount", "5")
    run("invoice", "add", "--contact", "jane", "--amount", "5")
    run("undo")
    assert " R-0003 " in run("invoice", "add", "--contact", "jane", "--amount", "5")[1]
    for number in ("R-0001", "r-0001"):
        assert run("invoice", "add", number, "--contact", "jane", "--amount", "5")[0] == CONFLICT


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["F17", "5", "EUR"], "unexpected"),
        (["F17", "€5"], "invoice F17 is in GBP, the payment in EUR"),
        (["F17", "0"], "a payment must be above 0"),
        (["F17", "99.01"], "99.01 GBP is more than the 99.00 GBP that is open"),
        (["F17", "--on", "2027-01-01"], "2027-01-01 is in the future"),
    ],
)
def test_a_bad_payment_gets_a_clear_line_and_changes_nothing(run, words, error):
    run(*BY_HAND)
    code, text = run("invoice", "paid", *words)
    assert code == USAGE
    assert error in text
    assert invoice(run, "F17")["paid"] is None
