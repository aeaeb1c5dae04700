"""The line of a call: its note, and the next step behind the last `>` with a date."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.records.activity.call_line import AGAIN, EXAMPLE, CallLine, parse_line
from cardcrm.records.activity.log_and_plan import NextStep

NOW = dt.datetime(2026, 11, 29, 10, 0, tzinfo=dt.UTC)  # a Sunday
TUESDAY = DayTime(dt.date(2026, 12, 1))


@pytest.mark.parametrize(
    ("line", "note", "step"),
    [
        ("likes it", "likes it", None),
        (EXAMPLE, "likes it", NextStep("chase answer", TUESDAY, promise=True)),
        ("likes it > tue chase answer", "likes it", NextStep("chase answer", TUESDAY)),
        (
            "likes it >tue chase answer!",
            "likes it",
            NextStep("chase answer", TUESDAY, promise=True),
        ),
        ("> tue", "", NextStep(AGAIN, TUESDAY)),
        ("busy > tue !", "busy", NextStep(AGAIN, TUESDAY, promise=True)),
        (
            "ok > next tue 14:00 ring Bob",
            "ok",
            NextStep("ring Bob", DayTime(dt.date(2026, 12, 1), dt.time(14))),
        ),
        ("in > 3d 2 roses", "in", NextStep("2 roses", DayTime(dt.date(2026, 12, 2)))),
        ("5 > 3 says he > tue ask", "5 > 3 says he", NextStep("ask", TUESDAY)),
        ("ok > tue check if 5 > 3", "ok", NextStep("check if 5 > 3", TUESDAY)),
        ("5>3, a->b, x >= 2 and >> no", "5>3, a->b, x >= 2 and >> no", None),
        ("great!", "great!", None),
        ("  ", "", None),
    ],
)
def test_a_line_is_a_note_and_a_next_step(line, note, step):
    assert parse_line(line, NOW) == CallLine(note, step)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("5 > 3", "no date after “>”: “3”"),
        ("likes it > chase answer", "no date after “>”: “chase answer”"),
        ("likes it >", "no date after “>”"),
        ("likes it > !", "no date after “>”: “!”"),
        ("late > 2020-01-01 ring", "no date after “>”: “2020-01-01 ring”"),
    ],
)
def test_a_step_needs_a_date(line, problem):
    with pytest.raises(UsageError) as caught:
        parse_line(line, NOW)
    assert caught.value.message == problem
    assert "5>3" in caught.value.hint


WORDS = st.lists(
    st.sampled_from([">", "!", "tue", "3d", "5", "a>b", ">>", "likes", "é", "fri!", ">mon", "eom"])
    | st.text(max_size=6)
).map(" ".join)


@given(WORDS)
def test_no_word_is_lost(line):
    """Find each word in the note or the step, and parse the words of the date alone."""
    try:
        note, step = parse_line(line, NOW)
    except UsageError:
        assert ">" in line
        return
    words = line.split()
    if step is None:
        assert note == line.strip()
        return
    assert line.strip().startswith(note)
    rest = line.strip()[len(note) :].strip()
    assert rest.startswith(">")
    text = rest[1:].strip()
    assert step.promise == text.endswith("!")
    after = (text.rstrip("!") if step.promise else text).split()
    shown = [] if step.text == AGAIN and after[-2:] != AGAIN.split() else step.text.split()
    count = len(after) - len(shown)
    assert after[count:] == shown
    assert dates.parse_date(" ".join(after[:count]), NOW) == step.due
    assert len(note.split()) + len(after) <= len(words)


def test_a_pasted_text_of_many_marks_is_read_at_once():
    line = "> a " * 5_000
    with pytest.raises(UsageError):
        parse_line(line, NOW)
    assert parse_line(line + "> tue ring", NOW) == CallLine(line.strip(), NextStep("ring", TUESDAY))
