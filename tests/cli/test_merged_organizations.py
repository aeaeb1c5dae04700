"""The name of an organization that was merged into another one means that one, everywhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

Result = tuple[int, str, str]


@pytest.fixture
def merged(typed: Callable[..., Result]) -> Callable[..., Result]:
    """Run commands where Apex Ltd was merged into Summit."""
    typed("add", "Summit", "--kind", "org")
    typed("add", "Apex Ltd", "--kind", "org")
    typed("add", "Fay", "--org", "Summit")
    assert typed("merge", "summit", "apex", "--yes")[0] == 0
    return typed


def list_orgs(typed: Callable[..., Result]) -> tuple[str, str]:
    """Return the organizations, and the names of those who work at Summit."""
    orgs = typed("find", "kind:org", "--format", "csv", "--columns", "name", "--no-header")[1]
    people = typed("find", "org:summit", "--format", "csv", "--columns", "name", "--no-header")[1]
    return orgs, people


@pytest.mark.parametrize("name", ["Apex Ltd", "apex ltd", " APEX  LTD "])
def test_add_and_edit_take_the_remaining_organization(
    merged: Callable[..., Result], name: str
) -> None:
    assert merged("add", "Eve", "--org", name)[0] == 0
    merged("add", "Gil")
    assert merged("edit", "gil", "--org", name)[0] == 0
    assert list_orgs(merged) == ("Summit\n", "Eve\nFay\nGil\n")


def test_an_import_takes_the_remaining_organization(
    merged: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,org\nEve,Apex Ltd\n")
    assert merged("import", str(file))[0] == 0
    assert list_orgs(merged) == ("Summit\n", "Eve\nFay\n")


def test_an_organization_of_that_very_name_comes_first(merged: Callable[..., Result]) -> None:
    merged("add", "Apex Ltd", "--kind", "org")
    merged("add", "Eve", "--org", "Apex Ltd")
    assert list_orgs(merged) == ("Apex Ltd\nSummit\n", "Fay\n")


def test_the_nickname_of_a_person_is_no_organization(merged: Callable[..., Result]) -> None:
    merged("add", "Hal", "--nick", "Nimbus")
    merged("add", "Eve", "--org", "Nimbus")
    assert list_orgs(merged)[0] == "Nimbus\nSummit\n"
