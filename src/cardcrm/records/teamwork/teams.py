"""Teams: users whose figures are reported together."""

from typing import NamedTuple

from cardcrm.errors import NotFoundError
from cardcrm.records.fields import split_users
from cardcrm.store import Store
from cardcrm.text import find_similar, fold


class Team(NamedTuple):
    """A team with its members."""

    name: str
    members: tuple[str, ...]


def list_teams(store: Store) -> list[Team]:
    """Return all teams by name."""
    rows = store.rows("SELECT name, members FROM team ORDER BY name_key, id")
    return [Team(row[0], tuple(split_users(row[1]))) for row in rows]


def find_team(store: Store, name: str) -> Team:
    """Return the team of a name. Raises NotFoundError with the nearest names."""
    known = list_teams(store)
    found = next((each for each in known if fold(each.name) == fold(name)), None)
    if found is None:
        near = find_similar(name, [each.name for each in known])
        raise NotFoundError(f"unknown team “{name}”", "See `cardcrm team list`.", near=near)
    return found


def list_members(store: Store, names: str) -> tuple[str, ...]:
    """Return the members of the teams that a text names, each once. Raises NotFoundError."""
    teams = [find_team(store, each) for each in split_users(names)]
    return tuple(dict.fromkeys(each for team in teams for each in team.members))
