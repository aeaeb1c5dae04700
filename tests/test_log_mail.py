"""The script that logs a mail message: it stores the decoded text, not MIME."""

import json
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from cardcrm.cli.run import main

ROOT = Path(__file__).parents[1]
HEAD = b"From: Jane <jane@example.com>\nTo: Bob <bob@example.com>\nSubject: "


def message(text: str = "", html: str = "", encoding: str = "8bit", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = "Jane <jane@example.com>", "Bob <bob@example.com>"
    for name, value in headers.items():
        made[name] = value
    if text:
        made.set_content(text, cte=encoding)
    if html and text:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    return made.as_bytes()


def with_attachment() -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = "jane@example.com", "the plan"
    made.set_content("See the plan.")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    return made.as_bytes()


PAGE = (
    "<html><head><title>T</title><style>p {color: red}</style></head><body><p>Hello &amp; bye,<br>"
    "line two</p><script>x()</script><ul><li>one</li><li>two</li></ul></body></html>"
)

MESSAGES = {
    "base64": (message("Können Sie?\n\nBis Freitag.\n", encoding="base64", Subject="Grüße"),
               "Grüße\n\nKönnen Sie?\n\nBis Freitag."),
    "quoted": (message("a = b, naïve " * 9, encoding="quoted-printable", Subject="x"),
               "x\n\n" + ("a = b, naïve " * 9).strip()),
    "alternative": (message("plain", "<b>marked</b>", Subject="x"), "x\n\nplain"),
    "html": (message(html=PAGE, Subject="x"), "x\n\nHello & bye,\nline two\n\none\n\ntwo"),
    "attachment": (with_attachment(), "the plan\n\nSee the plan."),
    "latin-1": (HEAD + b"=?iso-8859-1?Q?Gr=FC=DFe?=\nContent-Type: text/plain; charset=iso-8859-1\n"
                b"Content-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe\n", "Grüße\n\nGrüße"),
    "unknown charset": (HEAD + b"x\nContent-Type: text/plain; charset=x\n\nGr\xc3\xbc\xc3\x9fe\n",
                        "x\n\nGrüße"),
    "folded subject": (HEAD + b"one\n two\n\ntext\n", "one two\n\ntext"),
    "subject alone": (HEAD + b"call me back\n\n", "call me back"),
    "nothing": (HEAD + b"\n\n", "(no text)"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with two contacts, and `cardcrm` on the path."""
    program = tmp_path / "bin" / "cardcrm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cardcrm "$@"\n')
    program.chmod(0o755)
    for name, value in {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "CARDCRM_DB": str(tmp_path / "cards.db"),
        "CARDCRM_CONFIG": os.devnull,
        "CARDCRM_NOW": "2026-11-21T09:00",
        "TZ": "Europe/London",
    }.items():
        monkeypatch.setenv(name, value)
    assert main(["add", "Jane Doe", "--email", "jane@example.com"]) == 0
    assert main(["add", "Bob Ray", "--email", "bob@example.com"]) == 0


def log(data: bytes, *options: str) -> "subprocess.CompletedProcess[str]":
    script = str(ROOT / "examples" / "log_mail.py")
    done = subprocess.run(
        [sys.executable, script, *options], input=data, capture_output=True, check=False
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert main(["interaction", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    return dict(row)


@pytest.mark.parametrize(("data", "text"), MESSAGES.values(), ids=MESSAGES)
def test_the_decoded_text_is_logged_as_a_mail_from_the_sender(
    data: bytes, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert log(data).returncode == 0
    row = logged(capsys)
    assert row["text"] == text
    assert (row["with"], row["kind"], row["direction"]) == ("Jane Doe", "mail", "in")


def test_a_sent_mail_is_logged_with_its_recipient_and_its_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent = message("hi", Subject="x", Date="Fri, 20 Nov 2026 09:00:00 -0500")
    assert log(sent, "--out", "--next", "call", "--due", "mon").returncode == 0
    row = logged(capsys)
    assert (row["with"], row["direction"], row["on"]) == ("Bob Ray", "out", "2026-11-20T14:00:00Z")


@pytest.mark.parametrize(
    ("sender", "code", "problem"),
    [
        (b"stranger@example.com", 3, "no contact matches"),
        (b"", 1, "no usable address"),
        (b"--force@example.com", 1, "no usable address"),
    ],
)
def test_a_sender_that_is_no_contact_is_reported(sender: bytes, code: int, problem: str) -> None:
    done = log(b"From: " + sender + b"\nSubject: x\n\ntext\n")
    assert done.returncode == code
    assert problem in done.stderr
