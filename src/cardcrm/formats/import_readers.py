"""The readers of import files, by the kind of rows and the format of the file.

A kind of rows is what each row describes, such as a contact or a sale; a format is how the file is
written. A reader of contacts is a function ``(ImportJob, ContactRules) -> Iterator[Entry]``. One of
other rows is a function ``(Store, ImportJob, ImportReport) -> None``; see `import_job`.
"""

import importlib
from collections.abc import Callable
from typing import Any, Final

from cardcrm.errors import UsageError

ROWS: Final = ("contacts", "sales", "interactions", "reminders", "deals", "leads")
FORMATS: Final = ("csv", "xlsx", "vcard", "jsonl", "mbox")

# By (rows, format): the module and its function.
READERS: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("contacts", "csv"): ("cardcrm.formats.file_reader", "read_entries"),
    ("contacts", "vcard"): ("cardcrm.formats.file_reader", "read_entries"),
    ("sales", "csv"): ("cardcrm.formats.history.importer", "import_sales"),
    ("sales", "xlsx"): ("cardcrm.formats.history.importer", "import_sales"),
    ("deals", "csv"): ("cardcrm.formats.history.importer", "import_deals"),
    ("deals", "xlsx"): ("cardcrm.formats.history.importer", "import_deals"),
    ("leads", "csv"): ("cardcrm.formats.history.importer", "import_leads"),
    ("leads", "xlsx"): ("cardcrm.formats.history.importer", "import_leads"),
    ("interactions", "csv"): ("cardcrm.formats.history.importer", "import_interactions"),
    ("interactions", "xlsx"): ("cardcrm.formats.history.importer", "import_interactions"),
    ("reminders", "csv"): ("cardcrm.formats.history.importer", "import_reminders"),
    ("reminders", "xlsx"): ("cardcrm.formats.history.importer", "import_reminders"),
    ("database", "jsonl"): ("cardcrm.formats.archive", "import_everything"),
    ("interactions", "mbox"): ("cardcrm.formats.mbox.mail_import", "import_mail"),
}
# The rows of a file whose format alone decides them; tables are decided by their columns.
USUAL_ROWS: Final = {"vcard": "contacts", "mbox": "interactions", "jsonl": "database"}

_FORMAT_NAMES: Final = {
    "csv": "CSV files",
    "xlsx": "XLSX workbooks",
    "vcard": "vCard files",
    "jsonl": "JSON Lines",
    "mbox": "mailboxes",
}


def find_reader(rows: str, format_: str) -> Callable[..., Any]:
    """Return the reader of some rows in a format. Raises UsageError where there is none."""
    if (rows, format_) not in READERS:
        known = [name for kind, name in READERS if kind == rows]
        raise UsageError(
            f"cannot import {rows} from {_FORMAT_NAMES[format_]}",
            f"Formats for {rows}: {', '.join(known)}." if known else "Leave out --as.",
        )
    module, name = READERS[rows, format_]
    reader: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return reader
