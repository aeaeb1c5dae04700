"""Compare users in SQL: by their folded names, so that Ann and ann are one."""


def owner_key(alias: str) -> str:
    """Return SQL for the key of the owner of a row; compare it with `text.fold` of a name.

    SQLite lowers ASCII letters only, so the key of another name is in a column of its own.
    """
    column = f"{alias}.owner_key"
    return f"(CASE WHEN {column} = '' THEN lower({alias}.owner) ELSE {column} END)"
