"""Test that no mail is sent twice, however often the program is killed while it sends."""

import os
import random
import subprocess
import sys
import time

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.mail import outbox, permission
from tests.support.mail_servers import receive

KILLS = int(os.environ.get("CARDCRM_TEST_KILLS", "30"))
MAILS_PER_KILL = 15


def fill(store, count):
    """Queue a mail to each of some contacts, and opt the last out."""
    with store.transaction():
        ids = [
            contacts.add(
                store,
                ContactDraft(
                    name=f"Contact {number}",
                    points=(ContactPointDraft("email", f"c{number}@example.com"),),
                ),
            ).id
            for number in range(count)
        ]
    drafts = [
        outbox.Draft(id_, f"c{number}@example.com", "News", "Dear reader")
        for number, id_ in enumerate(ids)
    ]
    outbox.enqueue(store, drafts, "example.com")
    permission.opt_out(store, f"c{count - 1}@example.com", source="test")


def start(location, port, folder):
    settings = {
        "CARDCRM_DB": str(location),
        "CARDCRM_CONFIG": str(folder / "config.toml"),
        "CARDCRM_MAIL_HOST": "127.0.0.1",
        "CARDCRM_MAIL_PORT": str(port),
        "CARDCRM_MAIL_SECURITY": "none",
        "CARDCRM_MAIL_FROM": "me@example.com",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "cardcrm", "mail", "run"],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.mark.engines("sqlite", "postgresql")
def test_killed_runs_send_each_mail_at_most_once_and_lose_none(store, tmp_path):
    (tmp_path / "config.toml").touch()
    count = KILLS * MAILS_PER_KILL
    fill(store, count)
    location = store.engine.path if store.engine.name == "sqlite" else store.engine._address
    chance = random.Random(5)
    with receive() as (received, port):
        for _ in range(KILLS):
            before = sum(received.ids.values())
            run = start(location, port, tmp_path)
            end = time.monotonic() + 20
            while sum(received.ids.values()) == before and run.poll() is None:
                assert time.monotonic() < end, "nothing is sent"
                time.sleep(0.002)
            time.sleep(chance.random() * 0.1)
            run.kill()
            run.communicate()
        run = start(location, port, tmp_path)
        _, errors = run.communicate(timeout=600)
        assert run.returncode == 0, errors
    by_status = {}
    for message_id, status in store.rows("SELECT message_id, status FROM message"):
        by_status.setdefault(status, set()).add(message_id)
    assert set(by_status) <= {"sent", "uncertain", "canceled"}
    assert set(received.ids.values()) == {1}
    assert set(received.recipients.values()) == {1}
    assert f"c{count - 1}@example.com" not in received.recipients
    assert len(by_status["canceled"]) == 1
    assert by_status["sent"] <= received.ids.keys()
    assert received.ids.keys() <= by_status["sent"] | by_status.get("uncertain", set())
    assert len(by_status.get("uncertain", ())) <= KILLS * 10
    logged = store.value("SELECT count(*) FROM interaction WHERE kind = 'mail'")
    assert logged == len(by_status["sent"])
