"""The commands of quotes: what they say, and what they refuse."""

import json
import re

import pytest

OK, USAGE, NOT_FOUND, CONFLICT = 0, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def run(typed):
    """Run words beside a deal of Jane over 5,000 pounds; return the code and the words."""
    typed("add", "Jane Doe", "--org", "Acme")
    typed("deal", "add", "New", "roof", "--contact", "jane", "--amount", "5000")

    def run_(*words):
        code, out, err = typed(*words)
        return code, (err + out).strip()

    return run_


def quote(run, number):
    return json.loads(run("quote", "show", str(number), "--json")[1])


def money(amount):
    return {"amount": amount, "currency": "GBP"}


LINE = ("quote", "add", "1", "--line", "2 x roof @ 500")


def test_a_quote_has_a_number_a_total_and_a_validity(run):
    assert run(*LINE) == (
        OK,
        "added quote 1 Q-0001 New roof (Jane Doe): 1,000.00 GBP, valid until Wed 23 Dec\n"
        "deal: 5,000.00 GBP, quote: 1,000.00 GBP",
    )
    found = quote(run, 1)
    keys = ("number", "version", "title", "deal_id", "contact", "status", "on", "valid", "amount")
    assert [found[key] for key in keys] == [
        "Q-0001", 1, "New roof", 1, "Jane Doe", "draft", "2026-11-23", "2026-12-23",
        money("1000.00"),
    ]  # fmt: skip


def test_discounts_taxes_and_optional_lines_add_up(run):
    run("product", "add", "Book", "--price", "20", "--tax", "7%")
    code, _ = run(
        "quote", "add", "1", "--line", "2 x roof @ 500 -10% tax 19%", "--line", "3 x Book",
        "--optional", "1 x gutter @ 100", "--discount", "5%", "--reason", "loyal",
    )  # fmt: skip
    assert code == OK
    found = quote(run, 1)
    # 900 = 2 x 500 - 10%; 57 = 3 x 20 - 5%. Tax: 900 x 19/119 = 143.70, 57 x 7/107 = 3.73.
    assert [found[key]["amount"] for key in ("amount", "tax", "net")] == [
        "957.00", "147.43", "809.57",
    ]  # fmt: skip
    assert found["taxes"] == [
        {"tax_rate": 19, "net": money("756.30"), "tax": money("143.70"), "gross": money("900.00")},
        {"tax_rate": 7, "net": money("53.27"), "tax": money("3.73"), "gross": money("57.00")},
    ]
    lines = [(each["product"], each["optional"], each["reason"]) for each in found["lines"]]
    assert lines == [
        ("roof", False, "loyal"), ("Book", False, "loyal"), ("gutter", True, "loyal"),
    ]  # fmt: skip


def test_one_line_of_unknown_tax_makes_the_tax_of_all_unknown(run):
    run("quote", "add", "1", "--line", "1 x roof @ 119 tax 19%", "--line", "1 x tile @ 10")
    found = quote(run, 1)
    assert (found["amount"], found["tax"], found["net"]) == (money("129.00"), None, None)
    assert [each["tax_rate"] for each in found["taxes"]] == [19, None]


def test_a_quote_without_lines_has_those_of_its_deal(run):
    run("deal", "edit", "1", "--line", "3 x Vase @ 40")
    assert run("quote", "add", "New roof")[0] == OK
    assert [(each["product"], each["quantity"]) for each in quote(run, 1)["lines"]] == [("Vase", 3)]


def test_a_deal_without_an_amount_takes_that_of_its_quote(run):
    run("deal", "add", "Gate", "--contact", "jane")
    words = run("quote", "add", "2", "--line", "1 x gate @ 70")[1]
    assert words.endswith("; deal 2 now has the amount 70.00 GBP")


def test_accepting_wins_the_deal_with_the_lines_and_undo_reverts_all(run):
    run(*LINE, "--optional", "1 x gutter @ 100", "--tax", "20%")
    code, words = run("quote", "accept", "1", "--with", "gutter")
    assert (code, words) == (
        OK,
        "accepted quote 1 Q-0001 New roof (Jane Doe); won deal 1 New roof (Jane Doe): "
        "sale 1 over 1,100.00 GBP on Mon 23 Nov; the deal was 5,000.00 GBP before, and is "
        "1,100.00 GBP now",
    )
    sale = json.loads(run("sale", "show", "1", "--json")[1])
    assert (sale["amount"], sale["tax"]) == (money("1100.00"), money("183.34"))
    assert [each["product"] for each in sale["lines"]] == ["roof", "gutter"]
    deal = json.loads(run("deal", "show", "1", "--json")[1])
    assert (deal["status"], deal["amount"]) == ("won", money("1100.00"))
    assert run("undo")[0] == OK
    assert run("sale", "list", "--format", "ids")[1] == ""
    assert json.loads(run("deal", "show", "1", "--json")[1])["amount"] == money("5000.00")
    assert (quote(run, 1)["status"], quote(run, 1)["amount"]) == ("draft", money("1000.00"))


@pytest.fixture
def gutters(run):
    """Offer two optional lines with similar names, the second and third of the quote."""
    run(*LINE, "--optional", "1 x gutter @ 100", "--optional", "1 x gutter guard @ 20")
    run("quote", "send", "1")
    return run


@pytest.mark.parametrize(
    ("name", "product"),
    [("gutter", "gutter"), ("GUARD", "gutter guard"), ("2", "gutter"), ("#3", "gutter guard")],
)
def test_an_optional_line_is_taken_by_its_name_a_part_or_its_number(gutters, name, product):
    assert gutters("quote", "accept", "1", "--with", name)[0] == OK
    taken = [each["product"] for each in quote(gutters, 1)["lines"] if each["was_optional"]]
    assert taken == [product]


@pytest.mark.parametrize(
    ("name", "code", "error"),
    [
        (
            "gutt",
            CONFLICT,
            "error: “gutt” matches 2 optional lines\n"
            "hint: Give the number of one: 2 gutter, 3 gutter guard.",
        ),
        (
            "roof",
            NOT_FOUND,
            "error: the quote has no optional line “roof”\n"
            "hint: Optional lines: 2 gutter, 3 gutter guard.",
        ),
        ("1", NOT_FOUND, "error: the quote has no optional line “1”"),
        ("", NOT_FOUND, "error: the quote has no optional line “”"),
    ],
)
def test_a_vague_or_unknown_optional_line_is_refused_with_candidates(gutters, name, code, error):
    found, words = gutters("quote", "accept", "1", "--with", "2", "--with", name)
    assert (found, words[: len(error)]) == (code, error)
    assert (quote(gutters, 1)["status"], quote(gutters, 1)["amount"]) == ("sent", money("1000.00"))


@pytest.mark.parametrize("numbers", [["2", "2"], ["2", "gutter"]])
def test_a_line_taken_twice_is_taken_once(gutters, numbers):
    words = [word for each in numbers for word in ("--with", each)]
    assert gutters("quote", "accept", "1", *words)[0] == OK
    assert quote(gutters, 1)["amount"] == money("1100.00")


@pytest.mark.parametrize(
    "end",
    [["quote", "accept", "1"], ["deal", "win", "1"], ["deal", "lose", "1", "--reason", "fit"]],
)
def test_the_end_of_a_deal_cancels_its_other_quotes_and_undo_reopens_them(run, end):
    run(*LINE)
    for number, verb in enumerate(("send", "view", "refuse"), 2):
        run(*LINE)
        run("quote", verb, str(number))
    before = [quote(run, number) for number in (1, 2, 3, 4)]
    code, words = run(*end)
    first = "" if end[0] == "quote" else "Q-0001, "
    assert code == OK
    assert f"; canceled quotes {first}Q-0002, Q-0003" in words
    statuses = [quote(run, number)["status"] for number in (2, 3, 4)]
    assert statuses == ["canceled", "canceled", "refused"]
    assert run("quote", "send", "2")[0] == CONFLICT
    assert run("quote", "list", "canceled", "--sort", "id", "--format", "ids")[1].split()[-2:] == [
        "2", "3",
    ]  # fmt: skip
    run("undo")
    assert [quote(run, number) for number in (1, 2, 3, 4)] == before


def test_reopening_a_deal_reopens_its_quotes_as_they_were_sent(gutters):
    gutters(*LINE)
    before = [quote(gutters, number) for number in (1, 2)]
    gutters("quote", "accept", "1", "--with", "guard")
    assert quote(gutters, 1)["amount"] == money("1020.00")
    code, words = gutters("deal", "reopen", "1")
    assert code == OK
    assert "the deal keeps the amount, 1,020.00 GBP, and the lines of quote Q-0001" in words
    assert [quote(gutters, number) for number in (1, 2)] == before
    assert gutters("quote", "accept", "1", "--with", "2")[0] == OK


def test_a_reopened_deal_says_nothing_of_a_customer_with_other_sales(run):
    run("sell", "jane", "90")
    run("deal", "win", "1")
    assert run("deal", "reopen", "1")[1].endswith("\n  removed sale 2 over 5,000.00 GBP")


def test_a_quote_of_another_amount_than_its_deal_is_noted(run):
    assert "deal: 5,000.00 GBP, quote: 1,000.00 GBP" in run(*LINE)[1]
    words = run("quote", "add", "1", "--line", "10 x roof @ 500")[1]
    assert "deal:" not in words


def test_a_deal_won_for_another_amount_than_its_sent_quote_points_to_the_quote(run):
    run(*LINE)
    run("quote", "send", "1")
    words = run("deal", "win", "1")[1]
    assert "quote Q-0001 over 1,000.00 GBP was sent" in words
    assert "cardcrm undo, then cardcrm quote accept 1" in words
    run("undo")
    run("deal", "edit", "1", "--amount", "1000")
    assert "was sent" not in run("deal", "win", "1")[1]


def test_a_deal_shows_its_quotes(run):
    run(*LINE)
    run("quote", "send", "1")
    run("quote", "revise", "1", "--line", "2 x roof @ 400")
    words = run("deal", "show", "1")[1]
    assert "Q-0001 version 2, draft, 800.00 GBP, valid until 2026-12-23" in words
    assert "Q-0001, replaced, 1,000.00 GBP" in words
    found = json.loads(run("deal", "show", "1", "--json")[1])["quotes"]
    keys = ("id", "number", "version", "status", "amount", "valid")
    assert [tuple(each[key] for key in keys) for each in found] == [
        (2, "Q-0001", 2, "draft", money("800.00"), "2026-12-23"),
        (1, "Q-0001", 1, "replaced", money("1000.00"), "2026-12-23"),
    ]


@pytest.mark.parametrize(
    "command", [["deal", "edit", "1"], ["sell", "jane"], ["quote", "add", "1"]]
)
def test_every_line_of_products_takes_its_tax(run, command):
    assert run(*command, "--line", "2 x roof @ 60 tax 20%")[0] == OK
    noun = {"sell": "sale"}.get(command[0], command[0])
    (line,) = json.loads(run(noun, "show", "1", "--json")[1])["lines"]
    assert (line["tax_rate"], line["tax"]) == (20, money("20.00"))


def test_a_sent_quote_changes_only_as_a_new_version(run):
    run(*LINE)
    assert run("quote", "edit", "1", "--line", "2 x roof @ 450")[0] == OK
    assert run("quote", "send", "1")[1].startswith(
        "marked quote 1 Q-0001 New roof (Jane Doe) as sent"
    )
    for change in (["--note", "new"], ["--line", "1 x roof @ 1"], ["--valid", "60d"]):
        code, words = run("quote", "edit", "1", *change)
        assert (code, words) == (
            USAGE,
            "error: quote Q-0001 is sent, so it stays as it is\n"
            "hint: For a new version of it: cardcrm quote revise 1",
        )
    assert run("quote", "revise", "1", "--line", "2 x roof @ 400")[1].startswith(
        "added quote 2 Q-0001 version 2 New roof"
    )
    assert (quote(run, 1)["status"], quote(run, 1)["amount"]) == ("replaced", money("900.00"))
    assert (quote(run, 2)["status"], quote(run, 2)["amount"]) == ("draft", money("800.00"))
    assert run("quote", "list", "--format", "ids")[1] == "2"
    code, words = run("quote", "accept", "1")
    assert (code, words) == (
        CONFLICT,
        "error: version 1 of quote Q-0001 was replaced by version 2\nhint: Use that: quote 2",
    )
    assert run("quote", "accept", "Q-0001")[1].startswith("accepted quote 2 Q-0001 version 2")


def test_a_refused_quote_leaves_the_deal_open_and_can_be_revised(run):
    run(*LINE)
    assert run("quote", "refuse", "1", "--reason", "too dear")[0] == OK
    found = quote(run, 1)
    assert (found["status"], found["refusal"], found["closed"]) == (
        "refused", "too dear", "2026-11-23",
    )  # fmt: skip
    assert run("quote", "accept", "1")[0] == CONFLICT
    assert run("quote", "revise", "1", "--valid", "14d")[0] == OK
    assert json.loads(run("deal", "show", "1", "--json")[1])["status"] == "open"


def test_numbers_never_come_back(run):
    run(*LINE)
    run("undo")
    run(*LINE)
    run("quote", "rm", "2", "--yes")
    run(*LINE)
    assert [each["number"] for each in json.loads(run("quote", "list", "--json")[1])] == ["Q-0003"]


def test_a_late_acceptance_is_accepted_and_said(run):
    run(*LINE, "--on", "2026-10-01", "--valid", "2026-10-31")
    words = run("quote", "accept", "1")[1]
    assert "the validity of quote Q-0001 had ended" in words


def test_what_the_customer_was_offered_and_paid_before_stands_beside(run):
    run("product", "add", "roof", "--price", "600")
    run("sell", "jane", "--line", "1 x roof @ 450 -10%", "--on", "2026-10-01")
    run("quote", "add", "1", "--line", "1 x roof @ 480")
    run("quote", "send", "1")
    run("quote", "add", "1", "--line", "1 x roof @ 470", "--line", "1 x unseen @ 3")
    assert quote(run, 2)["past_prices"] == [
        {
            "product": "roof", "offered": money("480.00"), "offered_discount": 0,
            "offered_on": "2026-11-23", "offered_in": "Q-0001 v1, sent",
            "paid": money("450.00"), "paid_discount": 10, "paid_on": "2026-10-01",
            "catalog": money("600.00"),
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (
            "1 --line roof_@_€5",
            USAGE,
            "deal 1 is in GBP, the quote in EUR",
            "Give the prices in GBP",
        ),
        (
            "1 --line -2_x_roof_@_500",
            USAGE,
            "the line “-2 x roof @ 500” has a negative",
            "discount",
        ),
        ("1 --line roof_@_-500", USAGE, "the line “roof @ -500” has a negative", "discount"),
        ("1 --line 0_x_roof_@_500", USAGE, "invalid quantity “0”", "above 0"),
        ("1 --line roof_@_500_-120%", USAGE, "percentage “120” is too large", "0 to 100"),
        ("1 --line roof_@_500 --discount 101", USAGE, "percentage “101” is too large", "0 to 100"),
        ("1 --line roof_@_500_tax_900%", USAGE, "percentage “900” is too large", "0 to 100"),
        ("1 --line nothing", NOT_FOUND, "unknown product “nothing”", "product add"),
        ("1", USAGE, "a quote needs a line", "--line"),
        ("1 --optional lamp_@_5", USAGE, "a quote needs a line that is not optional", "--line"),
        ("1 --discount 5", USAGE, "a discount or a tax needs lines", "--line"),
        (
            "1 --line roof_@_5 --valid 2026-01-01",
            USAGE,
            "the validity ends on 2026-01-01",
            "--valid",
        ),
        ("99 --line roof_@_5", NOT_FOUND, "unknown deal 99", "deal list"),
        ("Nemo --line roof_@_5", NOT_FOUND, "unknown deal “Nemo”", "deal list"),
        ("", USAGE, "which deal?", "quote add 12"),
    ],
)
def test_bad_quotes_get_a_clear_line_and_nothing_is_added(run, words, code, error, hint):
    found, text = run("quote", "add", *(each.replace("_", " ") for each in words.split()))
    assert found == code
    assert f"error: {error}" in text
    assert hint in text
    assert run("quote", "list", "--all", "--format", "ids")[1] == ""


def test_a_draft_was_not_viewed_and_nothing_happens_before_the_quote_was_sent(run):
    run(*LINE)
    assert run("quote", "view", "1") == (
        USAGE,
        "error: quote Q-0001 was not sent yet\n"
        "hint: Mark it as sent first: cardcrm quote send 1 --on DAY",
    )
    assert (quote(run, 1)["status"], quote(run, 1)["sent"]) == ("draft", None)
    run("quote", "send", "1")
    for verb in ("view", "refuse", "accept"):
        code, words = run("quote", verb, "1", "--on", "2026-11-20")
        assert (code, words.splitlines()[0]) == (
            USAGE,
            "error: quote Q-0001 was sent on 2026-11-23, after 2026-11-20",
        )
    assert run("quote", "view", "1")[0] == OK
    run(*LINE)
    run("quote", "refuse", "2")
    assert (quote(run, 2)["status"], quote(run, 2)["sent"]) == ("refused", None)


def test_the_sale_of_the_quote_itself_was_not_paid_before(run):
    run("sell", "jane", "--line", "1 x roof @ 450", "--on", "2026-10-01")
    run(*LINE)
    before = quote(run, 1)["past_prices"]
    run("quote", "accept", "1")
    assert quote(run, 1)["past_prices"] == before
    assert [each["paid"] for each in before] == [money("450.00")]


@pytest.mark.parametrize("verb", ["send", "view", "refuse", "accept", "revise"])
def test_an_unknown_quote_is_named(run, verb):
    assert run("quote", verb, "7")[0] == NOT_FOUND
    assert run("quote", verb, "roof")[0] == USAGE


def test_nothing_is_offered_in_a_closed_deal(run):
    run(*LINE)
    run("quote", "accept", "1")
    assert run(*LINE)[1].startswith("error: deal 1 is won, so nothing is offered in it")
    assert run("quote", "accept", "1")[1].startswith("error: deal 1 is won already (sale 1)")


# Files


def test_a_quote_is_written_as_markdown_and_html_with_text_escaped(run, tmp_path):
    run("edit", "jane", "--name", "Jane <b>Doe</b> *x*")
    run(*LINE, "--line", "1 x tile|a @ 5", "--tax", "20%", "--note", "<script>alert(1)</script>")
    for name in ("q.md", "q.html"):
        code, words = run("quote", "write", "1", str(tmp_path / name))
        assert (code, words) == (
            OK,
            f"wrote quote Q-0001 to {tmp_path / name}\nto mark it as sent: cardcrm quote send 1\n"
            'the head of your firm is empty: cardcrm config set firm.name "Roofs Ltd"',
        )
    text, page = ((tmp_path / name).read_text() for name in ("q.md", "q.html"))
    assert "Jane \\<b\\>Doe\\</b\\> \\*x\\*" in text
    assert "| tile\\|a | 1 | 5.00 GBP | 20% | 5.00 GBP |" in text
    assert "| **Total with tax** |  |  |  | **1,005.00 GBP** |" in text
    assert "Jane &lt;b&gt;Doe&lt;/b&gt; *x*" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_a_file_stays_unless_forced(run, tmp_path):
    path = tmp_path / "q.md"
    path.write_text("mine")
    run(*LINE)
    assert run("quote", "write", "1", str(path))[0] == CONFLICT
    assert path.read_text() == "mine"
    assert run("quote", "write", "1", str(path), "--force")[0] == OK
    assert "Q-0001" in path.read_text()


@pytest.mark.parametrize(
    ("name", "template", "error"),
    [
        (
            "q.md",
            "Dear {{contact}},\n{{nmber}}",
            "line 2 of the template has an unknown field “nmber”",
        ),
        ("q.html", "<p>{{salary}}", "line 1 of the template has an unknown field “salary”"),
        ("q.md", "{{}}", "line 1 of the template has an unknown field “”"),
        ("q.md", "See {{lines}} here", "the field “lines” is a table"),
        ("q.docx", "{{number}}", "unknown kind of file “q.docx”"),
    ],
)
def test_a_bad_template_or_file_is_named_and_nothing_written(run, tmp_path, name, template, error):
    run(*LINE)
    source = tmp_path / f"template{'.html' if name.endswith('.html') else '.md'}"
    source.write_text(template)
    code, words = run("quote", "write", "1", str(tmp_path / name), "--template", str(source))
    assert code == USAGE
    assert error in words
    assert not (tmp_path / name).exists()


def test_a_template_of_your_own_is_filled(run, tmp_path):
    run(*LINE)
    (tmp_path / "letter.html").write_text("<h1>{{number}}</h1>{{lines}}<p>{{note}}</p>{{total}}")
    code, _ = run(
        "quote", "write", "1", str(tmp_path / "q.html"), "--template", str(tmp_path / "letter.html")
    )
    assert code == OK
    page = (tmp_path / "q.html").read_text()
    assert page.startswith("<h1>Q-0001</h1><table>")
    assert page.endswith("<p></p>1,000.00 GBP")


def test_the_head_of_the_firm_comes_from_the_settings(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CARDCRM_FIRM_NAME", "Roofs & Co")
    monkeypatch.setenv("CARDCRM_FIRM_ADDRESS", "1 High St")
    run(*LINE)
    run("quote", "write", "1", str(tmp_path / "q.html"))
    page = (tmp_path / "q.html").read_text()
    assert '<h1 dir="auto">Roofs &amp; Co</h1>\n<p dir="auto">1 High St</p>' in page


@pytest.mark.parametrize(
    ("lines", "note", "sums"),
    [
        (
            ["2 x roof @ 500 -10% tax 19%", "1 x Book @ 57 tax 7%"],
            "All prices include tax.",
            [
                ("Net", "809.57 GBP"),
                ("Tax 19% on 756.30 GBP", "143.70 GBP"),
                ("Tax 7% on 53.27 GBP", "3.73 GBP"),
                ("Total with tax", "957.00 GBP"),
            ],
        ),
        (
            ["1 x roof @ 120 tax 20%", "1 x tile @ 10"],
            "All prices are full prices; tax is shown where a rate is given.",
            [("Tax 20% on 100.00 GBP", "20.00 GBP"), ("Total with tax", "130.00 GBP")],
        ),
        (
            ["1 x tile @ 10"],
            "All prices are full prices; no tax is shown.",
            [("Total", "10.00 GBP")],
        ),
        (
            ["1 x tile @ 10 tax 0%"],
            "The prices include no tax.",
            [("Net", "10.00 GBP"), ("Tax 0% on 10.00 GBP", "0.00 GBP"), ("Total", "10.00 GBP")],
        ),
    ],
)
def test_a_written_quote_says_which_prices_include_tax(run, tmp_path, lines, note, sums):
    run("quote", "add", "1", *(word for each in lines for word in ("--line", each)))
    run("quote", "write", "1", str(tmp_path / "q.md"))
    text = (tmp_path / "q.md").read_text()
    assert f"\n{note}\n" in text
    found = re.findall(r"^\| \*\*(.+?)\*\* \|.*\*\*(.+?)\*\* \|$", text, re.MULTILINE)
    assert found == sums
    assert "Valid until: 23 December 2026" in text


def test_letters_that_the_pdf_lacks_are_named(run, tmp_path):
    pytest.importorskip("reportlab")
    run("quote", "add", "1", "--line", "1 x Łódź αβγ 屋顶 @ 5")
    words = run("quote", "write", "1", str(tmp_path / "q.pdf"))[1]
    assert "the font of the PDF lacks 屋顶, shown as squares; write an .html file" in words
    assert (tmp_path / "q.pdf").read_bytes().startswith(b"%PDF")


# Price lists and discount rules


@pytest.fixture
def prices(run):
    """Add a vase at 20 pounds, and Jane of Acme to the segment of vips."""
    run("product", "add", "Vase", "--price", "20", "--category", "Glass")
    run("tag", "jane", "+vip")
    run("segment", "add", "vips", "tag:vip")
    return run


def offered(run, *lines):
    words = [word for line in lines for word in ("--line", line)]
    assert run("quote", "add", "1", *words)[0] == OK
    ids = run("quote", "list", "--format", "ids")[1].split()
    found = quote(run, ids[0])["lines"]
    return [(each["price"]["amount"], each["discount"], each["reason"]) for each in found]


def test_the_rule_nearest_to_the_customer_counts(prices):
    add = ("price", "add")
    prices(*add, "all", "--discount", "90%")
    assert offered(prices, "Vase") == [("20.00", 90, "all")]
    prices(*add, "loyal", "--segment", "vips", "--discount", "10%")
    assert offered(prices, "Vase") == [("20.00", 10, "loyal")]
    prices(*add, "firm", "--contact", "acme", "--discount", "8%")
    assert offered(prices, "Vase") == [("20.00", 8, "firm")]
    prices(*add, "contract", "--contact", "jane", "--product", "Vase", "--price", "19")
    assert offered(prices, "Vase") == [("19.00", 0, "contract")]


def test_among_equally_near_rules_the_lowest_price_counts(prices):
    prices("price", "add", "list", "--product", "Vase", "--price", "17")
    prices("price", "add", "spring", "--category", "glass", "--discount", "20%")
    assert offered(prices, "Vase") == [("20.00", 20, "spring")]
    prices("price", "add", "dozen", "--product", "Vase", "--price", "12", "--quantity", "12")
    assert offered(prices, "11 x Vase", "12 x Vase") == [
        ("20.00", 20, "spring"), ("12.00", 0, "dozen"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        ["--until", "2026-11-22"],
        ["--from", "2026-11-24"],
        ["--category", "Wood"],
        ["--product", "Other"],
        ["--contact", "bob"],
        ["--segment", "bobs"],
        ["--quantity", "2"],
    ],
)
def test_a_rule_that_does_not_fit_changes_nothing(prices, rule):
    prices("add", "Bob Ray")
    prices("segment", "add", "bobs", "name:bob")
    prices("product", "add", "Other", "--price", "3")
    assert prices("price", "add", "no", "--discount", "50%", *rule)[0] == OK
    assert offered(prices, "Vase") == [("20.00", 0, None)]


def test_a_price_or_a_discount_that_is_given_takes_the_place_of_the_rule(prices):
    prices("price", "add", "all", "--discount", "50%")
    assert offered(prices, "Vase @ 18", "Vase -5%") == [("18.00", 0, None), ("20.00", 5, None)]


def test_a_price_in_another_currency_than_the_deal_is_left_out(prices):
    prices("price", "add", "dollars", "--product", "Vase", "--price", "5 USD")
    assert offered(prices, "Vase") == [("20.00", 0, None)]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("loyal", "a price list needs either a price or a discount"),
        ("loyal --price 5 --discount 5 --product Vase", "a price list needs either a price or"),
        ("loyal --price 5", "a price needs a product"),
        ("--discount 5", "a discount needs a reason"),
        ("loyal --discount 101", "percentage “101” is too large"),
        ("loyal --discount 5 --contact jane --segment vips", "a price is either for a contact"),
        ("loyal --discount 5 --from 2026-02-01 --until 2026-01-01", "the last day 2026-01-01"),
    ],
)
def test_a_contradictory_rule_is_refused(prices, words, error):
    code, text = prices("price", "add", *words.split())
    assert code == USAGE
    assert f"error: {error}" in text
    assert prices("price", "list", "--format", "ids")[1] == ""
