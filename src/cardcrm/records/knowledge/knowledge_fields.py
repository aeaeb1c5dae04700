"""Fields that the nouns of knowledge share: names of one word, and numbers of rows."""

import re
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.records.fields import (
    CLEAR,
    ChangeDay,
    Computed,
    Instant,
    Integer,
    Key,
    Reference,
)
from cardcrm.text import quote

_NAME: Final = re.compile(r"[^\W_][\w./-]*")
_MAX_NAME: Final = 60  # characters


class OneWordName(Key):
    """The name of a row: one word in lower case, with a letter in it."""

    __slots__ = ()

    def __init__(self, **options: Any) -> None:
        super().__init__(
            "name", non_ascii_key="name_key", required=True, unique=True, listed=True,
            searchable=True, headed=True, help="Name, one word.", **options,
        )  # fmt: skip

    @staticmethod
    def normalize(value: str) -> str:
        """Return the name as it is stored. Raises UsageError for several words or a number."""
        name = value.strip().lower()
        if len(name) > _MAX_NAME or name.isdigit() or not _NAME.fullmatch(name):
            example = "-".join(re.findall(r"\w+", name)) or "opening-hours"
            hint = "Use one word of letters, digits and - _ . /"
            if " " in name and len(example) <= _MAX_NAME:
                hint += f" such as {example}"
            raise UsageError(f"invalid name {quote(value)}", f"{hint}.".replace("/.", "/"))
        return name


class RowCount(Computed, Integer):
    """The number of rows of a table that refer to a row, perhaps of those with a condition."""

    __slots__ = ("condition", "counted", "table")

    def __init__(
        self, key: str, table: str, counted: str = "v.id", *, where: str, **options: Any
    ) -> None:
        super().__init__(key, **options)
        self.table, self.counted = table, counted
        self.condition = where

    def value_sql(self, alias: str) -> str:
        """Return SQL for the number."""
        return (
            f"(SELECT count(DISTINCT {self.counted}) FROM {self.table} v "
            f"WHERE {self.condition.format(alias=alias)})"
        )


def case_reference(**options: Any) -> Reference:
    """Return a reference to a case; a row without a need for it stays when the case goes."""
    if not options.get("required"):
        options["on_delete"] = CLEAR
    return Reference("case_id", to="case", table="service_case", shows="text", **options)


def made_at() -> Instant:
    """Return the field of the moment at which a row was written."""
    return Instant("at", required=True, listed=True, help="When it was added.")


def created() -> ChangeDay:
    """Return the field of the day on which a row was added."""
    return ChangeDay("created_at", key="created", automatic=True)
