"""The parts of a contact are written by the columns that their nouns declare."""

from cardcrm.records.contacts.part_types import PARTS, index_rows
from cardcrm.records.contacts.writer import Change, diff_rows

POINT, DAY, TAG = PARTS["point"], PARTS["yearly_day"], PARTS["tag"]
OLD = ("email", "a@b.example", "a@b.example", "", 0, 0)
OUT = ("email", "a@b.example", "A@b.example", "work", 1, 0)


def test_a_new_row_is_inserted_once_and_an_equal_one_is_no_change() -> None:
    rows = [(None, ("vip", "")), (None, ("cold", "")), (None, ("cold", ""))]
    assert diff_rows(TAG, {1: ("vip", "")}, rows) == [
        Change("tag", None, {"name": "cold", "written": ""})
    ]


def test_an_added_contact_point_gives_its_marks_and_label_to_the_stored_one() -> None:
    (change,) = diff_rows(POINT, {7: OLD}, [(None, OUT)])
    values = POINT.values(("email", "a@b.example", "a@b.example", "work", 1, 0))
    assert change == Change("point", 7, values)
    assert diff_rows(POINT, {7: OUT}, [(None, OLD)]) == []


def test_an_added_day_replaces_the_stored_one() -> None:
    (change,) = diff_rows(DAY, {7: ("birthday", "--05-01", "05-01")}, [(None, NEW_DAY)])
    assert (change.row_id, change.values) == (7, DAY.values(NEW_DAY))


NEW_DAY = ("birthday", "1980-05-02", "05-02")


def test_a_row_that_becomes_equal_to_another_is_removed() -> None:
    other = ("email", "c@d.example", "c@d.example", "", 0, 1)
    same = (*OLD[:-1], 1)
    assert diff_rows(POINT, {1: OLD, 2: other}, [(2, same)]) == [
        Change("point", 2, None),
        Change("point", 1, POINT.values(same)),
    ]


def test_a_removed_key_can_be_used_again() -> None:
    assert diff_rows(TAG, {1: ("vip", "")}, [(1, None), (None, ("vip", ""))]) == [
        Change("tag", 1, None),
        Change("tag", None, {"name": "vip", "written": ""}),
    ]


def test_a_row_that_is_gone_is_inserted_again() -> None:
    assert diff_rows(TAG, {}, [(5, ("vip", ""))]) == [
        Change("tag", None, {"name": "vip", "written": ""})
    ]


def test_of_two_days_in_one_draft_the_last_counts_unless_it_is_foreign() -> None:
    days = [("birthday", "--05-01", "05-01"), NEW_DAY]
    assert [*index_rows(DAY, days).values()] == [NEW_DAY]
    assert [*index_rows(DAY, days, first_wins=True).values()] == days[:1]
