"""Mail to the help desk opens cases, continues them, and is acknowledged once."""

import json
from pathlib import Path

import pytest

from cardcrm.records.mail.sending import Position, list_due
from cardcrm.records.mail.sent_log import log_sent
from cardcrm.store import open_store
from tests.cli.test_mail_fetch import deliver
from tests.support.mails import mail

DESK = "help@example.org"
TEXT = "Number {{ values.case }} for {{ contact.name }}: {{ values.request }}"


@pytest.fixture
def now():
    return "2026-11-21T09:00"


@pytest.fixture
def maildir(tmp_path):
    folder = tmp_path / "Mail"
    for each in ("new", "cur", "tmp"):
        (folder / each).mkdir(parents=True)
    return folder


class Desk:
    """The shell of a help desk that reads a folder."""

    def __init__(self, typed, location, folder: Path) -> None:
        self.typed, self.location, self.folder = typed, location, folder

    def run(self, *words, code=0):
        found, out, err = self.typed(*words)
        assert found == code, (words, out, err)
        return err + out

    def rows(self, *words):
        code, out, err = self.typed(*words, "--json")
        assert code == 0, err
        return json.loads(out)

    def fetch(self, *mails):
        deliver(self.folder, *mails)
        (account,) = self.rows("mail", "fetch", "--maildir", str(self.folder))["accounts"]
        return account

    def cases(self, query=""):
        return self.rows("case", "list", query, "--all")

    def acknowledgments(self):
        return self.rows("message", "list", "step:acknowledgment", "--columns",
                         "id,to,subject,text")  # fmt: skip

    def send(self):
        """Log what is queued as sent, without a server."""
        store = open_store(self.location)
        with store.transaction("send"):
            messages = list_due(store, Position(), 100)
            for message_id, logged in log_sent(store, messages).items():
                store.update("message", message_id, status="sent", interaction_id=logged,
                             sent_at="2026-11-21T09:00:00Z", attempts=1)  # fmt: skip
        store.close()
        return [each.message_id for each in messages]


@pytest.fixture
def desk(typed, cli_location, maildir, monkeypatch):
    """A desk with Jane as a customer, and a template."""
    for name, value in (("MAIL_HOST", "localhost"), ("MAIL_FROM", DESK), ("CASE_INBOX", DESK),
                        ("CASE_ACKNOWLEDGMENT", "received")):  # fmt: skip
        monkeypatch.setenv(f"CARDCRM_{name}", value)
    found = Desk(typed, cli_location, maildir)
    found.run("add", "Jane Doe", "--email", "jane@example.com")
    found.run("template", "add", "received", "--subject", "We got it", "--text", TEXT)
    return found


def question(number=1, text="It leaks.", **headers):
    usual = {"To": DESK, "Subject": "The heater", "Message_ID": f"<q{number}@example.com>"}
    return mail(text, **{**usual, **headers})


@pytest.mark.engines("sqlite", "postgresql")
def test_mail_to_the_desk_opens_a_case_and_is_acknowledged_once(desk):
    found = desk.fetch(question())
    assert (found["opened_cases"], found["logged"], found["problems"]) == (1, 1, [])
    (case,) = desk.cases()
    assert (case["contact"], case["status"], case["channel"]) == ("Jane Doe", "new", "mail")
    assert case["text"] == "The heater\n\nIt leaks."
    assert case["opened_at"] == "2026-11-20T14:00:00Z"
    (written,) = desk.acknowledgments()
    assert written["subject"] == "We got it [case 1]"
    assert written["text"] == "Number 1 for Jane Doe: The heater It leaks."
    assert desk.fetch()["read"] == 0
    assert desk.rows("mail", "inbox")["threads"] == []
    assert len(desk.acknowledgments()) == 1
    desk.run("undo")
    assert (desk.cases(), desk.acknowledgments()) == ([], [])


def test_an_answer_continues_the_case_and_opens_a_solved_one_again(desk):
    desk.fetch(question())
    (acknowledged,) = desk.send()
    desk.run("case", "solve", "1", "tighten the valve")
    assert desk.fetch(question(2, In_Reply_To=f"<{acknowledged}>"))["opened_cases"] == 0
    assert [each["status"] for each in desk.cases()] == ["waiting-us"]
    desk.run("case", "solve", "1")
    assert desk.fetch(question(3, Subject="Again [case 1]"))["opened_cases"] == 0
    shown = desk.rows("case", "show", "1")
    assert len([each for each in shown["conversation"] if each["direction"] == "in"]) == 3
    assert shown["status"] == "waiting-us"
    assert len(desk.acknowledgments()) == 1


def test_mail_that_is_logged_from_a_file_continues_its_case(desk, tmp_path):
    desk.fetch(question())
    (acknowledged,) = desk.send()
    desk.run("case", "solve", "1", "tighten the valve")

    def log(number, **headers):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(question(number, **{"Date": "Sat, 21 Nov 2026 09:00:00 +0000"} | headers))
        return desk.run("log-mail", str(path))

    before = "Fri, 20 Nov 2026 16:00:00 +0000"
    said = log(2, In_Reply_To=f"<{acknowledged}>", Date=before, References="<q1@example.com>")
    assert "1 message added to case 1" in said
    assert [each["status"] for each in desk.cases()] == ["solved"]
    log(3, In_Reply_To="<q2@example.com>", Auto_Submitted="auto-replied")
    assert "added to case" not in log(4, Subject="Roof")
    assert "added to case" not in log(5, Subject="Roof [case 1]", From="bob@example.net")
    assert [each["status"] for each in desk.cases()] == ["solved"]
    assert "1 message added to case 1" in log(6, In_Reply_To="<q2@example.com>")
    assert [each["status"] for each in desk.cases()] == ["waiting-us"]
    assert "added to case 1" in log(7, Subject="Again [case 1]")
    assert "added to case" not in log(7, Subject="Again [case 1]")
    shown = desk.rows("case", "show", "1")
    assert len([each for each in shown["conversation"] if each["direction"] == "in"]) == 4
    desk.run("undo")
    desk.run("undo")
    assert [each["status"] for each in desk.cases()] == ["solved"]


def test_the_number_of_the_case_of_someone_else_leads_nowhere(desk):
    desk.fetch(question())
    desk.fetch(question(2, From="Bob <bob@example.net>", Subject="Hello [case 1]"))
    assert {each["contact"] for each in desk.cases()} == {"Jane Doe", "Bob"}


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("command", ["fetch", "log"])
def test_a_copy_to_the_customer_does_not_make_the_sender_the_customer(desk, tmp_path, command):
    desk.fetch(question())
    desk.run("case", "solve", "1", "tighten the valve")
    forged = question(2, From="Bob <bob@example.net>", Cc="jane@example.com",
                      Subject="Hello [case 1]")  # fmt: skip
    if command == "fetch":
        desk.fetch(forged)
    else:
        (tmp_path / "2.eml").write_bytes(forged)
        desk.run("log-mail", str(tmp_path / "2.eml"))
    found = {each["contact"]: each["status"] for each in desk.cases()}
    assert found["Jane Doe"] == "solved"
    assert len(desk.rows("case", "show", "1")["conversation"]) == 2


def test_an_acknowledgment_is_no_response(desk):
    desk.run("sla", "add", "desk", "--first", "1h", "--hours", "24/7")
    desk.fetch(question())
    desk.send()
    (case,) = desk.cases()
    assert (case["first_response_at"], case["breached"]) == (None, True)
    desk.run("case", "reply", "1", "we come on Tuesday")
    (case,) = desk.cases()
    assert case["first_response_at"] == "2026-11-21T09:00:00Z"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<news.example>"},
        {"From": "no-reply@example.com"}, {"From": "MAILER-DAEMON@example.com"},
        {"To": "ann@example.org"}, {"From": f"Desk <{DESK}>"},
    ],
)  # fmt: skip
def test_mail_of_programs_lists_and_our_own_opens_nothing(desk, headers):
    assert desk.fetch(question(**headers))["opened_cases"] == 0
    assert (desk.cases(), desk.acknowledgments()) == ([], [])


def test_a_program_that_answers_each_acknowledgment_gets_few(desk):
    for number in range(8):
        desk.fetch(question(number, Subject=f"Your mail {number}"))
        desk.send()
    assert (len(desk.cases()), len(desk.acknowledgments())) == (8, 3)


def test_a_new_sender_becomes_a_contact_of_the_desk_alone(desk):
    bob = {"From": "Bob Ray <bob@example.net>"}
    desk.fetch(question(1, To="ann@example.org", **bob))
    assert desk.rows("find", "bob") == []
    desk.fetch(question(2, **bob))
    assert [each["contact"] for each in desk.cases()] == ["Bob Ray"]


def test_a_forgotten_sender_is_not_added_again(desk):
    desk.run("forget", "jane", "--yes")
    found = desk.fetch(question())
    assert (found["opened_cases"], found["unknown_count"]) == (0, 1)
    assert desk.rows("find", "jane") == []


def test_a_missing_template_loses_no_case(desk, monkeypatch):
    monkeypatch.setenv("CARDCRM_CASE_ACKNOWLEDGMENT", "nope")
    found = desk.fetch(question())
    (problem,) = found["problems"]
    assert problem.startswith("case 1 was not acknowledged: unknown template “nope”")
    assert len(desk.cases()) == 1


def test_an_account_may_be_that_of_the_desk(desk, monkeypatch):
    monkeypatch.setenv("CARDCRM_CASE_INBOX", "mail, other")  # the name of the folder
    assert desk.fetch(question(To="ann@example.org"))["opened_cases"] == 1


@pytest.mark.parametrize(
    ("now", "cases", "acknowledgments"), [("2026-11-24T09:00", 1, 0), ("2026-12-05T09:00", 0, 0)]
)
def test_old_mail_of_a_mailbox_that_is_read_first_is_logged_alone(desk, cases, acknowledgments):
    assert desk.fetch(question())["logged"] == 1
    assert (len(desk.cases()), len(desk.acknowledgments())) == (cases, acknowledgments)


def test_a_dry_run_opens_nothing(desk):
    deliver(desk.folder, question())
    answer = desk.run("mail", "fetch", "--maildir", str(desk.folder), "--dry-run")
    assert "1 opened a case" in answer
    assert (desk.cases(), desk.acknowledgments()) == ([], [])


def test_any_mail_of_the_inbox_becomes_a_case(desk):
    desk.fetch(question(To="ann@example.org"))
    ((mail_id, _),) = [(each["id"], each) for each in desk.rows("mail", "inbox")["threads"]]
    opened = desk.run("case", "open", "--mail", str(mail_id), "--priority", "high")
    assert "opened case 1 of Jane Doe: The heater It leaks." in opened
    assert [each["case_priority"] for each in desk.cases()] == ["high"]
    assert desk.rows("mail", "inbox")["threads"] == []
    refused = desk.run("case", "open", "--mail", str(mail_id), code=4)
    assert f"mail {mail_id} belongs to case 1" in refused
    desk.run("mail", "reply", str(mail_id), "we", "come")
    (case,) = desk.cases()
    assert (case["status"], bool(case["owner"])) == ("assigned", True)
    desk.send()
    assert len(desk.rows("case", "show", "1")["conversation"]) == 2
    for words, code in ((("--mail", "99"), 3), (("--mail", str(mail_id), "--at", "9:00"), 2)):
        desk.run("case", "open", *words, code=code)


def test_an_answer_goes_to_the_address_that_wrote(desk):
    desk.run("edit", "jane", "--email", "jane@work.example")
    desk.fetch(question(From="Jane <jane@work.example>"))
    desk.run("case", "reply", "1", "we come on Tuesday", "--mail")
    (mail_, ) = desk.rows("message", "list", "-step:acknowledgment", "--columns",
                          "to,subject,reply_to")  # fmt: skip
    assert mail_["address"] == "jane@work.example"
    assert mail_["subject"] == "Re: The heater It leaks. [case 1]"
    assert mail_["reply_to"] == "q1@example.com"


def test_a_merged_case_gets_the_mail_that_was_queued_before(desk):
    desk.fetch(question(), question(2))
    desk.run("case", "merge", "2", "1")
    desk.send()
    assert len(desk.rows("case", "show", "2")["conversation"]) == 4
    desk.fetch(question(3, Subject="Re: [case 1]"))
    assert len(desk.rows("case", "show", "2")["conversation"]) == 5


@pytest.mark.parametrize(
    ("text", "rating", "opinion"),
    [
        ("4", 4, ""), ("5/5 – quick, thank you!", 5, "quick, thank you!"),
        ("2: the van\ncame late", 2, "the van came late"), ("It still leaks.", None, ""),
        ("3rd time that it leaks", None, ""), ("6", None, ""), ("1.5 h late", None, ""),
        ("100% useless", None, ""),
    ],
)  # fmt: skip
def test_the_answer_to_the_survey_is_the_rating(desk, monkeypatch, text, rating, opinion):
    monkeypatch.setenv("CARDCRM_CASE_SURVEY", "received")
    desk.fetch(question())
    desk.run("case", "solve", "1")
    *_, survey = desk.send()
    desk.fetch(question(2, text, In_Reply_To=f"<{survey}>"))
    (case,) = desk.cases()
    status = "waiting-us" if rating is None else "solved"
    assert (case["rating"], case["opinion"] or "", case["status"]) == (rating, opinion, status)
