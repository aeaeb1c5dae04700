"""Programs that answer each other end: two shops with sequences, and programs that answer all mail.

A server takes the mail and puts it into the Maildir folder of its recipient, or lets a program
answer it at once. Each day the shops run what cron would, several times.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests.support.databases import Location
from tests.support.mail_servers import free_port

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAYS = 5
ANN, BEN, ROBOT = "ann@a.example", "ben@b.example", "robot@c.example"
# Without a purpose, and entered again a day after each mail that came in.
STEPS = """
enter = "tag:friend last<1d"
again = "after 1 days"
stop = []
[[step]]
mail = "hello"
[[step]]
wait = "1 days"
[[step]]
mail = "hello"
"""


def be_silent(_mail: Message) -> None:
    """Answer nothing."""


class Post:
    """Delivers mail to folders; the mail to a robot is answered by the rules of a program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: Counter[tuple[str, str]] = Counter()  # by sender and recipient
        self.mails: list[Message] = []
        self.robot: Callable[[Message], EmailMessage | None] = be_silent

    async def handle_DATA(self, _server, _session, envelope) -> str:  # type: ignore[no-untyped-def] # noqa: N802
        """Deliver a mail."""
        self.deliver(envelope.mail_from, envelope.rcpt_tos[0], envelope.content)
        return "250 OK"

    def deliver(self, sender: str, to: str, content: bytes) -> None:
        self.counts[sender, to] += 1
        mail = message_from_bytes(content)
        self.mails.append(mail)
        if to == ROBOT:
            answer = self.robot(mail)
            if answer is not None:
                self.deliver(ROBOT, sender, answer.as_bytes())
            return
        new = self.folder / to / "new"
        head = f"Return-Path: <{sender}>\r\n".encode()
        (new / f"1796{self.counts.total():06}.M1.host").write_bytes(head + content)


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A running server with folders for both shops."""
    for to in (ANN, BEN):
        for each in ("new", "cur", "tmp"):
            (tmp_path / to / each).mkdir(parents=True)
    handler, port = Post(tmp_path), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none"}.items():
        monkeypatch.setenv(f"CARDCRM_MAIL_{name}", value)
    yield handler
    controller.stop(no_assert=True)


class Shop:
    """A shop with a database of its own."""

    def __init__(
        self,
        own: str,
        location: Location,
        post: Post,
        typed: Callable[..., tuple[int, str, str]],
        patch: pytest.MonkeyPatch,
    ) -> None:
        self.own, self.location, self.post = own, location, post
        self.typed, self.patch = typed, patch

    def run(self, *words: str) -> str:
        self.patch.setenv("CARDCRM_DB", str(self.location))
        self.patch.setenv("CARDCRM_MAIL_FROM", self.own)
        self.patch.setenv("CARDCRM_MAIL_OWN", self.own)
        code, out, err = self.typed(*words)
        assert code == 0, (words, out, err)
        return out

    def know(self, address: str) -> None:
        """Add a contact, who was spoken to today, and the sequence that it enters."""
        self.run("add", "Friend", "--email", address, "--tag", "friend")
        self.run("template", "add", "hello", "--subject", "Hello", "--text", "How are you?")
        self.run("sequence", "add", "hello", "--file", STEPS)
        self.run("log", "Friend", "met", "at", "the", "fair")

    def work(self) -> None:
        self.run("mail", "fetch", "--maildir", str(self.post.folder / self.own), "--json")
        self.run("mail", "run")


@pytest.fixture
def open_shop(
    post: Post,
    locations: Callable[[str], Location],
    typed: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str, str], Shop]:
    """Return a function that opens a shop, which knows one address."""
    monkeypatch.setenv("CARDCRM_NOW", f"{START:%Y-%m-%dT%H:%M}")

    def create(own: str, friend: str) -> Shop:
        shop = Shop(own, locations("cards" if own == ANN else "others"), post, typed, monkeypatch)
        shop.know(friend)
        return shop

    return create


def pass_days(monkeypatch: pytest.MonkeyPatch, *shops: Shop) -> None:
    for hour in range(0, DAYS * 24, 12):
        now = START + dt.timedelta(hours=hour)
        monkeypatch.setenv("CARDCRM_NOW", f"{now:%Y-%m-%dT%H:%M}")
        for each in shops:
            each.work()


ALONE = 4  # mails in these days to a contact who never answers: each one is a touch


def test_two_shops_do_not_keep_each_other_going(
    open_shop: Callable[[str, str], Shop], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_days(monkeypatch, open_shop(ANN, BEN), open_shop(BEN, ANN))
    assert post.counts == {(ANN, BEN): ALONE, (BEN, ANN): ALONE}
    assert {each["Auto-Submitted"] for each in post.mails} == {"auto-generated"}


def answer(mail: Message, text: str, **more: str) -> EmailMessage:
    """Return an answer to a mail, with further headers."""
    made = EmailMessage()
    made["From"], made["To"], made["Date"] = ROBOT, mail["From"], mail["Date"]
    made["Subject"] = f"Re: {mail['Subject']}"
    made["In-Reply-To"] = made["References"] = mail["Message-ID"]
    made["Message-ID"] = f"<robot-{mail['Message-ID'][1:]}"
    for name, value in more.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def answer_like_a_person(mail: Message) -> EmailMessage:
    """Answer as old programs do: without a sign that no person wrote it."""
    return answer(mail, "Thank you. We have received your mail.")


def answer_with_a_mark(mail: Message) -> EmailMessage | None:
    """Answer by the rules (RFC 3834): not to mail of a program, and with a mark."""
    if mail["Auto-Submitted"]:
        return None
    return answer(mail, "Thank you.", Auto_Submitted="auto-replied")


def answer_that_it_is_enough(mail: Message) -> EmailMessage:
    """Answer with a request to unsubscribe."""
    return answer(mail, "unsubscribe")


@pytest.mark.parametrize(
    ("robot", "sent", "answered"),
    [
        (be_silent, ALONE, 0),
        (answer_like_a_person, ALONE, ALONE),
        (answer_with_a_mark, ALONE, 0),
        (answer_that_it_is_enough, 1, 1),
    ],
)
def test_a_program_that_answers_all_mail_gets_no_more_than_one_that_is_silent(
    open_shop: Callable[[str, str], Shop],
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    robot: Callable[[Message], EmailMessage | None],
    sent: int,
    answered: int,
) -> None:
    post.robot = robot
    pass_days(monkeypatch, open_shop(ANN, ROBOT))
    assert (post.counts[ANN, ROBOT], post.counts[ROBOT, ANN]) == (sent, answered)


@pytest.mark.parametrize("robot", [answer_like_a_person, answer_with_a_mark])
def test_a_request_for_consent_is_one_mail(
    open_shop: Callable[[str, str], Shop],
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    robot: Callable[[Message], EmailMessage],
) -> None:
    post.robot = robot
    shop = open_shop(ANN, ROBOT)
    shop.run("sequence", "pause", "hello")
    shop.run("consent", "ask", "Friend", "--purpose", "newsletter")
    pass_days(monkeypatch, shop)
    assert post.counts[ANN, ROBOT] == 1
    assert post.mails[0]["Auto-Submitted"] == "auto-generated"
