"""Write contacts as CSV in cardcrm's own columns."""

import csv
from collections.abc import Iterable
from typing import IO

from cardcrm.errors import ConflictError
from cardcrm.formats.csv import native_columns
from cardcrm.formats.csv.cell_values import escape_formula
from cardcrm.formats.export_formats import ExportOptions
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.stored_drafts import count_addresses, read_drafts
from cardcrm.store import Store
from cardcrm.text import drop_controls


def write_contacts(
    store: Store, ids: Iterable[int], stream: IO[str], _options: ExportOptions
) -> int:
    """Write stored contacts with everything about them, and return their number."""
    return write_csv(read_drafts(store, ids), stream, count_addresses(store))


def write_csv(drafts: Iterable[ContactDraft], stream: IO[str], addresses: int = 1) -> int:
    """Write drafts in the columns of `native_columns`, and return their number.

    No draft has more than ``addresses`` addresses. ``stream`` is opened with ``newline=""`` in
    UTF-8 (``utf-8-sig`` for Excel). Cells that would start a formula in a spreadsheet get an
    apostrophe in front, which reading removes.
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    header = native_columns.build_header(addresses)
    writer.writerow(header)
    count = 0
    for draft in drafts:
        if len(draft.addresses) > addresses:
            raise ConflictError("a contact got another address meanwhile", "Export again.")
        cells = map(drop_controls, native_columns.to_cells(draft, header))
        writer.writerow([escape_formula(cell) for cell in cells])
        count += 1
    return count
