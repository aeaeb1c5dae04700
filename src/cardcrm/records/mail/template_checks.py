"""Check templates before they are stored."""

import re
from collections.abc import Mapping
from typing import Any, Final

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.mail.template_use import refuse_in_use
from cardcrm.records.mail.templates import (
    PARTS,
    SELECT,
    StoredTemplate,
    check_part,
    list_variants,
    parse_language,
)
from cardcrm.store import Store
from cardcrm.text import quote

_USED: Final = ("name", "language", *PARTS)  # what a mail depends on
_NAME: Final = re.compile(r"[^\W_][\w./-]*")
_MAX_NAME: Final = 100


def check_template(store: Store, columns: Mapping[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a template with name and language in their normal forms.

    Raises UsageError for an invalid name, language or text, and ConflictError for a name that is
    taken in the language, or a template that a campaign is about to be sent with.
    """
    columns = dict(columns)
    if "name" in columns:
        check_name(columns["name"])
    if columns.get("language"):
        columns["language"] = parse_language(columns["language"])
    before = store.row(f"{SELECT} WHERE id = :id", id=row_id) if row_id else None
    if before is not None and any(columns.get(key, before[key]) != before[key] for key in _USED):
        refuse_in_use(store, row_id)
    now = {key: columns.get(key, before[key] if before is not None else "") for key in
           _USED}  # fmt: skip
    if not (now["text"] or now["html"]):
        raise UsageError("a template needs a text", "Add it with --text FILE.")
    _refuse_taken(store, now, row_id)
    written = StoredTemplate(row_id, **now)
    for part in PARTS:
        if columns.get(part):
            check_part(store, written, part)
    return columns


def check_name(name: str) -> None:
    """Raise UsageError for an invalid name of a template."""
    if name.isdigit() or not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise UsageError(
            f"invalid template name {quote(name)}",
            "Use letters, digits and - _ . / such as offers/spring.",
        )


def _refuse_taken(store: Store, now: Mapping[str, Any], row_id: int) -> None:
    for each in list_variants(store, now["name"]):
        if each.language == now["language"] and each.id != row_id:
            raise ConflictError(
                f"the template {quote(each.label)} already exists",
                f"Change it with: cardcrm template edit {each.label}",
            )
