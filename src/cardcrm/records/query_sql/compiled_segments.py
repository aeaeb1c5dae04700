"""The saved segments as SQL conditions; a segment whose query is not valid is named.

The query of a segment may become invalid after it was saved, as when a custom field is removed. A
report over all segments leaves such a segment out and says so.
"""

from typing import Any, NamedTuple

from cardcrm.errors import CardcrmError
from cardcrm.query import Node, Term
from cardcrm.records.query_sql import contact_query, segments
from cardcrm.store import Store


class CompiledSegment(NamedTuple):
    """A segment with its SQL condition on a contact ``c``, the parameters of that, and its node.

    The ``node`` finds the contacts of the segment in a larger query.
    """

    name: str
    node: Node
    condition: str
    params: dict[str, Any]


class InvalidSegment(NamedTuple):
    """A segment whose query is not valid, and the reason."""

    name: str
    reason: str

    def describe(self) -> str:
        """Return a note that a report leaves the segment out, with the remedy."""
        return (
            f"left out: segment {self.name} ({self.reason}); correct its query: "
            f"cardcrm segment edit {self.name} QUERY"
        )


class CompiledSegments(NamedTuple):
    """All saved segments by name: those that can be used, and those that are not valid."""

    valid: tuple[CompiledSegment, ...]
    invalid: tuple[InvalidSegment, ...]


def compile_segments(store: Store) -> CompiledSegments:
    """Return all segments, compiled; an invalid one is among ``invalid`` and raises no error."""
    valid, invalid = [], []
    for segment in segments.list_segments(store):
        node = Term("segment", ":", segment.name)
        try:
            condition, params = contact_query.compile_query(store, node)
        except CardcrmError as error:
            invalid.append(InvalidSegment(segment.name, error.message))
        else:
            valid.append(CompiledSegment(segment.name, node, condition, params))
    return CompiledSegments(tuple(valid), tuple(invalid))
