"""`forget`, `merge` and `export --person` with all records of mail."""

import json
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.cli.test_forget import bytes_of
from tests.support.databases import Location
from tests.support.mail_servers import free_port
from tests.support.mails import mail

Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.engines("sqlite", "postgresql")

ME = "ann@example.org"
JANE, OLD, BOB = "jq@quill.example", "old@quill.example", "bob@example.com"
SECRETS = ("quillfeather", "quill.example", "elmgrove", "peonies", "secretfile", "1632960123")
ENCODINGS = ("utf-8", "utf-16-le", "utf-7")
STEPS = """
purpose = "offers"
[[step]]
mail = "hello"
[[step]]
wait = "5 days"
[[step]]
mail = "hello"
"""


class Server:
    """Takes mail."""

    def __init__(self) -> None:
        self.new: list = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.new.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    handler, port = Server(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    given = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "FROM": ME, "OWN": ME}
    for name, value in given.items():
        monkeypatch.setenv(f"CARDCRM_MAIL_{name}", value)
    yield handler
    controller.stop(no_assert=True)


def run(typed: Run, *words: str) -> str:
    code, out, err = typed(*words)
    assert code == 0, (words, out, err)
    return out


@pytest.fixture
def mailed(typed: Run, smtp: Server, tmp_path: Path) -> Run:
    """A database in which Jane and Bob have records of every kind that mail makes."""
    folder, files = tmp_path / "Mail", tmp_path / "files"
    files.mkdir()
    for each in ("new", "cur", "tmp"):
        (folder / each).mkdir(parents=True)
    attachment = files / "quillfeather.txt"
    attachment.write_text("a SECRETFILE for you")
    for words in (
        ("add", "Jane Quillfeather", "--email", JANE, "--email", OLD, "--phone", "01632 960123",
         "--street", "12 Elmgrove Street", "--city", "Leeds"),
        ("add", "Bob Ray", "--email", BOB, "--street", "1 High St", "--city", "Leeds"),
        ("consent", "set", JANE, "--purpose", "newsletter", "--proof", "form of Quillfeather"),
        ("consent", "set", BOB, "--purpose", "newsletter", "--proof", "as Jane Quillfeather said"),
        ("opt-out", OLD),
        ("template", "add", "hello", "--subject", "Dear {{ contact.name }}", "--text",
         "For {{ contact.name }}"),
        ("template", "add", "gossip", "--subject", "About Jane Quillfeather", "--text",
         f"She has {JANE}."),
        ("campaign", "add", "spring", "--segment", "has:email", "--template", "hello"),
        ("campaign", "send", "spring", "--yes"),
        ("campaign", "add", "post", "--segment", "has:street", "--template", "hello",
         "--channel", "letter"),
        ("campaign", "send", "post", "--yes"),
        ("sequence", "add", "welcome", "--file", STEPS),
        ("sequence", "enroll", "welcome", "has:email", "--yes"),
        ("promotion", "add", "SPRING10", "--discount", "10%", "--campaign", "spring"),
        ("sell", JANE, "45", "peonies", "--code", "SPRING10"),
        ("mail", JANE, "--template", "hello", "--attach", str(attachment)),
        ("mail", BOB, "--template", "gossip"),
        ("mail", "run"),
        ("mail", JANE, "--template", "hello"),
    ):  # fmt: skip
        run(typed, *words)
    sent = {to: each for to, each in smtp.new if each["Subject"] == "Dear Jane Quillfeather"}
    ids = {"In_Reply_To": sent[JANE]["Message-ID"]}
    for number, content in enumerate(
        (
            mail(
                "I like peonies\n\n> For Jane Quillfeather\n",
                **head("Jane Quillfeather", JANE),
                **ids,
                Subject="Re: Dear",
            ),
            mail("Ask Jane Quillfeather", **head("Bob Ray", BOB), Subject="Jane Quillfeather"),
            mail("Peonies?", **head("Jane Quillfeather", "jane2@quill.example"), Subject="Me"),
            mail("Hi", **head("Zoe", "zoe@else.example"), Subject="From Jane Quillfeather"),
        )
    ):
        (folder / "new" / f"1796{number:06}.M1.host").write_bytes(content)
    run(typed, "mail", "fetch", "--maildir", str(folder), "--json")
    return typed


def head(name: str, address: str) -> dict[str, str]:
    return {"From": f"{name} <{address}>", "To": ME, "Message_ID": f"<1-{address}>"}


def find_secrets(location: Location) -> set[tuple[str, str]]:
    return {
        (name, secret)
        for name, content in bytes_of(location)
        for secret in SECRETS
        for encoding in ENCODINGS
        if secret.encode(encoding) in content.lower()
    }


def test_no_byte_of_the_mail_of_a_forgotten_contact_is_left(mailed: Run, cli_location: Location):
    assert {secret for _, secret in find_secrets(cli_location)} >= {"quillfeather", "peonies"}
    run(mailed, "forget", JANE, "--yes", "--also", "peonies", "--also", "quill.example")
    assert find_secrets(cli_location) == set()
    run(mailed, "db", "check")
    run(mailed, "add", "Someone Else", "--email", OLD)
    points = json.loads(run(mailed, "show", "Someone Else", "--json"))["contact_points"]
    assert [each["opted_out"] for each in points] == [True]


def test_those_whose_mail_was_offered_can_be_forgotten_one_after_the_other(mailed: Run):
    for address in ("jane2@quill.example", "zoe@else.example"):
        run(mailed, "mail", "offers", "take", address)
        run(mailed, "forget", address, "--yes")
    assert run(mailed, "mail", "offers") == ""
    run(mailed, "db", "check")


def facts(typed: Run, who: str) -> dict[str, list[dict[str, str]]]:
    """Return what is held on a contact, by noun."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in json.loads(run(typed, "export", "--person", who, "--json"))["held"]:
        texts = {each["field"]: each["text"] for each in row["facts"]}
        found.setdefault(row["noun"], []).append(texts)
    return found


def values(rows: list[dict[str, str]], *fields: str) -> list[tuple[str, ...]]:
    return [tuple(each.get(field, "") for field in fields) for each in rows]


def test_the_answer_to_a_person_has_all_records_of_mail(mailed: Run):
    run(mailed, "consent", "set", JANE, "--purpose", "newsletter", "--withdraw")
    held = facts(mailed, JANE)
    assert sorted(values(held["consents"], "address", "status", "proof")) == [
        (JANE, "given", "form of Quillfeather"), (JANE, "withdrawn", ""), (OLD, "withdrawn", ""),
    ]  # fmt: skip
    assert sorted(values(held["messages"], "address", "status", "campaign", "enrollment")) == [
        (JANE, "queued", "", ""), (JANE, "sent", "", ""), (JANE, "sent", "", "1"),
        (JANE, "sent", "spring", ""),
    ]  # fmt: skip
    assert any("quillfeather.txt" in str(each) for each in held["messages"])
    assert values(held["received_mails"], "address", "subject") == [(JANE, "Re: Dear")]
    assert values(held["mail_texts"], "text") == [("I like peonies\n\n> For Jane Quillfeather",)]
    assert values(held["enrollments"], "sequence", "status") == [("welcome", "active")]
    assert values(held["contacts_of_campaigns"], "campaign") == [("post",)]
    assert values(held["sales"], "promotion") == [("SPRING10",)]


def test_the_answer_names_no_other_contact_who_is_held_out(mailed: Run):
    run(mailed, "campaign", "add", "half", "--segment", "has:email", "--template", "hello",
        "--holdout", "99%")  # fmt: skip
    run(mailed, "campaign", "send", "half", "--yes")
    held = facts(mailed, JANE)
    assert values(held["campaigns"], "name") == [("half",)]
    assert "Bob" not in str(held["campaigns"])


NOUNS = ("consent", "message", "enrollment", "contact")


@pytest.fixture
def doubled(mailed: Run) -> Run:
    """A database in which Jane has a duplicate, who consented too and gets the same mail."""
    for words in (
        ("add", "Janet Quillfeather", "--email", "janet@quill.example"),
        ("consent", "set", "janet", "--purpose", "offers"),
        ("consent", "set", JANE, "--purpose", "surveys"),
        ("consent", "set", "janet", "--purpose", "newsletter", "--withdraw"),
        ("campaign", "add", "summer", "--segment", "quillfeather", "--template", "hello"),
        ("campaign", "send", "summer", "--yes"),
        ("sequence", "add", "later", "--file", STEPS),
        ("sequence", "enroll", "later", "quillfeather", "--yes"),
    ):
        run(mailed, *words)
    return mailed


def read_all(typed: Run) -> dict[str, str]:
    return {name: run(typed, name, "list", "--format", "csv") for name in NOUNS[:-1]}


def test_a_merge_moves_the_mail_and_sends_each_once(doubled: Run, smtp: Server):
    run(doubled, "merge", JANE, "janet", "--yes")
    held = facts(doubled, JANE)
    assert len(values(held["enrollments"])) == 3
    states = {
        each["purpose"]: each["status"]
        for each in json.loads(run(doubled, "show", JANE, "--json"))["consents"]
    }
    assert states == {"newsletter": "withdrawn", "offers": "given", "surveys": "given"}
    smtp.new.clear()
    run(doubled, "mail", "run")
    held = facts(doubled, JANE)
    summer = [each for each in held["messages"] if each.get("campaign") == "summer"]
    assert values(summer, "status", "error") == [
        ("sent", ""), ("canceled", "queued twice before a merge"),
    ]  # fmt: skip
    later = [each for each in held["enrollments"] if each["sequence"] == "later"]
    assert sorted(values(later, "status", "reason")) == [
        ("active", ""), ("stopped", "enrolled twice after a merge"),
    ]  # fmt: skip
    ids = {each["id"] for each in later}
    assert len([each for each in held["messages"] if each.get("enrollment") in ids]) == 1


def test_undo_of_a_merge_restores_the_mail(doubled: Run):
    before = read_all(doubled)
    run(doubled, "merge", JANE, "janet", "--yes")
    assert read_all(doubled) != before
    run(doubled, "undo")
    assert read_all(doubled) == before
    run(doubled, "db", "check")
