"""Write contacts as CSV in cardcrm's own columns."""

import csv
from collections.abc import Iterable
from typing import TextIO

from cardcrm.formats.csv import native_columns
from cardcrm.formats.csv.cell_values import escape_formula
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.text import drop_controls


def write_csv(drafts: Iterable[ContactDraft], stream: TextIO) -> int:
    """Write drafts in the columns of `native_columns`, and return their number.

    ``stream`` is opened with ``newline=""`` in UTF-8 (``utf-8-sig`` for Excel). Cells that would
    start a formula in a spreadsheet get an apostrophe in front, which reading removes.
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(native_columns.HEADER)
    count = 0
    for draft in drafts:
        cells = map(drop_controls, native_columns.to_cells(draft))
        writer.writerow(list(map(escape_formula, cells)))
        count += 1
    return count
