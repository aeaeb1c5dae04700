"""The users that a database knows: those who own, plan or changed something."""

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records import registry
from cardcrm.records.fields import User, Users, name_user, split_users
from cardcrm.store import Store
from cardcrm.text import find_similar, fold


def list_users(store: Store) -> list[str]:
    """Return the names of all users, each in one spelling."""
    found = {fold(row[0]): str(row[0]) for row in store.rows(_users_sql())}
    for type_ in registry.all_types():
        for field in type_.fields:
            if isinstance(field, Users):
                for row in store.rows(f"SELECT {field.column} FROM {type_.table_name}"):
                    found |= {fold(each): each for each in split_users(row[0])}
    return sorted(found.values())


def _users_sql() -> str:
    columns = [
        (field.column, type_.table_name)
        for type_ in registry.all_types()
        for field in type_.fields
        if isinstance(field, User)
    ]
    selects = [f"SELECT {name} FROM {table} WHERE {name} <> ''" for name, table in columns]
    return " UNION ".join([*selects, "SELECT author FROM step WHERE author <> ''"])


def parse_user(store: Store, text: str) -> str:
    """Return the user that a text names; ``me`` is the one who runs the command."""
    name = name_user(text, store)
    if not name:
        raise UsageError("no user given", "Name one, or me for yourself.")
    return name


def find_user(store: Store, text: str) -> str:
    """Return a known user as it is written. Raises NotFoundError with the nearest names."""
    name, known = parse_user(store, text), list_users(store)
    found = next((each for each in known if fold(each) == fold(name)), "")
    if not found:
        hint = f"Users: {', '.join(known[:10])}." if known else "There are no users yet."
        raise NotFoundError(f"unknown user “{name}”", hint, near=find_similar(name, known))
    return found


def find_successor(store: Store, text: str, *, is_new: bool = False) -> str:
    """Return the user that takes over records, who may be new.

    Raises NotFoundError for a new user with a name like that of a known one, unless ``is_new``.
    """
    try:
        return find_user(store, text)
    except NotFoundError as error:
        if error.near and not is_new:
            error.hint = f"For a new user, add --new. {error.hint}"
            raise
        return parse_user(store, text)
