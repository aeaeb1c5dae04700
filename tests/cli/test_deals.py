"""The commands of deals and pipelines: what they say, and what they refuse."""

import json
import re

import pytest

OK, USAGE, NOT_FOUND, CONFLICT = 0, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def run(typed):
    """Run a line of words separated by spaces, for Jane and Bob; return the code and the words."""
    typed("add", "Jane Doe", "--org", "Acme")
    typed("add", "Bob Ray")

    def run_(line, *more):
        words = [word.replace("_", " ") for word in line.split()]
        code, out, err = typed(*words, *more)
        return code, (err + out).strip()

    return run_


def answer(run, line):
    return json.loads(run(f"{line} --json")[1])


ADD = "deal add New roof --contact jane --amount 100000 --probability 50 --close 2026-12-15"


def test_a_deal_is_added_with_all_it_has(run):
    line = f"{ADD} --source fair --owner ann --next call_her --due fri --role champion=bob"
    code, words = run(line)
    assert (code, words) == (
        OK,
        "added deal 1 New roof (Jane Doe): Qualification, 100,000.00 GBP, 50%, close Tue 15 Dec; "
        "next step 1, due Fri 27 Nov: call her",
    )
    deal = answer(run, "deal show 1")
    keys = ("title", "contact", "org", "pipeline", "stage", "status", "own_probability",
            "probability", "close", "opened", "source", "owner")  # fmt: skip
    assert [deal[key] for key in keys] == [
        "New roof", "Jane Doe", "Acme", "Sales", "Qualification", "open", 50, 50, "2026-12-15",
        "2026-11-23", "fair", "ann",
    ]  # fmt: skip
    assert deal["weighted"] == {"amount": "50000.00", "currency": "GBP"}
    assert deal["roles"] == [{"contact_id": 3, "contact": "Bob Ray", "role": "champion"}]
    assert [(each["text"], each["due"], each["owner"]) for each in deal["next_steps"]] == [
        ("call her", "2026-11-27", "ann")
    ]
    assert [each["to"] for each in deal["stage_changes"]] == ["Qualification"]


def test_a_deal_goes_from_its_first_stage_to_a_sale(run):
    run(ADD)
    assert run("deal move 1 ready")[1] == (
        "moved deal 1 New roof (Jane Doe) from Qualification to Ready to close, 50%"
    )
    assert run("deal move 1 demo")[0] == OK
    assert run("deal move 1 demo")[1] == "no change: deal 1 New roof (Jane Doe) is in Demo already"
    assert run("deal win 1")[1] == (
        "won deal 1 New roof (Jane Doe): sale 1 over 100,000.00 GBP on Mon 23 Nov"
    )
    assert run("sale list --format ids")[1] == "1"
    assert run("undo")[0] == OK
    assert run("sale list --format ids")[1] == ""
    assert answer(run, "deal show 1")["stage"] == "Demo"


def test_a_deal_is_lost_and_reopened(run):
    run(ADD)
    assert run("deal lose 1 --reason pricing --note too_dear")[1] == (
        "lost deal 1 New roof (Jane Doe): pricing"
    )
    assert run("deal list --format ids")[1] == ""
    assert run("deal list lost --format ids")[1] == "1"
    assert run("deal reopen 1")[1] == "reopened deal 1 New roof (Jane Doe) in Qualification"


REFUSED = [
    ("deal add --contact jane", USAGE, "a deal needs a title"),
    ("deal add Roof", USAGE, "a deal needs a contact"),
    ("deal add Roof --contact nemo", NOT_FOUND, "no contact matches “nemo”"),
    ("deal add Roof --contact jane --amount -5", USAGE, "must not be negative"),
    ("deal add Roof --contact jane --probability 120", USAGE, "is too large"),
    ("deal add Roof --contact jane --stage nowhere", NOT_FOUND, "unknown stage “nowhere”"),
    ("deal add Roof --contact jane --pipeline x", NOT_FOUND, "unknown pipeline “x”"),
    ("deal add Roof --contact jane --due fri", USAGE, "no next step given"),
    ("deal add Roof --contact jane --role boss=bob", USAGE, "unknown role “boss”"),
    ("deal add Roof --contact jane --role champion", USAGE, "must name a role and a person"),
    ("deal add Roof --contact jane --reason fit", USAGE, "only a lost deal has a reason"),
    ("deal add Roof --contact jane --amount 5 --line 2_x_Roof_@_500", USAGE, "add up to"),
    ("deal move 9 demo", NOT_FOUND, "unknown deal 9"),
    ("deal move x demo", USAGE, "must be the number of a deal"),
    ("deal move 1 lost", USAGE, "a lost deal needs a reason"),
    ("deal lose 1", USAGE, "a lost deal needs a reason"),
    ("deal lose 1 --reason rain", USAGE, "unknown reason “rain”"),
    ("deal reopen 1", CONFLICT, "deal 1 is open"),
    ("deal win 1 --on 2027-01-01", USAGE, "2027-01-01 is in the future"),
    ("deal edit 1 --stage won", USAGE, "an edit does not win a deal"),
    ("pipeline rm sales --yes", CONFLICT, "Sales is the only pipeline"),
    ("pipeline add sales", CONFLICT, "the pipeline “sales” already exists"),
    ("pipeline add Fairs --stage Visit", USAGE, "has no probability"),
    ("pipeline stage add Demo --probability 5", CONFLICT, "the stage “Demo” already exists"),
    ("pipeline stage add Visit", USAGE, "an open stage needs a probability"),
    ("pipeline stage edit demo --needs luck", USAGE, "unknown requirement “luck”"),
    ("pipeline stage edit qual --kind won", CONFLICT, "has deals, so its kind"),
    ("pipeline stage rm won --yes", CONFLICT, "Won is the only won stage"),
    ("pipeline stage rm qual --yes", CONFLICT, "the stage Qualification has 1 deal"),
    ("pipeline stage rm qual --to won --yes", USAGE, "a stage of open deals, Won of won ones"),
    ("pipeline stage rm qual --to qual --yes", USAGE, "deals cannot go to Qualification"),
    ("pipeline stage move demo", USAGE, "no place given"),
]


@pytest.mark.parametrize(("line", "code", "message"), REFUSED)
def test_a_line_that_contradicts_is_refused_and_changes_nothing(run, line, code, message):
    run(ADD)
    before = run("journal --format ids")[1], run("pipeline show --json")[1]
    found, words = run(line)
    assert (found, message in words) == (code, True), words
    assert (run("journal --format ids")[1], run("pipeline show --json")[1]) == before


def test_a_past_close_is_said_and_named_by_due(run):
    words = run("deal add Roof --contact jane --close 2026-11-20")[1]
    assert "the expected close 2026-11-20 is past" in words
    assert re.search(r"Deals \(1\)\n *3 days late +Jane Doe .*: Roof \[1\]", run("due")[1])


def test_a_deal_rots_until_a_step_is_planned(run, monkeypatch):
    run(ADD)
    assert run("deal list rotting --format ids")[1] == ""
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-08T12:00")
    assert run("deal list rotting --format ids")[1] == "1"
    assert "rotting" in run("due")[1]
    run("deal edit 1 --next call --due 2026-12-09")
    assert run("deal list rotting --format ids")[1] == ""
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-10T12:00")
    assert run("deal list rotting --format ids")[1] == "1"
    run("log jane rang --kind call")
    assert run("deal list rotting --format ids")[1] == ""


def test_an_edit_gives_what_the_new_stage_needs(run):
    run("deal add Roof --contact jane")
    run("pipeline stage edit proposal --needs amount,lines,champion,next")
    assert "and a champion" in run("deal move 1 proposal")[1]
    line = ("--line", "2 x Roof @ 250", "--role", "champion=bob", "--next", "call")
    run("deal edit 1 --stage proposal", *line)
    deal = answer(run, "deal show 1")
    assert (deal["stage"], deal["amount"]["amount"]) == ("Proposal", "500.00")


def test_done_demands_the_next_step_of_a_deal(run):
    run(f"{ADD} --next call --due today")
    assert "next step" not in run("done 1 --next call_again --due fri")[1].replace("steps", "")
    assert run("done 2")[1].splitlines()[-1] == (
        "deal 1 New roof (Jane Doe) has no next step; plan it: "
        'cardcrm deal edit 1 --next "call" --due fri'
    )


def test_the_deals_of_a_stage_that_is_removed_go_on_and_their_history_stays(run):
    run(ADD)
    run("deal move 1 demo")
    words = run("pipeline stage rm demo --to proposal --yes")[1]
    assert (
        words == "removed stage Demo of Sales, moved 1 deal to Proposal; to restore: cardcrm undo"
    )
    assert [each["to"] for each in answer(run, "deal show 1")["stage_changes"]] == [
        "Qualification",
        "Demo",
    ]
    assert answer(run, "deal show 1")["stage"] == "Proposal"
    assert "Demo" not in [each["name"] for each in answer(run, "pipeline show")]
    run("undo")
    assert answer(run, "deal show 1")["stage"] == "Demo"


def test_a_pipeline_in_another_order_keeps_its_deals(run):
    run(ADD)
    run("deal move 1 demo")
    run("pipeline stage move demo --after negotiation")
    assert [each["name"] for each in answer(run, "pipeline show")][:4] == [
        "Qualification", "Proposal", "Negotiation", "Demo",
    ]  # fmt: skip
    assert answer(run, "deal show 1")["stage"] == "Demo"
    run("pipeline add Weddings --stage Tasting_40%")
    run("pipeline edit weddings --position 1")
    assert answer(run, "deal show 1")["pipeline"] == "Sales"
    assert answer(run, "deal add Cake --contact bob")["pipeline"] == "Weddings"


def test_the_card_and_the_brief_show_open_deals(run):
    run(ADD)
    assert (
        "Qualification  New roof  100,000.00 GBP, 50%, close Tue 15 Dec, #1" in run("show jane")[1]
    )
    assert "Jane Doe, #1" in run("show acme")[1]
    assert "Qualification: New roof, 100,000.00 GBP, 50%" in run("brief jane")[1]
    run("deal win 1")
    assert "Deals" not in run("show jane")[1]


def test_deals_are_exported_and_imported(run, tmp_path):
    run(f"{ADD} --line 2_x_Roof_@_50000")
    run("deal add Door --contact bob --stage demo")
    path = tmp_path / "deals.jsonl"
    run("deal export", str(path))
    before = run("deal list --all --json")[1]
    run("deal rm 1,2 --yes")
    assert run("deal import", str(path))[1] == "added 2 deals, changed 0"
    assert [each["stage"] for each in answer(run, "deal list --all --sort id")] == [
        each["stage"] for each in json.loads(before)
    ]
    assert run("deal import", str(path))[1] == "added 0 deals, changed 0"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("owner:mlo", "no deals found; unknown owner “mlo”, known: milo"),
        ("stage:prposal", "no deals found; unknown stage “prposal”, known: Proposal"),
        ("pipeline:fair", "no deals found; unknown pipeline “fair”, known: Sales"),
        ("stage:demo -owner:ann", "no deals found; unknown owner “ann”, known: milo"),
        ("stage:demo owner:me", "no deals found"),
    ],
)
def test_an_empty_list_says_which_name_is_unknown(run, query, words):
    run(f"{ADD} --owner milo")
    assert run(f"deal list {query}") == (OK, words)


@pytest.mark.parametrize(
    "end", ["deal win 1", "deal move 1 won", "deal lose 1 --reason fit", "quote accept 1"]
)
def test_the_end_of_a_deal_names_its_overdue_steps(run, end):
    run(f"{ADD} --next call_her --due 2026-11-20")
    run("quote add 1 --line roof_@_100000")
    run("deal edit 1 --next send_the_bill --due 2026-11-24")
    words = run(end)[1]
    assert words.split("\n")[-1] == (
        "step 1, due Fri 20 Nov (overdue), is still open: call her; to tick it off: cardcrm done 1"
    )
    assert "send the bill" not in words


def test_an_edited_deal_names_each_person_once(run):
    run(ADD)
    _, words = run("deal edit 1 --role champion=jane --role champion=bob --role evaluator=bob")
    assert words.startswith("changed deal 1 New roof (Jane Doe, Acme, Bob Ray): ")
    assert answer(run, "deal show 1")["with"] == "Jane Doe, Bob Ray"
    assert answer(run, "deal show 1")["with_ids"] == [2, 3]


def test_a_new_deal_that_is_closed_was_opened_by_then(run):
    code, words = run("deal add X --contact jane --amount 5 --stage won --opened 2026-11-23 "
                      "--closed 2026-11-01")  # fmt: skip
    assert (code, "opened on 2026-11-23, after the day of the close, 2026-11-01" in words) == (
        USAGE,
        True,
    )
    run("deal add X --contact jane --amount 5 --stage won --closed 2026-11-01")
    assert answer(run, "deal show 1")["opened"] == "2026-11-01"


@pytest.mark.parametrize(
    ("stage", "status", "words"),
    [
        ("Won", "open", "a deal in the stage Won is won, but the status is open"),
        ("Demo", "lost", "a deal in the stage Demo is open, but the status is lost"),
        ("", "won", "a deal in the stage Qualification is open, but the status is won"),
    ],
)
def test_a_file_whose_stage_and_status_contradict_is_refused(run, tmp_path, stage, status, words):
    path = tmp_path / "deals.csv"
    path.write_text(f"title,contact,amount,stage,status\nA,jane,5,{stage},{status}\n")
    code, shown = run("deal import", str(path))
    assert (code, words in shown) == (USAGE, True)
    assert run("deal list --all --format ids")[1] == ""


def test_a_file_that_changes_the_status_of_a_deal_alone_is_refused(run, tmp_path):
    path = tmp_path / "deals.csv"
    run(ADD)
    run("deal export", str(path))
    assert run("deal import", str(path))[1].startswith("added 0 deals, changed 0")
    path.write_text(path.read_text().replace("Qualification,open", "Qualification,won"))
    code, words = run("deal import", str(path))
    assert (code, "an edit does not win a deal" in words) == (USAGE, True)


STAGES = ["Qualification", "Demo", "Proposal", "Negotiation", "Ready to close", "Won", "Lost"]


def stages(run):
    rows = json.loads(run("pipeline show --json")[1])
    return [(each["name"], each["kind"], each["probability"]) for each in rows]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("move Won --after demo", "Give a place from 6: --position 6"),
        ("move Won --position 1", "Won is a won stage; won and lost stages come last"),
        ("move demo --after won", "Give a place up to 5: --position 5"),
        ("add Paid --kind won --position 2", "Give a place from 6: --position 6"),
        ("add Visit --probability 40 --after lost", "Give a place up to 6: --position 6"),
        ("add Paid --kind won --probability 80", "the probability of a won stage is 100%"),
        ("edit won --probability 90", "the probability of a won stage is 100%"),
        ("edit demo --kind lost --probability 90", "the probability of a lost stage is 0%"),
    ],
)
def test_won_and_lost_stages_stay_at_the_end_with_100_and_0_percent(run, line, words):
    before = stages(run)
    code, shown = run(f"pipeline stage {line}")
    assert (code, words in shown) == (USAGE, True)
    assert stages(run) == before


def test_a_stage_of_another_kind_gets_its_probability_and_place(run):
    assert run("pipeline stage move Won --after lost")[0] == OK
    assert run("pipeline stage edit demo --kind lost")[0] == OK
    assert stages(run)[-3:] == [("Lost", "lost", 0), ("Won", "won", 100), ("Demo", "lost", 0)]
    code, words = run("pipeline stage edit demo --kind open")
    assert (code, "an open stage needs a probability" in words) == (USAGE, True)
    run("pipeline stage edit demo --kind open --probability 25")
    names = [name for name, _, _ in stages(run)]
    assert names == [*STAGES[:1], *STAGES[2:5], "Demo", "Lost", "Won"]
