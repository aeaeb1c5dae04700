"""Deals of other programs: columns, stages, and a second import that changes nothing."""

import json

import pytest

HEAD = "Deal,Customer,Email,Stage,Amount,Currency,Close date,Probability,Ref,Created,Lost reason"
ROWS = (
    'Roof,Jane Doe,jane@x.example,Proposal,"1,200.50",GBP,2026-12-15,40%,D1,2026-10-01,',
    "Door,Bob Ray,bob@x.example,Closed Won,500,EUR,2026-10-10,,D2,2026-09-01,",
    "Gate,Jane Doe,jane@x.example,Closed Lost,700,GBP,2026-10-12,,D3,2026-09-01,too far away",
    "Shed,Jane Doe,jane@x.example,,,,,0.3,,,",
)
KEYS = ("title", "contact", "stage", "status", "probability", "close", "opened", "closed", "ref")


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def load(typed, tmp_path):
    """Import some rows; return the report, or the errors."""

    def load_(*rows, head=HEAD, options=()):
        path = tmp_path / "deals.csv"
        path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
        code, _, err = typed("import", str(path), "--as", "deals", *options)
        return code, err

    return load_


def listed(typed, *words):
    _, out, _ = typed("deal", "list", *words, "--all", "--sort", "id", "--json")
    return json.loads(out) if out else []


def test_deals_come_in_with_their_stages_and_contacts(typed, load):
    code, err = load(*ROWS)
    assert (code, err.split(":")[1].split(",")[0]) == (0, " 4 deals created")
    deals = listed(typed)
    assert [tuple(each[key] for key in KEYS) for each in deals] == [
        ("Roof", "Jane Doe", "Proposal", "open", 40, "2026-12-15", "2026-10-01", None, "D1"),
        ("Door", "Bob Ray", "Won", "won", 100, "2026-10-10", "2026-09-01", "2026-10-10", "D2"),
        ("Gate", "Jane Doe", "Lost", "lost", 0, "2026-10-12", "2026-09-01", "2026-10-12", "D3"),
        ("Shed", "Jane Doe", "Qualification", "open", 30, None, "2026-11-23", None, None),
    ]
    assert [each["amount"] and each["amount"]["amount"] for each in deals] == [
        "1200.50", "500.00", "700.00", None,
    ]  # fmt: skip
    assert (deals[2]["lost_reason"], deals[2]["lost_note"]) == ("other", "too far away")
    assert typed("sale", "list", "--format", "ids")[1] == ""
    assert typed("db", "check")[0] == 0


@pytest.mark.engines("sqlite", "postgresql")
def test_a_deal_for_a_registered_lead_gets_the_partner_who_registered_it(typed, load):
    typed("add", "Blooms", "--kind", "org")
    typed("add", "Jane Doe", "--email", "jane@x.example")
    typed("partner", "add", "blooms", "--commission", "10%", "--from", "2026-11-01")
    typed("partner", "register", "blooms", "jane", "--days", "30")
    head = "Deal,Customer,Email,Created,Partner"
    code, err = load(
        "Roof,Jane Doe,jane@x.example,2026-11-23,",
        "Old,Jane Doe,jane@x.example,2026-10-01,",
        "Door,Bob Ray,bob@y.example,2026-11-23,",
        head=head,
    )
    assert (code, " 3 deals created" in err) == (0, True)
    assert [each["partner"] for each in listed(typed)] == ["Blooms", None, None]


def test_a_won_deal_that_a_file_opens_again_gives_back_its_sale(typed, load):
    load(*ROWS)
    typed("deal", "edit", "1,4", "--opened", "2026-09-01", "--amount", "50 GBP", "--yes")
    typed("deal", "win", "1")
    typed("deal", "win", "4")
    assert len(typed("sale", "list", "--format", "ids")[1].split()) == 2
    code, err = load(*ROWS)
    assert (code, "1 sale was removed, as its deal is no longer won: deal 1" in err) == (0, True)
    assert [each["id"] for each in listed(typed, "status:won")] == [2, 4]
    assert len(typed("sale", "list", "--format", "ids")[1].split()) == 1
    typed("undo")
    assert len(typed("sale", "list", "--format", "ids")[1].split()) == 2
    assert typed("db", "check")[0] == 0


def test_a_row_closed_before_it_was_opened_is_refused(typed, load):
    head = "Deal,Customer,Stage,Created,Closed date,Ref"
    _, err = load("Roof,Jane Doe,Won,2026-10-10,2026-10-09,D1", head=head)
    assert "closed on 2026-10-09, before it was opened on 2026-10-10" in err
    load("Roof,Jane Doe,Won,2026-10-10,2026-10-11,D1", head=head)
    _, err = load("Roof,Jane Doe,Won,2026-10-12,2026-10-11,D1", head=head)
    assert "before it was opened on 2026-10-12" in err
    assert [each["opened"] for each in listed(typed)] == ["2026-10-10"]


def test_a_second_import_changes_nothing_and_a_newer_file_what_differs(typed, load):
    load(*ROWS)
    before = listed(typed)
    assert "0 deals created, 0 updated, 4 unchanged" in load(*ROWS)[1]
    assert listed(typed) == before
    moved = ROWS[0].replace("Proposal", "Negotiation").replace("1,200.50", "1,300")
    assert "0 deals created, 1 updated, 3 unchanged" in load(moved, *ROWS[1:])[1]
    roof = json.loads(typed("deal", "show", "1", "--json")[1])
    assert (roof["stage"], roof["amount"]["amount"], roof["entered"]) == (
        "Negotiation", "1300.00", "2026-11-23",
    )  # fmt: skip
    assert [each["to"] for each in roof["stage_changes"]] == ["Proposal", "Negotiation"]
    typed("undo")
    assert listed(typed) == before


def test_a_dry_run_and_undo_leave_nothing(typed, load):
    load("Roof,Jane Doe,,,,,,,,,")
    typed("undo")
    _, err = load(*ROWS, options=("--dry-run",))
    assert "4 deals would be created" in err
    assert listed(typed) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Roof,Jane,,Nowhere,5,GBP,,,,,", "line 2, Stage: unknown stage “Nowhere”: Stages: Qual"),
        ("Roof,Jane,,,-5,GBP,,,,,", "line 2, Amount: the amount is negative"),
        ("Roof,Jane,,,5,GBP,soon-ish,,,,", "line 2, Close date: "),
        ("Roof,Jane,,,5,GBP,,120,,,", "line 2, Probability: percentage “120” is too large"),
        ("Roof,,,,5,GBP,,,,,", "line 2, Customer: "),
        (",Jane,,,5,GBP,,,,,", "line 2, Deal: no title"),
        ("Roof,Jane,,,5,GBP,,,,2027-01-01,", "line 2, Created: 2027-01-01 is in the future"),
        ("Roof,Jane,,,5,XXZ,,,,,", "line 2, Currency: "),
    ],
)
def test_a_row_that_cannot_be_a_deal_is_refused_with_the_reason(typed, load, row, reason):
    assert reason in load(row, ROWS[1])[1]
    assert [each["title"] for each in listed(typed)] == ["Door"]


def test_a_pipeline_of_the_file_must_be_known(typed, load):
    head = f"{HEAD},Pipeline"
    typed("pipeline", "add", "Weddings", "--stage", "Tasting 40%")
    rows = (
        "Roof,Jane,,Tasting,5,GBP,,,,,,Weddings", "Door,Jane,,Demo,5,GBP,,,,,,Sales Pipeline",
        "Gate,Jane,,Demo,5,GBP,,,,,,Repairs",
    )  # fmt: skip
    assert "line 4, Pipeline: unknown pipeline “Repairs”" in load(*rows, head=head)[1]
    assert [(each["pipeline"], each["probability"]) for each in listed(typed)] == [
        ("Weddings", 40), ("Sales", 25),
    ]  # fmt: skip


def test_the_header_of_another_program_is_recognized(typed, tmp_path):
    path = tmp_path / "hubspot.csv"
    path.write_text(
        "Record ID,Deal Name,Deal Stage,Amount,Close Date,Associated Contact,Deal owner\n"
        "901,Roof,Demo,1000,2026-12-15,Jane Doe,ann\n",
        "utf-8",
    )
    assert "1 deal created" in typed("import", str(path))[2]
    assert [(each["title"], each["stage"], each["owner"]) for each in listed(typed)] == [
        ("Roof", "Demo", "ann")
    ]


def test_an_own_export_changes_nothing_and_keeps_ids_elsewhere(typed, load, tmp_path):
    load(*ROWS)
    typed("deal", "win", "1")
    typed("deal", "add", "Barn", "--contact", "jane", "--probability", "15")
    path = tmp_path / "own.csv"
    assert typed("deal", "export", str(path))[0] == 0
    before = listed(typed)
    code, _, err = typed("import", str(path), "--as", "deals")
    counts = "own.csv: 0 deals created, 0 updated, 5 unchanged, 0 refused"
    assert (code, err.split("\n")[0]) == (0, counts)
    assert listed(typed) == before

    typed("deal", "rm", "4,5", "--yes")
    typed("import", str(path), "--as", "deals")
    again = {each["uid"]: each["probability"] for each in listed(typed)}
    assert again == {each["uid"]: each["probability"] for each in before}


def test_the_quotes_of_a_deal_follow_a_file_that_closes_or_reopens_it(typed, load):
    load(ROWS[0])
    for name in ("Roof", "Gutter"):
        typed("quote", "add", "1", "--line", f"1 x {name} @ 1200.50")
    typed("deal", "edit", "1", "--opened", "2026-09-01")
    typed("quote", "accept", "1")

    def statuses():
        found = json.loads(typed("quote", "list", "--all", "--sort", "id", "--json")[1])
        return [each["status"] for each in found]

    assert statuses() == ["accepted", "canceled"]
    load(ROWS[0])
    assert statuses() == ["draft", "draft"]
    load(ROWS[0].replace("Proposal", "Closed Lost"))
    assert statuses() == ["canceled", "canceled"]
    typed("undo")
    assert statuses() == ["draft", "draft"]
    typed("quote", "accept", "2")
    load(ROWS[0].replace("Proposal", "Closed Lost"))
    assert statuses() == ["canceled", "canceled"]
    assert typed("db", "check")[0] == 0


def test_a_status_beside_the_stage_closes_a_deal_or_contradicts(typed, load):
    rows = [
        "A,Jane Doe,Proposal,Won,",
        "B,Jane Doe,Proposal,Lost,too dear",
        "C,Jane Doe,Demo,open,",
        "D,Jane Doe,Demo,in progress,",
        "E,Jane Doe,Won,open,",
        "F,Jane Doe,Lost,Won,",
        "G,Jane Doe,,Won,",
        "H,Jane Doe,,,too dear",
        "I,Jane Doe,,,",
    ]
    _, err = load(*rows, head="Deal,Customer,Stage,Status,Lost reason")
    assert "the stage Won contradicts the status open: correct one of them" in err
    assert "the stage Lost contradicts the status Won: correct one of them" in err
    assert [(each["title"], each["stage"]) for each in listed(typed)] == [
        ("A", "Won"), ("B", "Lost"), ("C", "Demo"), ("D", "Demo"), ("G", "Won"), ("H", "Lost"),
        ("I", "Qualification"),
    ]  # fmt: skip
