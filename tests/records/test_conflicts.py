"""Edits of two people are merged, or conflict."""

from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records.conflicts import EditConflictError, apply_choices, merge_edits, merge_texts

ROWS = st.one_of(st.none(), st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")))


def one(row: tuple[str, ...] | None) -> dict[str, tuple[str, ...]]:
    return {} if row is None else {"it": row}


@given(ROWS, ROWS)
def test_a_text_changed_by_one_user_is_theirs(was, now):
    assert merge_edits(one(was), one(was), one(now)) == ({}, [])
    assert merge_edits(one(was), one(now), one(was)) == (({"it": now} if now != was else {}), [])


@given(ROWS, ROWS, ROWS)
def test_conflicts_do_not_depend_on_the_order(was, mine, theirs):
    _, one_way = merge_edits(one(was), one(mine), one(theirs))
    _, other_way = merge_edits(one(was), one(theirs), one(mine))
    assert one_way == other_way


def test_two_may_change_different_texts_of_one_row():
    write, clashing = merge_edits({1: ("a", "b")}, {1: ("A", "b")}, {1: ("a", "B")})
    assert (write, clashing) == ({1: ("A", "B")}, [])


def test_removing_a_changed_text_conflicts():
    assert merge_edits({1: ("a",)}, {}, {1: ("b",)})[1] == [1]
    assert merge_edits({1: ("a",)}, {1: ("b",)}, {})[1] == [1]
    assert merge_edits({1: ("a",)}, {}, {})[1] == []


def test_a_choice_holds_until_the_next_change():
    seen, said, now = {"role": "a"}, {"role": "mine"}, {"role": "theirs"}
    try:
        merge_texts(seen, said, now, {"role": "what they do"})
    except EditConflictError as error:
        clashes = error.conflicts
    assert "what they do" in str(error_of(seen, said, now))
    rows = {"role": ("a",)}, {"role": ("mine",)}
    for stays, word in ((True, "mine"), (False, "theirs")):
        seen_now, said_now = apply_choices(*rows, clashes, lambda _clash, stays=stays: stays)
        assert merge_edits(seen_now, said_now, {"role": ("theirs",)})[1] == []
        assert said_now == {"role": (word,)}
    assert merge_edits({"role": ("theirs",)}, {"role": ("mine",)}, {"role": ("other",)})[1] == [
        "role"
    ]


def error_of(seen, said, now) -> EditConflictError:
    try:
        merge_texts(seen, said, now, {"role": "what they do"})
    except EditConflictError as error:
        return error
    raise AssertionError("nothing clashed")
