"""A disk that is full in the middle: nothing is sent twice or lost, and the next run goes on.

Files longer than a limit cannot be written, as on a full disk; each run has a little more room.
"""

import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardcrm.store import open_store
from tests.mail.test_killed_runs import fill
from tests.support.mail_servers import receive
from tests.support.mails import mail

COUNT = 60
KB = 1024


class Shop:
    """A database whose commands run in processes of their own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.database, self.folder = folder / "cards.db", folder
        (folder / "config.toml").touch()
        self.settings = {
            "DB": str(self.database),
            "CONFIG": str(folder / "config.toml"),
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(port),
            "MAIL_SECURITY": "none",
            "MAIL_FROM": "me@example.com",
            "MAIL_OWN": "me@example.com",
        }
        self.store = open_store(self.database, create=True)

    def run(self, *words: str, room: int | None = None) -> int:
        """Run a command with some room for files, and return its exit code."""

        def limit() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            if room is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        done = subprocess.run(
            [sys.executable, "-m", "cardcrm", *words],
            env=os.environ | {f"CARDCRM_{name}": value for name, value in self.settings.items()},
            preexec_fn=limit,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 5), done.stderr
        if done.returncode == 5:
            assert "disk" in done.stderr
        return done.returncode

    def run_until_done(self, *words: str) -> int:
        """Run a command with more and more room; return how often the disk was full."""
        self.store.close()
        failures = 0
        while self.run(*words, room=(16 + 40 * failures) * KB) != 0:
            failures += 1
        self.store = open_store(self.database)
        assert failures > 1
        return failures

    def count(self, sql: str) -> Counter[str]:
        return Counter(row[0] for row in self.store.rows(sql))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Callable[[int], Shop]]:
    """Return a function that opens the shop."""
    opened: list[Shop] = []

    def create(port: int) -> Shop:
        opened.append(Shop(tmp_path, port))
        return opened[-1]

    yield create
    for each in opened:
        each.store.close()


def test_a_run_sends_each_mail_at_most_once_and_loses_none(shop: Callable[[int], Shop]) -> None:
    with receive() as (received, port):
        opened = shop(port)
        fill(opened.store, COUNT)
        failures = opened.run_until_done("mail", "run")
    assert set(received.ids.values()) == {1}
    states = opened.count("SELECT status FROM message")
    assert states.keys() <= {"sent", "uncertain", "canceled"}
    assert states["canceled"] == 1
    assert states["uncertain"] <= 10 * failures
    sent = opened.count("SELECT message_id FROM message WHERE status = 'sent'")
    unclear = opened.count("SELECT message_id FROM message WHERE status = 'uncertain'")
    assert sent.keys() <= received.ids.keys() <= (sent | unclear).keys()
    logged = opened.store.value("SELECT count(*) FROM interaction WHERE kind = 'mail'")
    assert logged == states["sent"]


def test_a_fetch_logs_each_mail_once(shop: Callable[[int], Shop], tmp_path: Path) -> None:
    opened = shop(25)
    fill(opened.store, COUNT)
    for each in ("new", "cur", "tmp"):
        (tmp_path / "Mail" / each).mkdir(parents=True)
    for number in range(COUNT):
        head = {"From": f"c{number}@example.com", "Message_ID": f"<{number}@example.com>"}
        content = mail("Dear Sir\n" * 50, To="me@example.com", Subject="x", **head)
        (tmp_path / "Mail" / "new" / f"1796{number:06}.M1.host").write_bytes(content)
    opened.run_until_done("mail", "fetch", "--maildir", str(tmp_path / "Mail"))
    logged = opened.count("SELECT message_id FROM interaction WHERE kind = 'mail'")
    assert logged == Counter({f"{number}@example.com": 1 for number in range(COUNT)})


def test_a_campaign_is_queued_once(shop: Callable[[int], Shop]) -> None:
    opened = shop(25)
    fill(opened.store, COUNT)
    opened.run("template", "add", "news", "--subject", "News", "--text", "Dear reader")
    opened.run("campaign", "add", "spring", "--segment", "has:email", "--template", "news")
    opened.run_until_done("campaign", "send", "spring", "--yes")
    sql = "SELECT address FROM message WHERE campaign_id IS NOT NULL AND status = 'queued'"
    assert opened.count(sql) == Counter(f"c{number}@example.com" for number in range(COUNT - 1))
