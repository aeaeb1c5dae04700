"""Put the ids of a database into the lines of a file, whose references have those of the file."""

from collections.abc import Mapping

from cardcrm.records.archive.decoded_line import Decoded
from cardcrm.records.archive.line_format import LineFormat
from cardcrm.records.archive.restore_state import LEFT_OUT, RestoreState
from cardcrm.records.fields import CASCADE_LAST, CLEAR, Columns


class ReferenceResolver:
    """The resolver of the references in the lines of one noun."""

    def __init__(self, state: RestoreState, noun: str) -> None:
        self.state, self.noun, self.form = state, noun, state.forms[noun]

    def resolve(self, line: Decoded) -> dict[str, int] | None:
        """Put the ids of the database into a line; None if a row that it needs was left out.

        The ids of rows of its own noun are returned by their columns.
        """
        own = self._resolve_row(self.form, line.row)
        if own is None:
            return None
        for part in self.form.parts:
            rows = line.parts[part.key]
            kept = [each for each in rows if self._resolve_row(part, each) is not None]
            if len(kept) < len(rows):
                needed = any(each.on_delete == CASCADE_LAST for each in part.type.references)
                if needed and not kept:
                    return None
                rows[:] = kept
        return own

    def _resolve_row(self, form: LineFormat, row: Columns) -> dict[str, int] | None:
        own: dict[str, int] = {}
        for field in form.type.references:
            wanted = row.get(field.column)
            if wanted is None:
                continue
            if field.to == self.noun and form is self.form:
                own[field.column] = wanted
                continue
            found = self.state.find_id(field.to, wanted)
            is_left_out = found == LEFT_OUT and field.on_delete != CLEAR
            if is_left_out or (not found and field.is_required):
                return None
            row[field.column] = found or None
        return own

    def resolve_own(self, line: Decoded, own: Mapping[str, int]) -> dict[str, int]:
        """Put the ids of rows of its own noun into a line; return those that are still to come."""
        late = {}
        for column, wanted in own.items():
            found = self.state.find_id(self.noun, wanted)
            line.row[column] = found or None
            if found is None:
                late[column] = wanted
        return late
