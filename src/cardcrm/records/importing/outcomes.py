"""The outcome of one row of an import."""

from typing import Final, NamedTuple

CREATED: Final = "created"
UPDATED: Final = "updated"
UNCHANGED: Final = "unchanged"
REFUSED: Final = "refused"


class Outcome(NamedTuple):
    """The result for one draft; ``part`` is the part of the row at fault in a refusal.

    ``note`` names what else is counted in the report.
    """

    status: str
    reason: str = ""
    part: str = ""
    note: str = ""
