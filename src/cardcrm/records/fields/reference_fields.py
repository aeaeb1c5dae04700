"""Fields that refer to other rows, and what becomes of a row when the other one goes."""

from typing import Any, Final

from cardcrm.records.fields.field import Context, Field, Row

# Actions on a row when the contact that it refers to is deleted.
CASCADE: Final = "cascade"  # the row is deleted too
CLEAR: Final = "clear"  # the reference is emptied
REFUSE: Final = "refuse"  # the other row cannot be deleted while this one refers to it
CASCADE_LAST: Final = "cascade last"  # the row goes, and its parent once nothing else refers to it

# Actions on a row when its contact is merged into another one.
REPARENT: Final = "reparent"  # the row moves to the contact that stays


class Reference(Field):
    """A reference to a row of another noun; a contact is named as WHO names it.

    ``shows`` is the column of the other row that names it. A reference that ``adds_org`` adds an
    organization of a name that no contact has.
    ``on_delete`` says what becomes of this row when that one goes, ``on_merge`` what becomes of it
    when that one is merged into another. ``if_refused`` is the remedy where that one cannot be
    deleted; ``{id}`` stands for its number. One that ``may_repeat`` may name the row that another
    reference of its row names. ``table`` is the table of that noun, if it has another name.
    """

    __slots__ = (
        "adds_org", "if_refused", "may_repeat", "on_delete", "on_merge", "shows", "table", "to",
    )  # fmt: skip
    sample = "jane"
    sql = "BIGINT"
    metavar = "WHO"
    is_wide = True

    def __init__(
        self,
        column: str,
        *,
        to: str = "contact",
        table: str = "",
        shows: str = "name",
        on_delete: str = CASCADE,
        on_merge: str = REPARENT,
        if_refused: str = "",
        adds_org: bool = False,
        may_repeat: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("filter", "who" if to == "contact" else column.removesuffix("_id"))
        super().__init__(column, **options)
        self.to, self.table, self.shows = to, table or to, shows
        self.on_delete, self.on_merge = on_delete, on_merge
        self.if_refused = if_refused
        self.adds_org = adds_org
        self.may_repeat = may_repeat

    @property
    def name_column(self) -> str:
        """The column of a listed row that holds the name of what is referred to."""
        return f"{self.column}_name"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        """Return the id that a text is; `records.parse_texts` looks names up."""
        return int(text.strip().removeprefix("#"))

    def ids(self, row: Row) -> list[int]:
        """Return the id of what a row refers to, in a list."""
        return [] if row[self.column] is None else [row[self.column]]

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return the name of what is referred to."""
        return row[self.name_column]

    def definition(self) -> list[tuple[str, str]]:
        """Return the column with its reference."""
        needed = " NOT NULL" if self.is_required else ""
        return [(self.column, f"BIGINT{needed} REFERENCES {self.table} (id)")]

    def value_sql(self, alias: str) -> str:
        """Return SQL for the name of what is referred to."""
        return f"(SELECT n.{self.shows} FROM {self.table} n WHERE n.id = {alias}.{self.column})"

    def sort_sql(self, alias: str) -> str:
        """Return SQL that sorts by the name of what is referred to."""
        return self.value_sql(alias)


class References(Field):
    """Rows of another noun that a table in between ties to this one, such as participants.

    They can be changed if ``removed_by`` names the option that unties a row.
    """

    __slots__ = ("removed_by", "shows", "to", "to_column", "via", "via_column")
    metavar = "WHO"
    is_wide = True

    def __init__(
        self,
        key: str,
        *,
        via: str,
        via_column: str,
        to_column: str,
        to: str,
        shows: str = "name",
        removed_by: str = "",
        **options: Any,
    ) -> None:
        super().__init__(key, key=key, option=key, sortable=False, **options)
        self.via, self.via_column, self.to_column = via, via_column, to_column
        self.to, self.shows = to, shows
        self.removed_by = removed_by

    @property
    def ids_column(self) -> str:
        """The column of a listed row that holds the ids of what is referred to."""
        return f"{self.key}_ids"

    def ids(self, row: Row) -> list[int]:
        """Return the ids of what a row refers to."""
        return [int(each) for each in (row[self.ids_column] or "").split(",") if each]

    @property
    def columns(self) -> tuple[str, ...]:
        """No column of the noun's own table."""
        return ()

    def definition(self) -> list[tuple[str, str]]:
        """Return nothing: the table in between holds the references."""
        return []

    def value_sql(self, alias: str) -> str:
        """Return SQL that joins the names, each once; ``{join}`` is the engine's function."""
        return (
            f"(SELECT {{join}}(names.name, ', ') FROM (SELECT n.{self.shows} AS name "
            f"FROM {self.via} v JOIN {self.to} n ON n.id = v.{self.to_column} "
            f"WHERE v.{self.via_column} = {alias}.id GROUP BY n.id, n.{self.shows} "
            "ORDER BY min(v.id)) names)"
        )

    def ids_sql(self, alias: str) -> str:
        """Return SQL that joins the ids with commas, each once."""
        return (
            f"(SELECT {{join}}(CAST(tied.id AS TEXT), ',') FROM (SELECT v.{self.to_column} AS id "
            f"FROM {self.via} v WHERE v.{self.via_column} = {alias}.id GROUP BY v.{self.to_column} "
            "ORDER BY min(v.id)) tied)"
        )
