"""The list of calls with its reasons, and the outcomes of calls, each with the next step."""

import json

import pytest

from cardcrm.reports.calls import call_queries

OK, USAGE, NOT_FOUND = 0, 2, 3


@pytest.fixture
def now():
    return "2026-11-24T10:30"  # a Tuesday


@pytest.fixture
def run(typed):
    """Run a line of words separated by spaces; return the code and the words."""
    typed("add", "Jane Doe", "--phone", "0113 496 0001", "--org", "Acme")

    def run_(line, *more):
        words = [word.replace("_", " ") for word in line.split()]
        code, out, err = typed(*words, *more)
        return code, (err + out).strip()

    return run_


def rows(run, line="calls"):
    return json.loads(run(f"{line} --json")[1] or "[]")


def listed(run, line="calls"):
    return [(each["contact"], each["score"], each["reason"]) for each in rows(run, line)]


def open_reminders(run):
    found = json.loads(run("reminder list --json")[1] or "[]")
    return [(each["text"], each["due"]) for each in found]


def test_calls_are_ordered_by_what_is_due_with_the_reasons(run):
    for at, name in enumerate(("Ann Lee", "Bob Ray", "Cat Orr", "Dan Fox", "Eve May"), 2):
        run(f"add {name} --phone 01134960{at:03}")
    run("remind ann send the offer --due yesterday --promise")
    run("remind bob ask --due today")
    run("deal add Roof --contact cat --amount 500 --stage negotiation --close 2026-11-20")
    run("lead add Dan Fox --phone 01134960005 --text new_shed")
    run("remind eve call --due tomorrow")
    assert listed(run) == [
        ("Ann Lee", 51, "promised: send the offer, 1 day late"),
        ("Dan Fox", 40, "new lead came in 0 minutes ago: new shed"),
        ("Bob Ray", 30, "to do: ask, due today"),
        ("Cat Orr", 19, "deal Roof 500.00 GBP in Negotiation (70%), close is past"),
    ]
    assert [each["contact"] for each in rows(run, "calls --limit 1")] == ["Ann Lee"]
    assert [each["contact"] for each in rows(run, "calls bob")] == ["Bob Ray"]
    assert "3 more; to see them: --limit 0" in run("calls --limit 1")[1]


def test_a_deal_that_closes_is_found_before_those_without_a_day(run, monkeypatch):
    monkeypatch.setattr(call_queries, "_MOST", 1)
    run("add Bob Ray --phone 01134960002")
    run("deal add Shed --contact jane --amount 5")
    run("deal add Roof --contact bob --amount 500 --close 2026-11-24")
    assert [each["contact"] for each in rows(run)] == ["Bob Ray"]


def test_who_opted_out_was_reached_or_has_no_number_is_left_out(run):
    for at, name in enumerate(("Ann Lee", "Bob Ray", "Cat Orr", "Dan Fox"), 2):
        run(f"add {name} --email {at}@x.example" + f" --phone 01134960{at:03}" * (at < 5))
        run(f"remind {name.split()[0]} ask --due today")
    run("edit ann --opt-out 01134960002")
    run("log bob talked --kind call")
    run("log cat not there --kind call --no-answer")
    assert listed(run) == [("Cat Orr", 15, "to do: ask, due today; no answer at 10:30")]
    code, words = run("calls")
    assert code == OK
    assert "left out: 1 opted out of calls, 1 reached today, 1 without a phone number" in words


def test_hours_and_zone_of_the_contact_count(run):
    run("remind jane ask --due today")
    run("edit jane", "--set", "timezone=America/New_York")
    jane = rows(run)[0]
    assert (jane["is_open"], jane["opens"], jane["local_time"], jane["score"]) == (
        False, "2026-11-24T09:00-05:00", "2026-11-24T05:30-05:00", 3,
    )  # fmt: skip
    assert jane["reason"] == (
        "to do: ask, due today; 05:30 there (America/New_York); closed until 09:00 (a tenth of the points counts)"  # noqa: E501
    )
    run("field add opening_hours")
    run("edit acme", "--set", "opening hours=daily 5-6")
    assert rows(run)[0]["is_open"]
    run("edit jane", "--set", "opening hours=Mon-Fri 13-17", "--set", "timezone=")
    assert rows(run)[0]["reason"].endswith("closed until 13:00 (a tenth of the points counts)")
    assert rows(run, "calls --open") == []


def test_a_person_has_the_zone_of_the_organization(run):
    run("remind jane ask --due today")
    run("edit acme", "--set", "timezone=Asia/Tokyo")
    jane = rows(run)[0]
    assert (jane["local_time"], jane["opens"]) == (
        "2026-11-24T19:30+09:00", "2026-11-25T09:00+09:00",
    )  # fmt: skip
    assert jane["reason"].endswith(
        "19:30 there (Asia/Tokyo); closed until Wed 09:00 (a tenth of the points counts)"
    )
    run("edit jane", "--set", "timezone=Europe/London")
    assert rows(run)[0]["is_open"]


def test_closed_hours_of_all_are_said_once(run, monkeypatch):
    run("add Bob Ray --phone 01134960002")
    for who in ("jane", "bob"):
        run(f"remind {who} ask --due 2026-11-27")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-29T20:00")  # a Sunday
    words = run("calls")[1]
    assert (
        words.splitlines()[0]
        == "Calls: all are closed until Mon 09:00 (a tenth of the points counts)"
    )
    assert words.count("closed until") == 1
    assert (
        rows(run)[0]["reason"]
        == "to do: ask, 2 days late; closed until Mon 09:00 (a tenth of the points counts)"
    )
    run("edit bob", "--set", "timezone=America/New_York")
    words = run("calls")[1]
    assert words.splitlines()[0] == "Calls"
    assert words.count("closed until") == 2


def test_only_a_step_about_the_matter_hides_it(run):
    run("deal add Roof --contact jane --amount 500 --stage negotiation")
    run("lead add --contact jane --text shed")
    both = ["new lead came in 0 minutes ago: shed", "deal Roof 500.00 GBP in Negotiation (70%)"]

    def reasons():
        return [each["reason"].split("; ") for each in rows(run)]

    assert reasons() == [both]
    run("remind jane birthday card --due 2026-12-20")
    assert reasons() == [both]
    run("deal edit 1 --next", "send the offer", "--due", "2026-12-01")
    assert reasons() == [both[:1]]
    run("remind jane send photos --due today --promise")
    run("remind jane call about the shed --due fri")
    assert reasons() == [["promised: send photos, due today"]]
    run("done 1 2 3 4")
    assert reasons() == [both]


def test_the_best_hour_by_past_answers_counts(run):
    for day in range(16, 21):
        run(f"log jane fine --kind call --out --on 2026-11-{day}T10:15")
        run(f"log jane missed --kind call --no-answer --on 2026-11-{day}T15:15")
    run("remind jane ask --due today")
    jane = rows(run)[0]
    assert jane["best_hour"] == "10:00"
    assert jane["score"] > 30
    assert "the best hour is now (5 of 5 calls answered)" in jane["reason"]


def test_value_at_risk_counts(run):
    for day in ("2026-01-10", "2026-02-10", "2026-03-10", "2026-04-10"):
        run(f"sell jane 100 vase --on {day}")
    contact, score, reason = listed(run)[0]
    assert (contact, score) == ("Jane Doe", 10)
    assert reason == "345.61 GBP a year at risk: usually buys every 31 days, silent for 228"


def test_the_owner_sees_his_work_and_that_of_no_one(run):
    run("add Ann Lee --phone 01134960002 --owner ann")
    run("add Bob Ray --phone 01134960003 --owner bob")
    for who in ("ann", "bob", "jane"):
        run(f"remind {who} ask --due today")
    assert [each["contact"] for each in rows(run, "calls --owner bob")] == ["Jane Doe", "Bob Ray"]
    run("done 3")
    run("deal add Roof --contact jane --amount 5 --owner ann --next ask --due today")
    assert [each["contact"] for each in rows(run, "calls --owner BOB")] == ["Bob Ray"]


def test_users_are_compared_by_their_folded_names(run):
    run("add Ann Lee --phone 01134960002 --owner Änne")
    run("add Bob Ray --phone 01134960003 --owner bob")
    run("lead add --contact ann --owner ÄNNE --text roof")
    run("remind bob ask --due today")
    run("remind ann ask --due today")
    assert [each["contact"] for each in rows(run, "calls --owner änne")] == ["Ann Lee"]
    due = json.loads(run("due --for änne --json")[1])
    assert [each["contact"] for each in (*due["today"], *due["leads_due"])] == ["Ann Lee"] * 2
    run("target set Änne 2026-12 500")
    run("target set änne 2026-12 700")
    targets = json.loads(run("target list --json")[1])
    assert [each["amount"]["amount"] for each in targets] == ["700.00"]


# Outcomes


def test_a_call_that_reached_the_contact_is_logged_and_plans_the_next_step(run):
    run("lead add --contact jane --text shed")
    run("remind jane call about the shed --due today")
    assert run("call jane reached likes it --minutes 5 --next send_offer --due fri") == (
        OK,
        "logged call 1 with 2 Jane Doe, reached, 5 min: likes it; done 1 call about the shed; "
        "next step 2, due Fri 27 Nov: send offer; lead 1 is in process",
    )
    assert open_reminders(run) == [("send offer", "2026-11-27")]
    assert rows(run) == []
    run("undo")
    assert open_reminders(run) == [("call about the shed", "2026-11-24")]
    assert json.loads(run("lead show 1 --json")[1])["status"] == "new"
    assert run("interaction list --format ids")[1] == ""
    assert run("db check")[0] == OK


def test_without_an_answer_the_next_try_is_planned_later_each_time(run):
    assert run("call jane no-answer")[1] == (
        "logged call 1 with 2 Jane Doe, no answer; next step 1, due Wed 25 Nov: call again"
    )
    run("call jane busy")
    assert open_reminders(run) == [("call again", "2026-11-26")]
    run("call jane no answer")
    assert open_reminders(run) == [("call again", "2026-12-01")]
    call = json.loads(run("interaction show 3 --json")[1])
    assert (call["no_answer"], call["outcome"], call["direction"]) == (True, "no answer", "out")
    run("call jane reached")
    assert open_reminders(run) == []


def test_the_next_try_is_at_the_best_hour_and_not_on_a_weekend(typed, run, monkeypatch):
    for day in range(16, 21):
        run(f"log jane fine --kind call --out --on 2026-11-{day}T15:15")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-27T10:00")
    assert run("call jane no-answer")[1].endswith("next step 1, due Mon 30 Nov 15:00: call again")


def test_a_wrong_number_is_marked_and_looked_for(run):
    assert run("call jane wrong-number")[1] == (
        "logged call 1 with 2 Jane Doe, wrong number; marked +44 113 496 0001 as invalid; "
        "next step 1, due Wed 25 Nov: find the phone number"
    )
    assert json.loads(run("show jane --json")[1])["contact_points"][0]["invalid"] is True
    run("edit jane --phone 01134960008 --phone 01134960009")
    code, words = run("call jane wrong-number")
    assert (code, words.splitlines()[0]) == (
        USAGE, "error: which number of Jane Doe is wrong?"
    )  # fmt: skip
    assert run("call jane wrong-number --number 01134960009")[0] == OK
    assert run("undo")[0] == OK


def test_no_interest_closes_the_lead_and_a_call_back_is_a_promise(run):
    run("lead add --contact jane --text shed")
    assert run("call jane back thu 14:00 --text on_holiday")[1] == (
        "logged call 1 with 2 Jane Doe, call back: on holiday; "
        "next step 1, due Thu 26 Nov 14:00: call back; lead 1 is in process"
    )
    assert json.loads(run("reminder list --json")[1])[0]["promise"] is True
    assert run("call jane not-interested too dear")[1] == (
        "logged call 2 with 2 Jane Doe, not interested: too dear; done 1 call back; lead 1 is dead"
    )
    assert json.loads(run("lead show 1 --json")[1])["reason"] == "not interested"


def test_the_next_step_belongs_to_the_only_open_deal(run):
    run("deal add Roof --contact jane --amount 500")
    words = run("call jane reached --next send_offer --due fri")[1]
    assert words.endswith("next step 1, due Fri 27 Nov: send offer (deal 1)")
    assert "send offer" in run("deal show 1")[1]
    run("deal add Shed --contact jane --amount 900")
    words = run("call jane reached --next ask --due fri")[1]
    assert "2 open deals, so the next step belongs to none" in words
    assert "next step 2, due Fri 27 Nov: ask;" not in words
    words = run("call jane back fri --deal 2")[1]
    assert words.endswith("next step 3, due Fri 27 Nov: call back (deal 2)")
    code, words = run("call jane reached --next ask --deal 7")
    assert (code, words.splitlines()) == (
        USAGE,
        ["error: deal 7 is not an open deal of Jane Doe", "hint: Open deals: 1, 2."],
    )


def deal_of_reminders(run):
    return {each["text"]: each["deal_id"] for each in json.loads(run("reminder list --json")[1])}


def test_the_next_try_belongs_to_the_deal_that_is_named(run):
    run("deal add Roof --contact jane")
    run("deal add Shed --contact jane")
    words = run("call jane no-answer")[1]
    assert "one of 1, 2: cardcrm undo, then the same call with --deal 1" in words
    run("undo")
    assert run("call jane no-answer --deal 2")[1].endswith("call again (deal 2)")
    assert run("call jane no-answer --deal 2")[1].endswith(
        "next step 2, due Thu 26 Nov: call again (deal 2)"
    )
    assert run("call jane no-answer --deal 1")[1].endswith(
        "next step 3, due Tue 1 Dec: call again (deal 1)"
    )
    assert run("call jane wrong-number --deal 2")[1].endswith("find the phone number (deal 2)")
    assert run("db check")[0] == OK


def test_a_due_call_without_a_deal_is_tied_to_the_one_that_is_named(run):
    run("deal add Roof --contact jane")
    run("deal add Shed --contact jane")
    run("remind jane call about the roof --due today")
    words = run("call jane no-answer --deal 1")[1]
    assert words.endswith("next step 1, due Wed 25 Nov: call about the roof (deal 1)")
    run("undo")
    assert deal_of_reminders(run) == {"call about the roof": None}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("call jane back yesterday", USAGE, "2026-11-23 is past"),
        ("call jane back today 10:00", USAGE, "2026-11-24 10:00 is past"),
        ("call", USAGE, "whom was the call with?"),
        ("call jane", USAGE, "no outcome given"),
        ("call jane reachd", USAGE, "unknown outcome “reachd”"),
        ("call jane back", USAGE, "when to call back?"),
        ("call jane back someday", USAGE, "someday"),
        ("call jane reached --due fri", USAGE, "no next step given"),
        ("call jane reached --reminder 1", USAGE, "Did you mean --done?"),
        ("call jane reached likes it -minutes 5", USAGE, "Did you mean --minutes?"),
        ("call jane back tue --on mon", USAGE, "no such option: --on"),
        ("call zed reached", NOT_FOUND, "zed"),
        ("call jane reached --done 99", NOT_FOUND, "unknown reminder 99"),
    ],
)
def test_an_impossible_call_changes_nothing(run, line, code, words):
    found = run(line)
    assert found[0] == code
    assert words in found[1]
    assert run("interaction list --format ids")[1] == ""
    assert open_reminders(run) == []


def test_a_call_ends_or_moves_the_reminder_that_was_the_reason(run):
    run("remind jane answer about prices --due yesterday --promise")
    run("remind jane send photos --due today")
    words = run("call jane no-answer")[1]
    assert "next step 1, due Wed 25 Nov: answer about prices" in words
    assert "still due: send photos; cardcrm done 2" in words
    run("undo")
    words = run("call jane back fri 14:00")[1]
    assert "next step 1, due Fri 27 Nov 14:00: answer about prices" in words
    assert len(open_reminders(run)) == 2
    run("undo")
    words = run("call jane reached yes")[1]
    assert "done 1 answer about prices" in words
    assert open_reminders(run) == [("send photos", "2026-11-24")]
    run("undo")
    assert len(open_reminders(run)) == 2
