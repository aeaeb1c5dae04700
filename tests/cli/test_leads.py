"""The commands of leads: what they say, what they refuse, and what comes in from files and mail."""

import json

import pytest

OK, FAILED, USAGE, NOT_FOUND, AMBIGUOUS = 0, 1, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def run(typed):
    """Run a line of words separated by spaces; return the code and the words."""
    typed("product", "add", "Vase")

    def run_(line, *more):
        words = [word.replace("_", " ") for word in line.split()]
        code, out, err = typed(*words, *more)
        return code, (err + out).strip()

    return run_


def answer(run, line, *more):
    return json.loads(run(line, *more, "--json")[1])


def leads(run, *words):
    return answer(run, "lead list --all --sort id", *words)


ADD = "lead add Jane Doe --email jane@x.example --source web --text wants_a_quote"


def test_a_lead_makes_its_contact_or_finds_it(run):
    assert run(ADD) == (
        OK, "added lead 1 of Jane Doe: wants a quote (new); a new contact (1)"
    )  # fmt: skip
    run("add Bob Ray --email bob@x.example")
    assert run("lead add Bobby --email BOB@x.example --phone 01134960123 --org Acme") == (
        OK, "added lead 2 of Bob Ray (new); a known contact (2)"
    )  # fmt: skip
    assert run("lead add Bob Ray --text again")[1] == (
        "added the request to lead 2 of Bob Ray: again (new), which is worked on already"
    )
    bob = answer(run, "show bob")
    assert [each["address"] for each in bob["contact_points"]] == [
        "bob@x.example", "+44 113 496 0123",
    ]  # fmt: skip
    assert bob["org"] == "Acme"
    keys = ("id", "contact", "text", "status", "source", "received")
    assert [tuple(each[key] for key in keys) for each in leads(run)] == [
        (1, "Jane Doe", "wants a quote", "new", "web", "2026-11-23T12:00:00Z"),
        (2, "Bob Ray", "again", "new", None, "2026-11-23T12:00:00Z"),
    ]
    assert run("db check")[0] == OK


def test_a_name_of_two_contacts_is_ambiguous(run):
    run("add Jane Doe")
    run("add Jane Doe")
    code, words = run("lead add Jane Doe")
    assert code == AMBIGUOUS
    assert "2 contacts match" in words
    assert run("lead add --contact #2")[0] == OK


def test_a_lead_is_converted_and_one_undo_reverts_it(run):
    run(f"{ADD} --owner ann")
    run("log jane asked for a price --kind call")
    code, words = run("lead convert jane --amount 500 --org Acme --next call_her --due fri")
    assert (code, words) == (
        OK,
        "converted lead 1 of Jane Doe (Acme): deal 1 wants a quote, Qualification; next step 1, "
        "due Fri 27 Nov: call her",
    )
    deal = answer(run, "deal show 1")
    keys = ("title", "contact", "org", "source", "owner")
    assert [deal[key] for key in keys] == ["wants a quote", "Jane Doe", "Acme", "web", "ann"]
    lead = answer(run, "lead show 1")
    assert (lead["status"], lead["deal_id"], lead["closed"]) == ("converted", 1, "2026-11-23")
    assert [each["status"] for each in lead["status_changes"]] == ["assigned", "converted"]
    jane = answer(run, "show jane")
    assert (jane["stage"], jane["interactions"][0]["text"]) == ("prospect", "asked for a price")
    code, words = run("lead convert jane")
    assert (code, words.splitlines()[0]) == (
        AMBIGUOUS, "error: lead 1 is converted already (deal 1)"
    )  # fmt: skip
    assert run("undo")[0] == OK
    assert answer(run, "lead show 1")["status"] == "assigned"
    assert run("deal list --all --format ids")[1] == ""
    assert answer(run, "show jane")["org"] == ""
    assert run("db check")[0] == OK


def test_a_lead_without_a_deal_and_without_words(run):
    run("lead add Ann Lee")
    assert run("lead convert ann --no-deal")[1] == (
        "converted lead 1 of Ann Lee; no deal was added"
    )
    assert run("lead convert 1 --no-deal --amount 5")[0] == USAGE
    run("lead add Ann Lee")
    assert run("lead convert ann")[1] == (
        "converted lead 2 of Ann Lee: deal 1 Deal with Ann Lee, Qualification"
    )


def test_a_lead_is_recycled_and_comes_back_with_the_next_request(run):
    run(ADD)
    assert run("lead recycle jane --reason spring")[1] == "recycled lead 1 of Jane Doe: spring"
    run("lead add Jane --email jane@x.example --text spring_it_is")
    assert [each["status"] for each in leads(run)] == ["new"]
    assert run("lead drop 1 --reason no_budget")[1] == "closed lead 1 of Jane Doe: no budget"
    assert run("lead list --format ids")[1] == ""
    run("lead add Jane --email jane@x.example --text next_year")
    assert [(each["status"], each["text"]) for each in leads(run)] == [
        ("dead", "wants a quote\n\nspring it is"),
        ("new", "next year"),
    ]


def test_the_status_follows_the_owner(run):
    run(ADD)
    run("lead edit 1 --owner ann")
    run("lead edit 1 --status process")
    run("lead edit 1", "--owner", "")
    changes = answer(run, "lead show 1")["status_changes"]
    assert [(each["status"], each["owner"]) for each in changes] == [
        ("new", None), ("assigned", "ann"), ("in process", "ann"), ("in process", None),
    ]  # fmt: skip


FORM = """Submission Date,Full Name,Your email,Phone Number,Company Name,Your Message,Lead Source
2026-11-20 09:30,Ann Lee,ann@x.example,0113 496 0999,Lee Ltd,"Three sheds
and a gate",Google
2026-11-21 10:00,Ann Lee,ann@x.example,,,any news?,Google
2026-11-22,Bob Ray,bob@x.example,,,call,
,,,,,,
2026-11-23,Kim,,,,just a name,
2026-11-24,Tom,tom@x.example,,,too early,
"""


def test_a_web_form_is_read_once(run, tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(FORM, "utf-8")
    run("add Bob Ray --email bob@x.example")
    line = "import --as leads --source web"
    code, words = run(line, str(path))
    assert code == FAILED
    assert words.splitlines()[0].endswith("3 leads created, 1 updated, 0 unchanged, 1 refused")
    before = leads(run)
    keys = ("contact", "text", "source", "received", "status")
    assert [tuple(each[key] for key in keys) for each in before] == [
        ("Ann Lee", "Three sheds\nand a gate\n\nany news?", "Google", "2026-11-20T09:30:00Z",
         "new"),
        ("Bob Ray", "call", "web", "2026-11-22", "new"),
        ("Kim", "just a name", "web", "2026-11-23", "new"),
    ]  # fmt: skip
    run("lead drop ann")
    again = run(line, str(path))[1].splitlines()[0]
    assert again.endswith("0 leads created, 0 updated, 4 unchanged, 1 refused")
    assert len(leads(run)) == 3
    assert run("db check")[0] == OK


def test_answers_to_unknown_questions_are_kept_in_the_text(run, tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(
        "Name,Email,Message,Budget,How many windows?,IP address\n"
        "Ann Lee,ann@x.example,Three sheds,5000,  2  ,10.0.0.1\n"
        "Bob Ray,bob@x.example,,,,10.0.0.2\n",
        "utf-8",
    )
    code, words = run("import --as leads --map", "IP address=ignore", str(path))
    assert code == OK
    assert "Budget → line of text (1)" in words
    assert [each["text"] for each in leads(run)] == [
        "Three sheds\nBudget: 5000\nHow many windows?: 2", None,
    ]  # fmt: skip
    again = run("import --as leads", str(path))[1].splitlines()[0]
    assert again.endswith("0 leads created, 0 updated, 2 unchanged, 0 refused")


def test_statuses_of_other_programs_are_read(run, tmp_path):
    path = tmp_path / "leads.csv"
    rows = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "UNQUALIFIED",
            "hot")  # fmt: skip
    lines = [f"Person {at},{status}" for at, status in enumerate(rows)]
    path.write_text("\n".join(["Name,Lead Status", *lines]) + "\n", "utf-8")
    code, words = run("import --as leads", str(path))
    assert code == FAILED
    assert "line 6, Lead Status: unknown status “hot”" in words
    assert [each["status"] for each in leads(run)] == ["new", "in process", "converted", "dead"]


MAIL = """From: Carl Young <carl@x.example>
To: me@shop.example
Subject: Wedding flowers
Date: Sat, 21 Nov 2026 10:00:00 +0000
Message-ID: <1@x.example>

Do you do weddings?
"""


def test_a_mail_becomes_a_lead_of_its_sender_once(run, tmp_path):
    path = tmp_path / "message.eml"
    path.write_text(MAIL, "utf-8")
    code, words = run("lead add --mail", str(path))
    assert code == OK
    assert words.startswith(
        "added lead 1 of Carl Young: Wedding flowers Do you do weddings? (new); a known contact (1)"
    )
    assert "no new lead" in run("lead add --mail", str(path))[1]
    assert [(each["text"], each["source"], each["received"]) for each in leads(run)] == [
        ("Wedding flowers\n\nDo you do weddings?", "mail", "2026-11-21T10:00:00Z")
    ]
    assert answer(run, "show carl")["interactions"][0]["direction"] == "in"
    run("undo")
    assert run("find --count")[1] == "0"
    assert run("product list --format ids")[1] == "1"


# Rules, scores and the first response


def test_new_leads_go_to_the_owners_of_the_rules_in_turn(run):
    run("lead rules source:fair --owners cat")
    run("lead rules all --owners ann,bob")
    for at, source in enumerate(("web", "fair", "web", "web")):
        run(f"lead add P{at} --source {source}")
    assert [each["owner"] for each in leads(run)] == ["ann", "cat", "bob", "ann"]
    run("lead rules all --remove")
    run("lead add Late --source web")
    assert run("lead assign")[1].startswith("1 left: no rule with owners finds them")
    assert run("lead assign 5 --to dan")[1] == "assigned lead 5 to dan"
    assert run("lead assign")[1] == "no leads to assign: all have an owner"
    assert run("lead assign 99 --to dan")[0] == NOT_FOUND
    run("undo")
    assert leads(run)[4]["owner"] is None


def test_a_form_is_shared_among_the_owners(run, tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(
        "Name,Email\n" + "".join(f"P{at},p{at}@x.example\n" for at in range(5)), "utf-8"
    )
    run("lead rules all --owners ann,bob")
    run("import --as leads", str(path))
    assert [each["owner"] for each in leads(run)] == ["ann", "bob", "ann", "bob", "ann"]
    statuses = answer(run, "lead show 5")["status_changes"]
    assert [each["status"] for each in statuses] == ["new", "assigned"]


def test_rules_give_points_with_their_reason(run):
    run("lead rules source:web --points 20")
    run("lead rules", 'contact:"city:leeds"', "--points", "-5")
    run(ADD)
    run("lead add Ann Lee")
    run("edit jane --city Leeds")
    rows = answer(run, "lead score")
    assert [(each["contact"], each["score"]) for each in rows] == [("Jane Doe", 15), ("Ann Lee", 0)]
    assert rows[0]["reason"] == '+20 rule source:web; -5 rule contact:"city:leeds"'
    assert answer(run, "lead show jane")["score_reasons"] == [
        {"points": 20, "reason": "rule source:web"},
        {"points": -5, "reason": 'rule contact:"city:leeds"'},
    ]
    assert "10 × ln(odds ratio)" in run("lead score --explain")[1]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("lead rules source:web", USAGE, "a rule needs points or owners"),
        ("lead rules stadium:x --points 5", USAGE, "unknown field “stadium”"),
        ("lead rules all --points 5000", USAGE, "points must be between -1,000 and 1,000"),
        ("lead rules --points 5", USAGE, "no query given"),
        ("lead rules source:x --remove", NOT_FOUND, "no rule for “source:x”"),
    ],
)
def test_a_bad_rule_is_refused(run, line, code, words):
    found = run(line)
    assert found[0] == code
    assert words in found[1]


def test_a_rule_whose_field_was_removed_is_skipped_and_named(run):
    run("field add shade")
    run("lead rules", 'contact:"shade:blue"', "--owners", "cat", "--points", "5")
    run("lead rules all --owners ann")
    run("field rm shade --yes")
    code, words = run("lead add Jane Doe")
    assert code == OK
    assert words.splitlines() == [
        "added lead 1 of Jane Doe (assigned, for ann); a new contact (1)",
        'skipped the rule for contact:"shade:blue": unknown field “shade” at position 1 of the '
        "query; to remove it: cardcrm lead rules 'contact:\"shade:blue\"' --remove",
    ]
    for line in ("lead score", "lead rules", "lead assign"):
        assert "skipped the rule for" in run(line)[1]
    run("lead rules", 'contact:"shade:blue"', "--remove")
    assert "skipped" not in run("lead score")[1]


def test_the_first_response_is_the_first_outgoing_touch(run, monkeypatch):
    run(ADD)
    assert answer(run, "lead show 1")["response_seconds"] is None
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T12:20")
    run("log jane asks again --kind mail --in")
    run("log jane missed --kind call --no-answer")
    run("log jane thought about it")
    assert answer(run, "lead show 1")["answered_on"] is None
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T13:30")
    run("log jane talked --kind call --out")
    lead = answer(run, "lead show 1")
    assert (lead["answered_on"], lead["response_seconds"]) == ("2026-11-23", 5400)
    assert "after 90 minutes" in run("lead show 1")[1]


# Leads beside everything else of the day and of the contact


def test_a_lead_without_an_answer_stands_in_due_on_the_card_and_in_the_brief(run, monkeypatch):
    run(f"{ADD} --owner ann --received 2026-11-20")
    run("lead add Bob Ray --phone 01134960002 --text today's")
    run("lead add Kim --owner bob --received 2026-11-22")
    code, words = run("due")
    assert code == OK
    lines = [line.strip() for line in words.splitlines()]
    assert lines[0].endswith("3 leads without an answer")
    assert lines[2:9:2] == [
        "Leads without an answer (3)",
        "+44 113 496 0002 · no contact yet",
        "no phone or email · no contact yet",
        "jane@x.example · no contact yet",
    ]
    assert lines[3] == "today 12:00  Bob Ray: today's [2] (new)"
    assert lines[7] == "3 days ago   Jane Doe: wants a quote [1] (assigned, from web, for ann)"
    assert [each["id"] for each in answer(run, "due --overdue")["leads_due"]] == [3, 1]
    assert [each["id"] for each in answer(run, "due --today")["leads_due"]] == [2]
    assert [each["id"] for each in answer(run, "due --for ANN")["leads_due"]] == [1]
    assert "leads_due,,2026-11-20,,no,,lead wants a quote," in run("due --format csv")[1]
    line = "assigned  wants a quote  came in 3 days ago, not answered yet, from web, for ann, #1"
    assert line in run("show jane")[1]
    assert answer(run, "show jane")["leads"][0]["received"] == "2026-11-20"
    brief = run("brief jane")[1]
    assert "lead   assigned: wants a quote; came in 3 days ago, not answered yet" in brief
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T15:00")
    run("log jane sent it --kind mail --out")
    run("lead drop bob")
    assert [each["id"] for each in answer(run, "due")["leads_due"]] == [3]
    assert "not answered" not in run("show jane")[1]
    assert answer(run, "show jane")["leads"][0]["answered_at"] == "2026-11-23T15:00:00Z"
    assert answer(run, "show bob")["leads"] == []


def test_more_leads_than_the_limit_are_counted(run):
    for at in range(3):
        run(f"lead add P{at}")
    assert "Leads without an answer (3)" in run("due --limit 2")[1]
    assert "and 1 more" in run("due --limit 2")[1]


def test_a_lead_is_named_by_its_contact(run):
    run(ADD)
    assert run("lead edit jane --owner ann")[0] == OK
    assert run("lead edit jane wants two quotes")[0] == OK
    assert [(each["owner"], each["text"]) for each in leads(run)] == [("ann", "wants two quotes")]
    assert run("lead assign jane --to bob")[1] == "assigned lead 1 to bob, before: ann"
    assert run("lead edit zed --owner ann")[0] == NOT_FOUND


def test_a_lead_is_closed_once(run):
    run(ADD)
    run("lead drop jane --reason no_budget")
    code, words = run("lead drop jane --reason silent")
    assert (code, words.splitlines()[0]) == (
        AMBIGUOUS, "error: lead 1 is dead already: no budget"
    )  # fmt: skip
    assert leads(run)[0]["reason"] == "no budget"


def test_an_unreadable_address_of_a_form_is_kept_as_text(run, tmp_path):
    path = tmp_path / "form.csv"
    path.write_text(
        "Full Name,Email Address,Phone,Message\n"
        "Ann Lee,not-an-email,abc,shed\n"
        "Ann Lee,ann(at)x.example,,gate\n"
        ",nora@@broken,,wall\n"
        "Bob Ray,n/a,,roof\n",
        "utf-8",
    )
    code, words = run("import --as leads", str(path))
    assert code == FAILED
    assert "line 4, Email Address: invalid email address “nora@@broken”" in words
    assert "line 2: invalid email address “not-an-email”; kept as “email as written”" in words
    assert "line 2: invalid phone number “abc”; kept as “phone as written”" in words
    assert "line 3: invalid email address “ann(at)x.example”; kept as" in words
    assert "line 5" not in words
    shown = {each["label"]: each["text"] for each in answer(run, "show ann")["fields"]}
    assert shown == {
        "email as written": "not-an-email; ann(at)x.example", "phone as written": "abc",
    }  # fmt: skip
    run("import --as leads", str(path))
    assert {each["label"]: each["text"] for each in answer(run, "show ann")["fields"]} == shown


def test_a_closed_lead_is_not_assigned(run):
    run(ADD)
    run("lead drop 1")
    code, words = run("lead assign 1 --to ann")
    assert code != OK
    assert "lead 1 is dead" in words
    assert "cardcrm lead recycle 1" in words
    assert leads(run)[0]["owner"] is None
