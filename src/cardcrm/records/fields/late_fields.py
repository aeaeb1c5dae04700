"""Fields that no column holds and no SQL computes: their noun fills them in once rows are read.

A filter by one is SQL that ``write_filter`` returns for the context of a query, a term and the
alias of the row.
"""

from collections.abc import Callable
from typing import Any

from cardcrm.records.fields.date_fields import Instant
from cardcrm.records.fields.field import Columns, Computed
from cardcrm.records.fields.text_fields import Flag

WriteFilter = Callable[[Any, Any, str], str]


def _refuse(_ctx: Any, term: Any, _alias: str) -> str:
    raise AssertionError(f"{term.field} is not a filter")


class LateField(Computed):
    """A field that is filled in late; lists in the order of SQL are not sorted by it.

    It has no slots, as those of two bases conflict.
    """

    def __init__(
        self, column: str, write_filter: WriteFilter | None = None, **options: Any
    ) -> None:
        if write_filter is None:
            options["filter"] = None
        super().__init__(column, sortable=False, **options)
        self.write_filter = write_filter or _refuse

    def value_sql(self, alias: str) -> str:  # noqa: ARG002
        """Return SQL of nothing, which keeps the place of the value."""
        return "CAST(NULL AS TEXT)"

    def pack(self, data: Columns) -> None:
        """Leave a row as it is, as nothing is stored."""

    def unpack(self, data: Columns) -> None:
        """Leave a row as it is, as nothing is stored."""


class LateText(LateField):
    """A line of text; no search for mentions reads it, so it is not a `Text`."""

    __slots__ = ()


class LateInstant(LateField, Instant):
    """A moment."""

    __slots__ = ()


class LateFlag(LateField, Flag):
    """Yes or no."""

    __slots__ = ()
