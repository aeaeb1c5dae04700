"""Count the results of a sequence, against a plain count of its rows."""

from collections import Counter

import pytest

from cardcrm.records.mail import permission
from cardcrm.records.sequences import enrollments
from cardcrm.reports.sequences.picture import draw_picture
from cardcrm.reports.sequences.results import load_results
from tests.support.sequences import add_contact, add_sequence, add_templates, run, states

pytestmark = pytest.mark.engines("sqlite", "postgresql")

STEPS = """
[[step]]
mail = "welcome"
[[step]]
if = "tag:vip"
task = "Ring"
[[step]]
wait = "3 days"
[[step]]
mail = "tips"
[[step]]
wait = "30 days"
[[step]]
mail = "last"
"""


@pytest.fixture
def sequence(store, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-23T10:00")
    add_templates(store, "welcome", "tips", "last")
    made = add_sequence(store, STEPS)
    for number in range(20):
        tags = ("vip",) if number % 3 == 0 else ()
        who = add_contact(store, f"P{number}", f"p{number}@example.com", tags=tags)
        monkeypatch.setenv("CARDCRM_NOW", f"2026-11-{10 + number % 4 * 4}T10:00")
        enrollments.enroll(store, made, [who])
    for day in (22, 23):
        run(store, f"2026-11-{day}T10:00", monkeypatch)
    for number in (3, 7, 8):
        permission.opt_out(store, f"p{number}@example.com", source="hand")
    enrollments.stop(store, enrollments.find_active(store, 5))
    store.engine.execute(
        "UPDATE message SET status = 'sent', sent_at = '2026-11-23T10:00:00Z' WHERE id > 4", {}
    )
    store.engine.execute("UPDATE message SET replied_at = sent_at WHERE id > 15", {})
    for day in (25, 26, 27):
        run(store, f"2026-11-{day}T10:00", monkeypatch)
    return made


def test_results_agree_with_a_plain_count(store, sequence):
    found = load_results(store, sequence)
    rows = states(store)
    assert found.entered == len(rows) == 20
    by_status = Counter(status for _, status, _, _ in rows)
    assert (found.active, found.done, found.stopped) == tuple(
        by_status[each] for each in ("active", "done", "stopped")
    )
    assert dict(found.reasons) == Counter(reason for *_, reason in rows if reason)
    assert len(found.reasons) == 3
    passed = Counter(
        (row[0], row[1]) for row in store.rows("SELECT step, result FROM enrollment_step")
    )
    mails = [tuple(row) for row in store.rows("SELECT step, sent_at, replied_at FROM message")]
    for step in found.steps:
        label = step.label
        waiting = sum(each[1:3] == ("active", label) for each in rows)
        stopped = sum(each[1:3] == ("stopped", label) for each in rows)
        assert (step.waiting, step.done, step.skipped) == (
            waiting, passed[label, "done"], passed[label, "skipped"],
        )  # fmt: skip
        assert step.reached == waiting + stopped + step.done + step.skipped
        assert step.sent == sum(each[0] == label and each[1] is not None for each in mails)
        assert step.replied == sum(each[0] == label and each[2] is not None for each in mails)


def test_no_step_is_reached_by_more_than_the_one_before(store, sequence):
    reached = [each.reached for each in load_results(store, sequence).steps]
    assert reached[0] == 20
    assert reached == sorted(reached, reverse=True)


def test_the_picture_has_a_line_for_each_step(store, sequence):
    lines = draw_picture(load_results(store, sequence))
    assert len(lines) == 1 + 6
    assert lines[0].startswith("20 entered · ")
    assert lines[1].startswith("✉ mail welcome ")
    assert "task Ring if tag:vip" in lines[2]
    assert all(len(each) <= 80 for each in lines[1:])


def test_a_wide_screen_shows_long_steps_whole(store, sequence):
    results = load_results(store, sequence)
    step = results.steps[0]
    found = results._replace(steps=(step, step._replace(text=f"welcome {'x' * 60}")))
    narrow, wide = draw_picture(found, 80), draw_picture(found, 140)
    assert "x" * 60 in wide[2]
    assert "x" * 60 not in narrow[2]
    assert all(len(each) <= 80 for each in narrow[1:])
    assert all(len(each) <= 140 for each in wide[1:])
    assert wide[1].index("20") == wide[2].index("20")
