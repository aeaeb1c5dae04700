"""The cases in columns, with missed deadlines marked."""

from cardcrm import dates
from cardcrm.records.service.case_type import CASE
from cardcrm.tui.widgets.record_list import RecordList

_SOON = 3600  # seconds


class CaseList(RecordList):
    """The cases, one a line."""

    def __init__(self) -> None:
        super().__init__(CASE)
        self._due = 1 + [each.key for each in CASE.listed].index("due")

    def style_of_cell(self, index: int, at: int) -> str:
        """Return the style of a cell: a deadline that was missed or comes soon is marked."""
        due = self.records[index].values["due"]
        if at != self._due or due is None:
            return super().style_of_cell(index, at)
        left = due.timestamp() - dates.now().timestamp()
        return "late" if left < 0 else "soon" if left < _SOON else super().style_of_cell(index, at)
