"""Test that no step of a sequence is done twice or lost, however often its run is killed."""

import os
import random
import subprocess
import sys
import time

import pytest

from cardcrm.records.sequences import enrollments
from tests.support.sequences import add_contact, add_sequence, add_templates

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("CARDCRM_TEST_KILLS", "8"))
CONTACTS = 60 * KILLS
STEPS = """
[[step]]
mail = "welcome"
[[step]]
task = "Ring {{ contact.name }}"
[[step]]
set = {note = "welcomed"}
[[step]]
mail = "tips"
"""
# Few contacts in a transaction, so that a run has many.
PROGRAM = """
from cardcrm.records.sequences import runs
runs.CHUNK = 5
from cardcrm.__main__ import run
run()
"""


def start(location, folder):
    settings = {
        "CARDCRM_DB": str(location),
        "CARDCRM_CONFIG": str(folder / "config.toml"),
        "CARDCRM_MAIL_HOST": "127.0.0.1",
        "CARDCRM_MAIL_FROM": "me@example.com",
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "sequence", "run"],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_killed_runs_do_each_step_once(store, location, tmp_path):
    (tmp_path / "config.toml").touch()
    add_templates(store, "welcome", "tips")
    with store.transaction():
        people = [add_contact(store, f"P{each}", f"p{each}@x.example") for each in range(CONTACTS)]
    enrollments.enroll(store, add_sequence(store, STEPS), people)
    chance = random.Random(7)
    count = "SELECT count(*) FROM enrollment_step"
    for _ in range(KILLS):
        before = store.value(count)
        run = start(location, tmp_path)
        end = time.monotonic() + 60
        while store.value(count) == before and run.poll() is None:
            assert time.monotonic() < end, "no step is done"
            time.sleep(0.002)
        time.sleep(chance.random() * 0.02)
        run.kill()
        run.communicate()
    assert 0 < store.value(count) < 4 * CONTACTS
    run = start(location, tmp_path)
    _, errors = run.communicate(timeout=600)
    assert run.returncode == 0, errors

    def rows(sql):
        return [tuple(row) for row in store.rows(sql)]

    assert rows("SELECT status, count(*) FROM enrollment GROUP BY status") == [("done", CONTACTS)]
    steps = "SELECT step, result, count(*) FROM enrollment_step GROUP BY step, result"
    assert {(result, number) for _, result, number in rows(steps)} == {("done", CONTACTS)}
    for step in ("mail-welcome", "mail-tips"):
        sql = f"SELECT contact_id FROM message WHERE step = '{step}' ORDER BY contact_id"
        assert rows(sql) == [(each,) for each in people]
    assert rows("SELECT contact_id FROM reminder ORDER BY contact_id") == [(p,) for p in people]
    assert rows("SELECT note, count(*) FROM contact GROUP BY note") == [("welcomed", CONTACTS)]
