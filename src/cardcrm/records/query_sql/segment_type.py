"""The declaration of segments."""

import re
from typing import Any

from cardcrm.errors import ConflictError
from cardcrm.records.fields import Key, Text
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


class SegmentName(Key):
    """The name of a segment: one word, in the form of a tag."""

    __slots__ = ()

    def _value(self, text: str, store: Any) -> Any:  # noqa: ARG002
        from cardcrm.records.query_sql.segments import parse_name

        return parse_name(text)


def _refuse_rename(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Raise ConflictError for another name of a segment that other segments refer to."""
    old = store.value("SELECT name FROM segment WHERE id = :id", id=row_id)
    if old is None or columns.get("name", old) == old:
        return columns
    use = re.compile(rf"segment[:=][^\s()]*(?<![\w-]){re.escape(old)}(?![\w-])")
    for name, text in store.rows("SELECT name, query FROM segment ORDER BY name"):
        if use.search(text):
            raise ConflictError(
                f"the segment {name} uses segment:{old}",
                f"Edit it first: cardcrm segment edit {name} QUERY",
            )
    return columns


def _try_query(store: Any, row_id: int) -> None:
    """Raise UsageError for a query that cannot run."""
    from cardcrm.records.query_sql import columns, contact_query

    name = store.value("SELECT name FROM segment WHERE id = :id", id=row_id)
    columns.count(store, contact_query.parse(store, f"segment:{name}"))


SEGMENT = declare(
    RecordType(
        "segment",
        "segments",
        (
            SegmentName(
                "name",
                label="segment",
                phrase="name",
                required=True,
                unique=True,
                listed=True,
                searchable=True,
                match="part",
                help="Name, one word.",
                example="quiet-vips",
            ),
            Text(
                "query",
                non_ascii_key="query_key",
                required=True,
                listed=True,
                searchable=True,
                help="Words and filters, as in `find`.",
                example='"last>60d"',
            ),
        ),
        title="{name}",
        words="query",
        sort="name",
        adjust=_refuse_rename,
        check=_try_query,
        summary="Queries saved under a name.",
    )
)
