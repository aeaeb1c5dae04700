"""Commands that queue mail of a template, where a field is empty for some contacts."""

import json

import pytest


@pytest.fixture
def run(typed, tmp_path, monkeypatch):
    """Run a command that must end with a code; return its data and messages."""

    def check(*words, code=0):
        found, out, err = typed(*words)
        assert found == code, err
        return out + err

    monkeypatch.setenv("CARDCRM_MAIL_FROM", "me@example.com")
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "127.0.0.1")
    (tmp_path / "hi.txt").write_text("Roses in {{ contact.city }}", "utf-8")
    check("template", "add", "hi", "--subject", "Roses", "--text", str(tmp_path / "hi.txt"))
    for number in range(6):
        city = ("--city", "Leeds") if number > 3 else ()
        check("add", f"Ann {number}", "--email", f"a{number}@example.com", "--tag", "vip", *city)
    check("segment", "add", "vips", "tag:vip")
    check("campaign", "add", "spring", "--segment", "@vips", "--template", "hi")
    return check


def test_send_refuses_and_says_how_to_find_the_contacts(run):
    said = run("campaign", "send", "spring", "--yes", code=2)
    assert (
        "template hi: contact.city is empty for 4 of 6 contacts (1 Ann 0, 2 Ann 1, 3 Ann 2, …)"
    ) in said
    assert 'see `cardcrm find "@vips city:none"`' in said
    assert "--skip-incomplete" in said
    assert json.loads(run("message", "list", "--json")) == []
    error = json.loads(run("campaign", "send", "spring", "--yes", "--json", code=2))["error"]
    [found] = error["missing_fields"]
    assert (found["field"], found["count"], found["mailed"]) == ("contact.city", 4, 6)
    assert [each["id"] for each in found["examples"]] == [1, 2, 3]
    ids = json.loads(run("find", found["query"], "--json"))
    assert [each["id"] for each in ids] == [1, 2, 3, 4]


def test_preview_says_the_same_and_a_dry_run_too(run):
    for words in (("preview", "spring"), ("send", "spring", "--dry-run")):
        shown = run("campaign", *words)
        assert "contact.city in hi: 1 Ann 0, 2 Ann 1, 3 Ann 2, …" in shown
    found = json.loads(run("campaign", "preview", "spring", "--json"))
    assert found["missing_fields"][0]["count"] == 4


def test_preview_warns_of_what_all_contacts_lack(run, tmp_path):
    (tmp_path / "code.txt").write_text("Code {{ campaign.code }}", "utf-8")
    run("template", "edit", "hi", "--text", str(tmp_path / "code.txt"))
    shown = run("campaign", "preview", "spring")
    assert "get the mail  6" in shown
    assert "it cannot be sent yet: " in shown
    assert "campaign.code" in shown
    assert "cardcrm promotion add" in shown


def test_those_who_are_complete_can_be_mailed_alone(run):
    assert "queued 2 contacts, 4 left out" in run(
        "campaign", "send", "spring", "--yes", "--skip-incomplete"
    )
    assert len(json.loads(run("message", "list", "--json"))) == 2


def test_a_campaign_is_checked_when_it_is_scheduled_and_again_when_it_is_queued(run):
    said = run("campaign", "schedule", "spring", "tomorrow", code=2)
    assert "contact.city is empty for 4 of 6 contacts" in said
    run("edit", "--where", "tag:vip", "--city", "York", "--yes")
    run("campaign", "schedule", "spring", "today")
    run("add", "Bob", "--email", "bob@example.com", "--tag", "vip")
    said = run("mail", "run", "--json", code=6)  # no server listens
    assert (
        "the campaign spring leaves out 1 contact: template hi: contact.city is empty for 1 of 7 "
        "contacts (7 Bob)"
    ) in said
    assert len(json.loads(run("message", "list", "--json"))) == 6


def test_mail_to_a_segment_is_refused_or_skips_them(run):
    said = run("mail", "@vips", "--template", "hi", "--yes", code=2)
    assert "contact.city is empty for 4 of 6 contacts" in said
    assert "contact.city is empty" in run("mail", "@vips", "--template", "hi", "--dry-run", code=2)
    said = run("mail", "@vips", "--template", "hi", "--yes", "--skip-incomplete")
    assert "queued 2 messages" in said
    assert "left out: 4 contact.city is empty" in said


STEPS = """
purpose = ""

[[step]]
mail = "hi"

[[step]]
wait = "1 day"

[[step]]
mail = "later"
if = "has:phone"
"""


def test_a_sequence_enrolls_nobody_without_a_field_of_a_mail_that_all_get(run, tmp_path):
    (tmp_path / "later.txt").write_text("{{ contact.phone }}", "utf-8")
    run("template", "add", "later", "--subject", "x", "--text", str(tmp_path / "later.txt"))
    (tmp_path / "steps.toml").write_text(STEPS, "utf-8")
    run("sequence", "add", "welcome", "--file", str(tmp_path / "steps.toml"))
    said = run("sequence", "enroll", "welcome", "tag:vip", "--yes", code=2)
    assert "contact.city is empty for 4 of 6 contacts" in said
    assert "contact.phone" not in said
    assert json.loads(run("enrollment", "list", "--json")) == []
    assert "contact.city" in run("sequence", "enroll", "welcome", "tag:vip", "--dry-run", code=2)
    said = run("sequence", "enroll", "welcome", "tag:vip", "--yes", "--skip-incomplete")
    assert "enrolled 2 contacts" in said
    assert "left out: 4 contact.city is empty" in said


def test_the_name_of_a_segment_stands_for_it(run):
    run("campaign", "add", "autumn", "--segment", "VIPs", "--template", "hi")
    assert json.loads(run("campaign", "show", "autumn", "--json"))["query"] == "@vips"
    run("campaign", "edit", "autumn", "--segment", "ann")  # a word, as in find
    assert json.loads(run("campaign", "show", "autumn", "--json"))["query"] == "ann"


def test_a_campaign_that_reaches_no_one_is_not_begun(run):
    run("campaign", "edit", "spring", "--segment", "tag:none-has-it")
    said = run("campaign", "send", "spring", "--yes", code=3)
    assert "the campaign spring reaches no one now" in said
    assert "cardcrm campaign preview spring" in said
    assert json.loads(run("campaign", "show", "spring", "--json"))["status"] == "draft"
