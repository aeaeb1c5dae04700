"""`lead add --mail`: log messages, and add a lead of each sender."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from cardcrm.cli.lead_output import describe_new, show_leads
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.terminal import is_terminal
from cardcrm.errors import UsageError
from cardcrm.records.activity.mail_log import CREATED
from cardcrm.records.importing.history_drafts import LeadDraft, Party

if TYPE_CHECKING:
    from cardcrm.formats.import_job import ImportReport
    from cardcrm.formats.mbox.mail_import import Messages

_SOURCE: Final = "mail"
_INPUT: Final = Path("-")


def add_mail(session: Session, files: Sequence[Path], texts: Mapping[str, str]) -> Result:
    """Log messages as `log-mail` does, and add the incoming ones as leads, all in one step.

    A message that was logged before adds nothing, so that a mailbox can be read again.
    """
    from cardcrm.records.leads import leads

    store = session.store()
    report = _log_messages(session, files)
    drafts = list(_list_drafts(session, report, texts))
    new = leads.add_all(store, drafts, report.step) if drafts else []
    lines = [describe_new(each) for each in new]
    known = report.unchanged
    notes = [f"{known:,} messages were logged before"] if known > 1 else []
    notes += ["1 message was logged before"] if known == 1 else []
    if not new:
        lines.append("no new lead: no new message came in")
    ids = [each.lead.id for each in new]
    return Result(
        (lambda: show_leads(session, ids)) if ids else None,
        "\n".join(lines),
        notes=(*notes, *report.notes),
        exit_code=int(bool(report.refused)),
    )


def _log_messages(session: Session, files: Sequence[Path]) -> "ImportReport":
    from cardcrm.formats.import_job import ImportReport
    from cardcrm.formats.mbox.mail_import import MailTally, import_messages, parse_own
    from cardcrm.records.activity.mail_log import MailOptions

    report = ImportReport("mail", "interactions", None)
    tally = MailTally(report, adds_unknown=True)
    own = parse_own(session.config.own_addresses())
    options = MailOptions(own, adds_unknown=True)
    try:
        for file in files:
            with _open_messages(file) as messages:
                import_messages(session.store(), messages, options, tally, lambda _done: None)
    finally:
        tally.finish()
    return report


@contextmanager
def _open_messages(file: Path) -> "Iterator[Messages]":
    """Yield the messages of a file, a folder or, for “-”, standard input."""
    from cardcrm.formats.mbox.mail_sources import find_folders, read_folder, read_stream

    if file != _INPUT:
        yield (raw for each in list(find_folders(file)) for raw in read_folder(each))
        return
    if sys.stdin is None or is_terminal(sys.stdin):
        raise UsageError("no message given", "Pipe one: cardcrm lead add --mail - < MESSAGE")
    yield read_stream(cast("BinaryIO", sys.stdin.buffer))


def _list_drafts(
    session: Session, report: "ImportReport", texts: Mapping[str, str]
) -> Iterator[LeadDraft]:
    """Yield a lead for each incoming message that was logged now."""
    from cardcrm.records.activity import interactions

    store = session.store()
    for each in report.extra["messages"]:
        if each["direction"] != "in" or each["status"] != CREATED:
            continue
        message = interactions.get(store, each["id"])
        yield LeadDraft(
            0, "", Party(), message.text, texts.get("source", "") or _SOURCE,
            texts.get("owner", ""), received_on=message.on_date, received_at=message.at,
            contact_id=each["contact_ids"][0],
        )  # fmt: skip
