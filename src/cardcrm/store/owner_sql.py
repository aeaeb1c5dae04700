"""Compare users in SQL: by their folded names, so that Ann and ann are one."""


def owner_key(alias: str, column: str = "owner") -> str:
    """Return SQL for the key of the user in a column; compare it with `text.fold` of a name."""
    return f"({folded_key(f'{alias}.{column}', f'{alias}.{column}_key')})"


def folded_key(column: str, key: str) -> str:
    """Return SQL for the folded value of a column, of which ``key`` is that of non-ASCII letters.

    SQLite lowers ASCII letters only, so the key of any other text is in a column of its own.
    """
    return f"CASE WHEN {key} = '' THEN lower({column}) ELSE {key} END"
