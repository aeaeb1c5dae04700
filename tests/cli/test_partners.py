"""The commands of partners, from the agreement to the scorecard."""

import json

import pytest

OK, USAGE, NOT_FOUND, CONFLICT = 0, 2, 3, 4


@pytest.fixture
def say(typed):
    def run(*words, code=OK):
        found, out, err = typed(*words)
        assert found == code, err
        return (err + out).strip()

    return run


@pytest.fixture
def rows(say):
    return lambda *words: json.loads(say(*words, "--format", "json"))


@pytest.fixture
def shop(say):
    """A shop with two dealers, Jane of Acme, and Tom, whom the first dealer brought."""
    say("add", "Blooms", "--kind", "org")
    say("add", "Rose Dealers", "--kind", "org")
    say("add", "Jane", "Doe", "--org", "Acme", "--email", "jane@acme.test")
    say("add", "Tom Park", "--relation", "referred by=blooms")


def test_a_dealer_goes_from_the_agreement_to_the_statement(shop, say, rows):
    added = say("partner", "add", "blooms", "--commission", "10%", "--from", "2026-01-01")
    assert added.startswith("added partner 1 Blooms: type dealer")
    assert rows("show", "blooms")["stage"] == "partner"
    say("partner", "add", "rose", "dealers", "--commission", "5%")
    assert say("partner", "register", "blooms", "jane", "40", "tables", "--days", "90").startswith(
        "registered Jane Doe for Blooms until 19 Feb 2027"
    )
    refused = say("partner", "register", "rose", "acme", code=CONFLICT)
    assert "Blooms has registered Acme (as Jane Doe, same organization) until 19 Feb" in refused
    added = say("deal", "add", "New", "hall", "--contact", "jane", "--amount", "1000")
    assert added.endswith("10%, partner Blooms")
    assert rows("deal", "list", "partner:blooms")[0]["partner"] == "Blooms"
    assert rows("partner", "show", "blooms")["open_deals"] == 1
    assert "New hall" in say("partner", "show", "blooms")
    say("deal", "win", "1")
    say("sell", "tom", "33.35", "--on", "2026-03-01")
    say("sell", "tom", "-33.35", "--on", "2026-03-02")
    say("sell", "tom", "0.05", "--on", "2026-03-03")
    found = rows("partner", "statement", "blooms")
    assert [(each["reason"], each["earned"]["amount"]) for each in found["commissions"]] == [
        ("referral", "3.34"), ("refund", "-3.34"), ("referral", "0.01"), ("deal", "100.00"),
    ]  # fmt: skip
    assert found["unpaid"]["amount"] == "100.01"
    assert "100.01 GBP paid to Blooms; unpaid: 0.00" in say("partner", "pay", "blooms")
    assert "nothing to pay" in say("partner", "pay", "blooms", code=USAGE)
    march = rows("partner", "statement", "blooms", "--from", "2026-03", "--to", "2026-03")
    assert (march["earned"]["amount"], march["paid"]["amount"]) == ("0.01", "0.00")
    november = rows("partner", "statement", "blooms", "--from", "2026-11")
    assert (november["unpaid_before"]["amount"], november["unpaid"]["amount"]) == ("0.01", "0.00")
    say("undo")
    assert rows("partner", "show", "blooms")["unpaid"]["amount"] == "100.01"
    score = rows("report", "partners")[0]
    assert (score["partner"], score["won"], score["win_rate"]) == ("Blooms", 1, 1.0)
    assert [each["id"] for each in rows("find", "partner:blooms")] == [4, 5]


def test_the_csv_of_a_statement_has_a_row_for_each_sale(shop, say):
    say("partner", "add", "blooms", "--commission", "10%", "--from", "2026-01-01")
    say("sell", "tom", "20", "--on", "2026-03-01")
    lines = say("partner", "statement", "blooms", "--format", "csv").splitlines()
    assert lines[0].startswith("on,sale_id,contact_id,contact,deal_id,reason,amount")
    assert lines[1].startswith("2026-03-01,1,5,Tom Park,,referral,20.00")


def test_a_partner_is_named_by_its_contact_or_its_number(shop, say, rows):
    say("partner", "add", "blooms", "--commission", "10%")
    say("partner", "edit", "blooms", "exclusive", "--commission", "12%")
    say("partner", "edit", "1", "--type", "agent")
    found = rows("partner", "show", "blooms")
    assert (found["commission"], found["type"], found["text"]) == (12, "agent", "exclusive")
    assert "ends on 2026-11-30" in say("partner", "end", "blooms", "--on", "eom")
    assert rows("partner", "list", "active")[0]["until"] == "2026-11-30"
    assert "Jane Doe is not a partner" in say("partner", "show", "jane", code=NOT_FOUND)
    say("partner", "rm", "blooms", "--yes")
    assert rows("partner", "list") == []


def test_the_card_says_who_is_a_partner_and_whose_lead_a_contact_is(shop, say, rows):
    say("partner", "add", "blooms", "--commission", "7.5%", "--until", "2027-12-31")
    say("partner", "register", "blooms", "jane")
    assert "dealer, 7.5% until 31 Dec 2027" in say("show", "blooms")
    assert "lead of Blooms until 19 Feb 2027" in say("show", "jane")
    assert rows("show", "jane")["partnerships"] == [
        {"id": 1, "role": "registered", "partner_id": 1, "until": "2027-02-19", "percent": None}
    ]


def test_a_lead_outside_of_the_territory_is_registered_with_a_warning(shop, say):
    say("territory", "add", "north", "--where", "city:leeds")
    say("partner", "add", "blooms", "--territory", "north")
    warned = say("partner", "register", "blooms", "jane")
    assert "Jane Doe is not in north, the territory of Blooms" in warned
    say("edit", "jane", "--city", "Leeds")
    assert "territory" not in say("partner", "register", "blooms", "jane", "--days", "99")


def test_referrals_are_a_tree_and_never_a_circle(shop, say, rows):
    say("sell", "tom", "20")
    say("edit", "jane", "--relation", "referred by=tom")
    say("sell", "jane", "30")
    refused = say("edit", "blooms", "--relation", "referred by=jane", code=USAGE)
    assert "Blooms brought Jane Doe, so Jane Doe did not bring Blooms" in refused
    found = [(each["contact"], each["depth"], each["worth"]["amount"]) for each in
             rows("report", "referrals")]  # fmt: skip
    assert found == [("Blooms", 0, "50.00"), ("Tom Park", 1, "30.00"), ("Jane Doe", 2, "0.00")]
    assert [each["id"] for each in rows("report", "referrals", "tom")] == [5, 4]
    shown = say("report", "referrals")
    assert "\n  Tom Park" in shown
    assert "\n    Jane Doe" in shown


def test_a_loyal_customer_is_asked_once(shop, say, rows):
    for day in ("2026-09-01", "2026-10-01", "2026-11-01"):
        say("sell", "jane", "30", "--on", day)
    assert [each["contact"] for each in rows("testimonial", "suggest")] == ["Jane Doe"]
    assert "added 1 reminder for" in say("testimonial", "suggest", "--remind", "mon")
    assert "added 0 reminders for" in say("testimonial", "suggest", "--remind", "mon")
    assert "ask for a testimonial" in say("due", "--days", "7")
    say("testimonial", "add", "jane", "always", "on", "time", "--public")
    assert rows("testimonial", "suggest") == []
    assert [each["id"] for each in rows("find", "testimonial:any")] == [4]
    again = say("testimonial", "add", "jane", code=CONFLICT)
    assert "was already asked on 2026-11-21" in again


def test_files_of_deals_name_the_partner_by_name_or_number(shop, say, rows, tmp_path):
    say("partner", "add", "blooms", "--commission", "10%")
    say("partner", "add", "rose dealers", "--commission", "5%")
    say("partner", "register", "rose dealers", "tom")
    path = tmp_path / "deals.csv"
    path.write_text(
        "title,contact,partner,ref\nHall,Jane Doe,Blooms,D1\nDoor,Jane Doe,#1,D2\n"
        "Roof,Jane Doe,,D3\nGate,Jane Doe,Nemo,D4\nWall,Jane Doe,Jane Doe,D5\n"
        "Path,Tom Park,Blooms,D6\n"
    )
    said = say("import", str(path), "--as", "deals", code=1)
    assert "line 5, partner: no contact matches “Nemo”" in said
    assert "line 6, partner: Jane Doe is not a partner" in said
    assert "line 7, partner: Rose Dealers has registered Tom Park" in said

    def partners():
        return {each["title"]: each["partner"] for each in rows("deal", "list", "--all")}

    assert partners() == {"Hall": "Blooms", "Door": "Blooms", "Roof": None}
    path.write_text(
        "title,contact,partner,ref\nHall,Jane Doe,,D1\nDoor,Jane Doe,2,D2\n"
        "Roof,Jane Doe,blooms,D3\n"
    )
    assert "2 updated, 1 unchanged" in say("import", str(path), "--as", "deals")
    assert partners() == {"Hall": "Blooms", "Door": "Rose Dealers", "Roof": "Blooms"}


def test_an_export_of_deals_brings_their_partners_back(shop, say, rows, tmp_path):
    say("partner", "add", "blooms", "--commission", "10%")
    say("deal", "add", "Hall", "--contact", "jane", "--partner", "blooms")
    path = tmp_path / "deals.csv"
    say("deal", "export", str(path))
    say("deal", "rm", "1", "--yes")
    say("deal", "import", str(path))
    path.write_text("title,contact,partner\nDoor,jane,blooms\nGate,jane,1\n")
    say("deal", "import", str(path))
    assert [each["partner"] for each in rows("deal", "list", "--all")] == ["Blooms"] * 3
    path.write_text("title,contact,partner\nWall,jane,tom park\n")
    assert "line 2: Tom Park is not a partner" in say("deal", "import", str(path), code=NOT_FOUND)
