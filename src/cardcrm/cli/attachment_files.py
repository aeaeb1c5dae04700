"""Read files that are attached to mail, and show attachments."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.errors import UsageError, missing_file
from cardcrm.records.mail.attachments import MOST_BYTES, Attachment, File, create_file
from cardcrm.sheet import Card, Column, Section, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.store import Store


def read_files(paths: Iterable[Path]) -> list[File]:
    """Return files with their content. Raises NotFoundError, and UsageError for a large one."""
    return [_read_file(each) for each in paths]


def _read_file(path: Path) -> File:
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name a file.")
    if not path.is_file():
        raise missing_file(path)
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"{path} is larger than {MOST_BYTES / 1e6:.0f} MB", "Send a link to the file."
        )
    return create_file(path.name, content)


def show_with_attachments(
    store: "Store", record: "Record", attachments: Sequence[Attachment]
) -> Card:
    """Return a template or message as a card, with its attachments."""
    from cardcrm.cli.record_output import show_record

    card = show_record(store, record)
    data = {**card.data, "attachments": [each._asdict() for each in attachments]}
    if not attachments:
        return card._replace(data=data)
    columns = (Column("name", "name", wide=True), Column("type", "type"), Column("size", "bytes"))
    rows = [(sanitize(each.name), each.type, each.size) for each in attachments]
    section = Section("Attachments", sheet=Sheet(columns, rows, cuts_columns=True))
    return card._replace(data=data, sections=(*card.sections, section))


def show_message(store: "Store", message_id: int) -> Card:
    """Return a message as a card, with its attachments."""
    from cardcrm.records import records
    from cardcrm.records.mail import attachments
    from cardcrm.records.mail.message_type import MESSAGE

    found = attachments.list_message_files(store, message_id)
    return show_with_attachments(store, records.get(store, MESSAGE, message_id), found)


def describe_file(file: File) -> Attachment:
    """Return a file without its content."""
    return Attachment(file.name, file.type, len(file.content))


def list_shared(store: "Store", template_id: int | None) -> tuple[Attachment, ...]:
    """Return the files that a template is sent with."""
    from cardcrm.records.mail import attachments

    if template_id is None:
        return ()
    owner = attachments.find_file_owner(store, template_id)
    return tuple(attachments.list_template_files(store, owner))
