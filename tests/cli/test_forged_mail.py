"""Forged mail changes the state of its writer alone.

Eve is a contact, so she knows the Message-ID and the token of the mail that she was sent. Jane was
sent mail, is in a sequence, and was asked for a consent; Bob has withdrawn one.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cardcrm.records.mail import consents, outbox, permission
from cardcrm.records.mail.consent_status import WITHDRAWN
from cardcrm.records.mail.outbox import Draft
from cardcrm.store import open_store
from tests.cli.test_mail_fetch import COMPLAINT, ME, bounce, deliver
from tests.support.databases import Location
from tests.support.mails import mail
from tests.support.sequences import WELCOME, add_contact, add_sequence, add_templates

JANE, BOB, EVE = "jane@example.com", "bob@example.com", "eve@example.com"
STATE = (
    "SELECT kind, value_key, opted_out, invalid FROM point WHERE contact_id <> 3 ORDER BY id",
    "SELECT address, purpose, status, proof FROM consent ORDER BY id",
    "SELECT id, status, error, replied_at, unsubscribed_at FROM message WHERE contact_id <> 3 "
    "ORDER BY id",
    "SELECT id, status, step, due_at, away_until FROM enrollment WHERE contact_id <> 3 ORDER BY id",
    "SELECT count(*) FROM mail_report WHERE address <> 'eve@example.com'",
)


@pytest.fixture
def now() -> str:
    """The time of the commands."""
    return "2026-11-30T09:00"


class Shop:
    """The database, its inbox, and what Eve knows."""

    def __init__(
        self, typed: Callable[..., tuple[int, str, str]], location: Location, folder: Path
    ) -> None:
        self.typed, self.location, self.folder = typed, location, folder
        with self.store() as store:
            for name, address in (("Jane", JANE), ("Bob", BOB), ("Eve", EVE)):
                add_contact(store, name, address)
            add_templates(store, "welcome", "tips")
            add_sequence(store, WELCOME)
            drafts = [
                Draft(at, each, "News", "Hello", purpose="newsletter")
                for at, each in enumerate((JANE, BOB, EVE), 1)
            ]
            ids = outbox.enqueue(store, drafts, "example.org")
            with store.transaction():
                for each in ids:
                    values = {"status": "sent", "attempts": 1, "sent_at": "2026-11-29T08:00:00Z"}
                    store.update("message", each, **values)
            _, self.consent_token = consents.ask(store, 1, "newsletter")
            consents.record(store, 2, "newsletter", WITHDRAWN)
            self.token = permission.make_unsubscribe_token(store, EVE)
            self.jane_id, _, self.own_id = (
                row[0] for row in store.rows("SELECT message_id FROM message ORDER BY id")
            )
        self.run("sequence", "enroll", "welcome", "jane")
        self.run("sequence", "run")

    def store(self) -> Any:
        return contextlib.closing(open_store(self.location))

    def run(self, *words: str) -> str:
        code, out, err = self.typed(*words)
        assert code == 0, out + err
        return out

    def receive(self, *messages: bytes) -> None:
        deliver(self.folder, *messages)
        self.run("mail", "fetch", "--maildir", str(self.folder), "--json")

    def state(self, queries: tuple[str, ...] = STATE) -> list[list[tuple[Any, ...]]]:
        """Return what is known of the others."""
        with self.store() as store:
            return [[tuple(row) for row in store.rows(sql)] for sql in queries]


@pytest.fixture
def shop(
    typed: Callable[..., tuple[int, str, str]],
    cli_location: Location,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    """The database before Eve writes."""
    for name, value in {"HOST": "127.0.0.1", "FROM": ME, "OWN": ME}.items():
        monkeypatch.setenv(f"CARDCRM_MAIL_{name}", value)
    for each in ("new", "cur", "tmp"):
        (tmp_path / "Mail" / each).mkdir(parents=True)
    return Shop(typed, cli_location, tmp_path / "Mail")


def by_jane(text: str = "", **headers: str) -> bytes:
    """Return a mail that claims to be Jane's."""
    return mail(text, **{"Message_ID": "<f@example.net>", "Subject": "Re: News", **headers})


def by_eve(text: str = "", **headers: str) -> bytes:
    return by_jane(text, From=f"Eve <{EVE}>", **headers)


def complain(about: str, more: str = "") -> bytes:
    """Return a complaint that names Jane beside the mail to Eve."""
    report = f"Feedback-Type: abuse\nOriginal-Rcpt-To: {JANE}\nRemoval-Recipient: {JANE}"
    return COMPLAINT.format(original=about).replace("Feedback-Type: abuse", report).encode()


AWAY = {"Auto_Submitted": "auto-replied", "Date": "Mon, 30 Nov 2026 08:00:00 +0000"}
FORGERIES: dict[str, Callable[[Shop], bytes]] = {
    "request for another": lambda _: by_eve(f"unsubscribe {JANE}", Subject=f"unsubscribe {JANE}"),
    "request in her name": lambda _: by_jane("unsubscribe", Subject="unsubscribe"),
    "request by own mail in her name": lambda shop: by_jane(
        "unsubscribe", In_Reply_To=f"<{shop.own_id}>"
    ),
    "own token in her name": lambda shop: by_jane(Subject=f"unsubscribe {shop.token}"),
    "invented token": lambda _: by_jane(Subject=f"unsubscribe {'A' * 26}"),
    "request by an invented mail": lambda _: by_jane("unsubscribe", In_Reply_To="<1@example.org>"),
    "answer to an invented mail": lambda _: by_eve("Yes", In_Reply_To="<1@example.org>"),
    "answer in her name to own mail": lambda shop: by_jane("Yes", In_Reply_To=f"<{shop.own_id}>"),
    "Message-ID of own mail": lambda shop: by_jane("Yes", Message_ID=f"<{shop.own_id}>"),
    "Message-ID of her mail": lambda shop: by_eve("Yes", Message_ID=f"<{shop.jane_id}>"),
    "complaint about own mail": lambda shop: complain(shop.own_id),
    "complaint about an invented mail": lambda _: complain("1@example.org"),
    "bounce of own mail": lambda shop: bounce("b@mx", shop.own_id, address=JANE),
    "bounce of an invented mail": lambda _: bounce("b@mx", "1@example.org", address=JANE),
    "absence in her name": lambda _: by_jane("I am away until 9 December.", **AWAY),
    "absence by own mail": lambda shop: by_jane(
        "I am away until 9 December.", In_Reply_To=f"<{shop.own_id}>", **AWAY
    ),
    "newsletter with a day": lambda shop: by_jane(
        "Sale until 9 December!",
        In_Reply_To=f"<{shop.jane_id}>",
        List_Unsubscribe="<mailto:x@example.net>",
        **(AWAY | {"Auto_Submitted": "auto-generated"}),
    ),
    "her token from another address": lambda shop: by_eve(
        "Yes", Subject=f"Re: Please confirm [{shop.consent_token}]"
    ),
    "invented token of consent": lambda _: by_jane("Yes", Subject=f"Re: [{'B' * 26}]"),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_forged_mail_changes_nothing_of_others(
    shop: Shop, forgery: Callable[[Shop], bytes]
) -> None:
    before = shop.state()
    shop.receive(forgery(shop))
    assert shop.state() == before


def test_the_same_mails_act_for_their_writer(shop: Shop) -> None:
    shop.receive(
        by_eve("unsubscribe", Message_ID="<1@e>", In_Reply_To=f"<{shop.own_id}>"),
        by_jane("Yes", Message_ID="<2@e>", Subject=f"Re: [{shop.consent_token}]"),
        by_jane(
            "Away until 9 December.", Message_ID="<3@e>", In_Reply_To=f"<{shop.jane_id}>", **AWAY
        ),
    )
    (opted_out, given, away) = shop.state((
        "SELECT value_key FROM point WHERE opted_out = 1",
        "SELECT address FROM consent WHERE status = 'given'",
        "SELECT contact_id, away_until FROM enrollment",
    ))  # fmt: skip
    assert (opted_out, given, away) == ([(EVE,)], [(JANE,)], [(1, "2026-12-09")])


def test_a_confirmation_that_comes_again_confirms_nothing(shop: Shop) -> None:
    def confirm(number: int, sender: str = JANE) -> None:
        subject = f"Re: Please confirm [{shop.consent_token}]"
        text = {"From": sender, "Subject": subject, "Message_ID": f"<{number}@e>"}
        shop.receive(mail("Yes", **text))

    confirm(1)
    given = shop.state()
    assert (JANE, "newsletter", "given", "Message-ID 1@e") in given[1]
    for number, sender in ((1, JANE), (2, JANE), (3, EVE)):
        confirm(number, sender)
        assert shop.state() == given
    with shop.store() as store:
        consents.record(store, 1, "newsletter", WITHDRAWN)
    withdrawn = shop.state()
    confirm(4)
    assert shop.state() == withdrawn
