"""Tell which given names are forms of one name, and of which gender a name is.

The table beside this module has a line for each name in one of some ten languages: “m” or “f”, and
the forms of the name, such as its diminutives and spellings. A form may be in several lines: Alex
is Alexander or Alexandra. The forms of one line are compared as one name.
"""

from functools import cache
from pathlib import Path
from typing import Final

from cardcrm.text import fold

_TABLE = Path(__file__).with_name("given_names.txt")
_NO_GROUPS: Final[frozenset[int]] = frozenset()
# Endings by which the names of a man and of a woman differ: Paul and Paula, René and Renée.
_GENDER_ENDINGS: Final = (
    ("", "a"), ("o", "a"), ("us", "a"), ("as", "a"), ("", "ina"), ("", "ine"), ("e", "ee")
)  # fmt: skip


@cache
def _groups() -> dict[str, frozenset[int]]:
    """Return the lines that each form is in; those of women have odd numbers."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(_TABLE.read_text(encoding="utf-8").splitlines()):
        gender, *forms = line.split()
        group = 2 * number + (gender == "f")
        for form in forms:
            found.setdefault(fold(form), set()).add(group)
    return {form: frozenset(groups) for form, groups in found.items()}


def groups_of(name: str) -> frozenset[int]:
    """Return the numbers of the names that a folded name may be a form of."""
    return _groups().get(name, _NO_GROUPS)


def is_given_name(name: str) -> bool:
    """Return whether a folded name is in the table."""
    return name in _groups()


def are_variants(name: str, other: str) -> bool:
    """Return whether two folded names are forms of one name: Bob and Robert."""
    return not groups_of(name).isdisjoint(groups_of(other))


def forms_of(name: str) -> frozenset[str]:
    """Return all forms of the names that a folded name may be a form of, itself included."""
    return frozenset().union(*(_forms()[group] for group in groups_of(name)))


@cache
def _forms() -> dict[int, frozenset[str]]:
    forms: dict[int, set[str]] = {}
    for form, groups in _groups().items():
        for group in groups:
            forms.setdefault(group, set()).add(form)
    return {group: frozenset(each) for group, each in forms.items()}


@cache
def _headwords() -> frozenset[str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line.split()[1]) for line in lines)


def are_two_names(name: str, other: str) -> bool:
    """Return whether two forms of one name are names of their own as well: Emma and Emily."""
    return name in _headwords() and other in _headwords()


def gender_of(name: str) -> str:
    """Return “m” or “f” for a folded name of one gender, else an empty text."""
    genders = {"mf"[group % 2] for group in groups_of(name)}
    return genders.pop() if len(genders) == 1 else ""


def differ_in_gender(name: str, other: str) -> bool:
    """Return whether two folded names that are not in the table look like a man's and a woman's."""
    return any(
        _has_endings(name, other, *endings) or _has_endings(other, name, *endings)
        for endings in _GENDER_ENDINGS
    )


def _has_endings(name: str, other: str, mine: str, theirs: str) -> bool:
    """Return whether two names are one stem with two endings."""
    if not (name.endswith(mine) and other.endswith(theirs)):
        return False
    stem = name[: len(name) - len(mine)]
    return len(stem) > 2 and stem == other[: len(other) - len(theirs)]
