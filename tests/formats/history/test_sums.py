"""The sums of what is imported are those of the file, whatever it holds."""

import contextlib
import csv
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.formats.history.importer import import_sales
from cardcrm.formats.import_job import ImportJob, ImportReport
from cardcrm.money import Money, format_decimal
from cardcrm.store import Store, integrity

_NUMBERS = itertools.count()
ROW = st.tuples(
    st.sampled_from(("Jane Doe", "Bob Ray", "Müller GmbH", "Kim")),
    st.integers(1, 28),
    st.sampled_from(("EUR", "GBP", "JPY", "KWD")),
    st.integers(-(10**7), 10**7),
)


def write(path: Path, rows: list[tuple[str, int, str, int]], *, with_refs: bool) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        pen = csv.writer(stream)
        pen.writerow(["name", "date", "amount", "currency", *(["ref"] if with_refs else [])])
        for number, (name, day, currency, minor) in enumerate(rows):
            amount = format_decimal(Money(minor, currency))
            ref = [f"R{number}"] if with_refs else []
            pen.writerow([name, f"2026-03-{day:02}", amount, currency, *ref])


def sums(store: Store, sql: str) -> dict[str, int]:
    return {row[0]: int(row[1]) for row in store.rows(sql) if row[1]}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=30), with_refs=st.booleans())
def test_sums_by_currency_are_those_of_the_file(
    temporary_store: Callable[..., contextlib.AbstractContextManager[Store]],
    tmp_path: Path,
    now: str,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, int, str, int]],
    with_refs: bool,
) -> None:
    monkeypatch.setenv("CARDCRM_NOW", now)
    path = tmp_path / f"{next(_NUMBERS)}.csv"
    write(path, rows, with_refs=with_refs)
    expected: Counter[str] = Counter()
    for _, _, currency, minor in rows:
        expected[currency] += minor
    with temporary_store() as store:
        for times in range(2):
            report = ImportReport(path.name, "sales")
            import_sales(store, ImportJob(path, path.name, "csv"), report)
            counts = report.created, report.unchanged, report.refused
            assert counts == ((len(rows), 0, 0) if times == 0 else (0, len(rows), 0))
            wanted = {currency: minor for currency, minor in expected.items() if minor}
            assert sums(store, "SELECT currency, sum(amount) FROM sale GROUP BY currency") == wanted
            values = "SELECT currency, sum(revenue) FROM contact_value WHERE own = 1 GROUP BY 1"
            assert sums(store, values) == wanted
        assert integrity.check_database(store, lambda _step: None) == []
