"""The package as the index and a visitor meet it: version, addresses, programs it was tested on."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

import cardcrm
from tools import pypi_readme

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SOURCE = PROJECT["project"]["urls"]["Source"]


def test_the_version_is_written_in_one_place() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    path = ROOT / PROJECT["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{cardcrm.__version__}"' in path.read_text("utf-8")


def test_the_readme_of_the_index_has_addresses_that_work_there() -> None:
    text = pypi_readme.make_absolute((ROOT / "README.md").read_text("utf-8"), SOURCE)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert targets
    assert [each for each in targets if not re.match(r"https://|#", each)] == []
    raw = SOURCE.replace("github.com", "raw.githubusercontent.com")
    pictures = re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", text)
    assert pictures
    for each in pictures:
        assert (ROOT / each.removeprefix(f"{raw}/main/")).is_file()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![a b](docs/x.svg)", "![a b](https://raw.githubusercontent.com/o/p/main/docs/x.svg)"),
        ("[a](docs/x.md#y)", "[a](https://github.com/o/p/blob/main/docs/x.md#y)"),
        ("[a](https://example.com) [b](#c)", "[a](https://example.com) [b](#c)"),
    ],
)
def test_relative_addresses_become_those_of_the_repository(text: str, expected: str) -> None:
    assert pypi_readme.make_absolute(text, "https://github.com/o/p") == expected


def test_every_address_of_the_project_leads_to_one_repository() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / ".github").rglob("*.yml")]
    texts = [page.read_text("utf-8") for page in pages]
    found = re.findall(r"https://github\.com/[\w-]+/cardcrm", " ".join(texts))
    urls = PROJECT["project"]["urls"].values()
    assert set(found) == {SOURCE}
    assert all(each.startswith(SOURCE) for each in urls)


def imported_libraries() -> set[str]:
    """Return the modules outside of Python that the program imports."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"cardcrm"}


def test_every_library_that_the_program_imports_is_a_declared_requirement() -> None:
    optional = PROJECT["project"]["optional-dependencies"]
    extras = re.findall(r"\[(\w+)\]", " ".join(optional["all"]))
    required = [
        *PROJECT["project"]["dependencies"],
        *(each for extra in extras for each in optional[extra]),
    ]
    declared = {re.split(r"[<>=\[;]", each)[0] for each in required}
    packages = {
        "dateutil": "python-dateutil",
        "flufl": "flufl.bounce",
        "phonenumbers": "phonenumberslite",
    }
    for name in imported_libraries():
        assert packages.get(name, name.replace("_", "-")) in declared, name
