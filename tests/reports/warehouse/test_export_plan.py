"""The plan of an export: which months are computed together."""

import pytest

from cardcrm.reports.warehouse.export_plan import CHUNK, divide_months


@pytest.mark.parametrize(
    ("rows", "months", "chunks"),
    [
        ({}, "", []),
        ({"a": 1, "b": 1, "c": 1}, "abc", ["abc"]),
        ({"a": 1, "b": 1, "c": 1}, "ac", ["a", "c"]),  # b stays as it is
        ({"a": 1, "c": 1}, "ac", ["ac"]),
        ({"a": 1, "c": 1}, "abc", ["abc"]),  # b is empty now
        ({"a": CHUNK, "b": 1, "c": CHUNK - 1, "d": 1}, "abcd", ["a", "bc", "d"]),
        ({"a": CHUNK + 1}, "a", ["a"]),
    ],
)
def test_months_are_computed_in_chunks_of_few_rows(rows, months, chunks):
    assert [*divide_months(rows, set(months))] == [tuple(each) for each in chunks]
