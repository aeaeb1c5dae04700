"""Find the promotions whose codes the sales of a file name."""

import re

from cardcrm.records.importing.history_drafts import SaleDraft
from cardcrm.store import Store

_SEPARATORS = re.compile(r"[,;|\s]+")
_SHOWN = 5  # codes that a report names


class CodeFinder:
    """The promotions by their codes, and the codes of a file that are those of none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: dict[str, int] | None = None
        self._unknown: dict[str, None] = {}  # in the order of the file

    def restart(self) -> None:
        """Read the promotions again where they are needed."""
        self._ids = None

    def find(self, draft: SaleDraft) -> int | None:
        """Return the promotion that a sale redeems: the first of its codes that is known."""
        if not draft.code or draft.amount < 0:
            return None
        codes = [each for each in _SEPARATORS.split(draft.code.upper()) if each]
        if self._ids is None:
            self._ids = {row[0]: row[1] for row in self._store.rows(_ALL)}
        known = [self._ids[each] for each in codes if each in self._ids]
        if not known:
            self._unknown |= dict.fromkeys(codes)
        return known[0] if known else None

    def describe(self) -> list[str]:
        """Return a sentence about the codes of the file that are unknown."""
        unknown = list(self._unknown)
        if not unknown:
            return []
        word = "codes are" if len(unknown) > 1 else "code is"
        more = ", …" if len(unknown) > _SHOWN else ""
        return [
            f"{len(unknown):,} {word} unknown: {', '.join(unknown[:_SHOWN])}{more}; to count them, "
            f"run `cardcrm promotion add {unknown[0]}` and import the file again"
        ]


_ALL = "SELECT code, id FROM promotion"
