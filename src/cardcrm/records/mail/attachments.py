"""Attachments: the files that go with each mail of a template, or with one message."""

import base64
import mimetypes
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.store.store import placeholders
from cardcrm.text import find_similar, normalize_line, quote, sanitize

MOST_BYTES: Final = 10_000_000  # of all files of a mail, which base64 makes a third larger
_OTHER: Final = "application/octet-stream"


class File(NamedTuple):
    """A file with its content."""

    name: str
    type: str
    content: bytes


class Attachment(NamedTuple):
    """An attachment without its content; ``size`` is in bytes."""

    name: str
    type: str
    size: int


def create_file(name: str, content: bytes) -> File:
    """Return a file with the media type of its name. Raises UsageError for an empty name."""
    name = normalize_line(sanitize(name.encode(errors="replace").decode()))
    if not name:
        raise UsageError("an attachment needs a name", "Rename the file.")
    found, encoding = mimetypes.guess_type(name)
    return File(name, found if found and not encoding else _OTHER, content)


@retry_transaction
def attach_to_template(store: Store, template_id: int, files: Sequence[File]) -> None:
    """Attach files to a template; one takes the place of a file that has its name.

    Raises UsageError for too much, and ConflictError where a campaign is about to be sent with it.
    """
    from cardcrm.records.mail.template_use import refuse_in_use

    _check_names(files)
    names = {each.name for each in files}
    with store.transaction():
        refuse_in_use(store, template_id)
        _remove(store, template_id, names)
        present = list_template_files(store, template_id)
        _check_size([*(each.size for each in present), *(len(each.content) for each in files)])
        _insert(store, "template", template_id, files)


@retry_transaction
def detach(store: Store, template_id: int, names: Sequence[str]) -> None:
    """Remove files from a template. Raises NotFoundError for one that it does not have."""
    from cardcrm.records.mail.template_use import refuse_in_use

    with store.transaction():
        refuse_in_use(store, template_id)
        known = [each.name for each in list_template_files(store, template_id)]
        for name in names:
            if name not in known:
                raise NotFoundError(
                    f"the template has no attachment {quote(name)}",
                    f"It has {', '.join(known)}." if known else "It has none.",
                    near=find_similar(name, known),
                )
        _remove(store, template_id, set(names))


def attach_to_messages(store: Store, ids: Iterable[int], files: Sequence[File]) -> None:
    """Attach files to new messages, in the transaction under way. Raises UsageError."""
    _check_names(files)
    _check_size([len(each.content) for each in files])
    for each in ids:
        _insert(store, "message", each, files)


def _check_names(files: Sequence[File]) -> None:
    names = [each.name for each in files]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise UsageError(f"two attachments are named {quote(twice)}", "Rename one of them.")


def _check_size(sizes: Sequence[int]) -> None:
    if sum(sizes) > MOST_BYTES:
        raise UsageError(
            f"the attachments have {sum(sizes) / 1e6:,.1f} MB together",
            f"The maximum is {MOST_BYTES / 1e6:.0f} MB. Send a link to a larger file.",
        )


def _insert(store: Store, noun: str, row_id: int, files: Sequence[File]) -> None:
    for each in files:
        store.insert(f"{noun}_file", **{f"{noun}_id": row_id}, **_columns(each))


def _columns(file: File) -> dict[str, Any]:
    data = base64.b64encode(file.content).decode()
    return {"name": file.name, "type": file.type, "size": len(file.content), "data": data}


def _remove(store: Store, template_id: int, names: set[str]) -> None:
    sql = "SELECT id, name FROM template_file WHERE template_id = :id ORDER BY id"
    for row in store.rows(sql, id=template_id):
        if row["name"] in names:
            store.delete("template_file", row["id"])


def list_template_files(store: Store, template_id: int) -> list[Attachment]:
    """Return the attachments of a template."""
    sql = "SELECT name, type, size FROM template_file WHERE template_id = :id ORDER BY id"
    return [Attachment(*row) for row in store.rows(sql, id=template_id)]


def list_message_files(store: Store, message_id: int) -> list[Attachment]:
    """Return the attachments of a message, first those of its template."""
    template_id = store.value("SELECT template_id FROM message WHERE id = :id", id=message_id)
    shared = list_template_files(store, find_file_owner(store, template_id)) if template_id else []
    sql = "SELECT name, type, size FROM message_file WHERE message_id = :id ORDER BY id"
    return [*shared, *(Attachment(*row) for row in store.rows(sql, id=message_id))]


def find_file_owner(store: Store, template_id: int) -> int:
    """Return the template whose attachments a template is sent with.

    One without any in its own language has those of the template for any language.
    """
    sql = (
        "SELECT o.id FROM template t JOIN template o ON o.id = t.id "
        "OR (lower(o.name) = lower(t.name) AND o.language = '') WHERE t.id = :id "
        "AND EXISTS (SELECT 1 FROM template_file f WHERE f.template_id = o.id) "
        "ORDER BY CASE WHEN o.id = t.id THEN 0 ELSE 1 END"
    )
    rows = store.rows(sql, id=template_id)
    return int(rows[0][0]) if rows else template_id


def find_messages_with_files(store: Store, ids: Sequence[int]) -> set[int]:
    """Return the messages that have attachments of their own."""
    marks, params = placeholders(ids, "m")
    sql = f"SELECT message_id FROM message_file WHERE message_id IN ({marks})"
    return {row[0] for row in store.rows(sql, **params)}


def load_template_files(store: Store, template_id: int) -> tuple[File, ...]:
    """Return the files that a template is sent with, with their content."""
    template_id = find_file_owner(store, template_id)
    sql = "SELECT name, type, data FROM template_file WHERE template_id = :id ORDER BY id"
    return tuple(map(_to_file, store.rows(sql, id=template_id)))


def load_message_files(store: Store, message_id: int) -> tuple[File, ...]:
    """Return the own files of a message with their content."""
    sql = "SELECT name, type, data FROM message_file WHERE message_id = :id ORDER BY id"
    return tuple(map(_to_file, store.rows(sql, id=message_id)))


def _to_file(row: Any) -> File:
    return File(row["name"], row["type"], base64.b64decode(row["data"]))
