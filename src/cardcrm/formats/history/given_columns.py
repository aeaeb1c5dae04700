"""Find the meanings that a user gives to columns of sales, interactions or reminders.

They are remembered for files with the same headers, as those of contacts are.
"""

from collections.abc import Iterable, Sequence

from cardcrm.formats.csv.given_targets import FORGET, find_column
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.history.columns import read_target
from cardcrm.formats.import_job import ImportJob, ImportReport
from cardcrm.records.importing import column_memory
from cardcrm.store import Store


def read_targets(
    headers: Sequence[str], targets: Iterable[tuple[str, str]], holds: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts that a user gives to columns, by folded header, and the meanings of these.

    Raises UsageError for an unknown column and an unknown field.
    """
    texts = {find_column(headers, name): text for name, text in targets}
    return texts, {key: read_target(text, holds) for key, text in texts.items() if text != FORGET}


def choose_columns(
    store: Store, job: ImportJob, report: ImportReport, headers: Sequence[str], holds: str
) -> dict[str, str]:
    """Return the meanings that were given now or before, by folded header; remember those of now.

    Raises UsageError for an unknown column and an unknown field.
    """
    texts, given = read_targets(headers, job.targets, holds)
    header_key = column_memory.hash_headers([f"{holds}:", *map(fold_header, headers)])
    known = column_memory.recall(store, header_key)
    if texts:
        named = {key: "" if text == FORGET else text for key, text in texts.items()}
        column_memory.remember(store, headers, header_key, named, report.step)
        report.step = store.last_step
    recalled = {key: read_target(text, holds) for key, text in known.items() if key not in texts}
    if recalled:
        word = "column" if len(recalled) == 1 else "columns"
        report.notes.append(
            f"{len(recalled)} {word} read as an earlier --map said; see: cardcrm config columns"
        )
    return recalled | given
