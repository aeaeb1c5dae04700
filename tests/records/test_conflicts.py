"""Whose word stays where two have changed the same thing."""

from hypothesis import given
from hypothesis import strategies as st

from cardcrm.records.conflicts import ClashError, answered, settle, texts_to_write

ROWS = st.one_of(st.none(), st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")))


def one(row: tuple[str, ...] | None) -> dict[str, tuple[str, ...]]:
    return {} if row is None else {"it": row}


@given(ROWS, ROWS)
def test_what_one_alone_has_changed_is_theirs(was, now):
    assert settle(one(was), one(was), one(now)) == ({}, [])
    assert settle(one(was), one(now), one(was)) == (({"it": now} if now != was else {}), [])


@given(ROWS, ROWS, ROWS)
def test_whoever_comes_second_clashes_where_whoever_comes_first_would(was, mine, theirs):
    _, one_way = settle(one(was), one(mine), one(theirs))
    _, other_way = settle(one(was), one(theirs), one(mine))
    assert one_way == other_way


def test_two_may_change_different_texts_of_one_row():
    write, clashing = settle({1: ("a", "b")}, {1: ("A", "b")}, {1: ("a", "B")})
    assert (write, clashing) == ({1: ("A", "B")}, [])


def test_to_take_off_what_another_has_changed_is_a_clash():
    assert settle({1: ("a",)}, {}, {1: ("b",)})[1] == [1]
    assert settle({1: ("a",)}, {1: ("b",)}, {})[1] == [1]
    assert settle({1: ("a",)}, {}, {})[1] == []


def test_an_answer_settles_it_until_somebody_changes_it_again():
    seen, said, now = {"role": "a"}, {"role": "mine"}, {"role": "theirs"}
    try:
        texts_to_write(seen, said, now, {"role": "what they do"})
    except ClashError as error:
        clashes = error.clashes
    assert "what they do" in str(error_of(seen, said, now))
    rows = {"role": ("a",)}, {"role": ("mine",)}
    for stays, word in ((True, "mine"), (False, "theirs")):
        seen_now, said_now = answered(*rows, clashes, lambda _clash, stays=stays: stays)
        assert settle(seen_now, said_now, {"role": ("theirs",)})[1] == []
        assert said_now == {"role": (word,)}
    assert settle({"role": ("theirs",)}, {"role": ("mine",)}, {"role": ("other",)})[1] == ["role"]


def error_of(seen, said, now) -> ClashError:
    try:
        texts_to_write(seen, said, now, {"role": "what they do"})
    except ClashError as error:
        return error
    raise AssertionError("nothing clashed")
