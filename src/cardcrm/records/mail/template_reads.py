"""Find the fields that decide whether a template can be filled in.

A field that is only shown with a fallback decides nothing. Of a field that is shown or tested it
matters whether it is empty; of one that is compared, also its value.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from jinja2 import nodes

from cardcrm.records.mail.template_fields import OBJECTS
from cardcrm.records.mail.template_language import parse
from cardcrm.records.mail.template_tree import list_children

_FALLBACKS: Final = ("default", "d", "fallback")
_EMPTINESS: Final = ("defined", "undefined")  # tests that do not look at the value


class Reads(NamedTuple):
    """The fields that a template reads, such as ``contact.city``, and those that it compares."""

    fields: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()

    def join(self, other: "Reads") -> "Reads":
        """Return the fields of both."""
        return Reads(self.fields | other.fields, self.compared | other.compared)


class _Place(NamedTuple):
    """The place of a node: within a condition, and within a comparison."""

    is_tested: bool = False
    is_compared: bool = False


@lru_cache(maxsize=64)
def find_reads(source: str, *, is_html: bool) -> Reads:
    """Return the fields that a checked source reads, without those of its snippets."""
    fields: set[str] = set()
    compared: set[str] = set()
    for path, place in _walk(parse(source, is_html=is_html), _Place()):
        (compared if place.is_compared else fields).add(path)
    return Reads(frozenset(fields | compared), frozenset(compared))


def _walk(node: nodes.Node, place: _Place) -> Iterator[tuple[str, _Place]]:
    """Yield the fields below a node, each with its place."""
    if path := _name_field(node):
        yield path, place
        return
    if isinstance(node, nodes.Filter) and not any(place) and _has_fallback(node):
        return
    for name, child in list_children(node):
        yield from _walk(child, _enter(node, name, place))


def _enter(node: nodes.Node, child: str, place: _Place) -> _Place:
    """Return the place of a child of a node."""
    is_condition = isinstance(node, nodes.If | nodes.CondExpr | nodes.For) and child in (
        "test",
        "iter",
    )
    is_test = isinstance(node, nodes.Test) and node.name not in _EMPTINESS
    return _Place(
        place.is_tested or is_condition or isinstance(node, nodes.And | nodes.Or | nodes.Not),
        place.is_compared or is_test or isinstance(node, nodes.Compare),
    )


def _has_fallback(node: nodes.Filter) -> bool:
    """Return whether a filter replaces an empty field by a constant."""
    given = [*node.args, *(each.value for each in node.kwargs)]
    is_constant = all(isinstance(each, nodes.Const) for each in given)
    return node.name in _FALLBACKS and is_constant and bool(node.node and _name_field(node.node))


def _name_field(node: nodes.Node) -> str:
    """Return the field that a node stands for, such as ``contact.fields.size``, else ""."""
    if isinstance(node, nodes.Name):
        return node.name if node.name in OBJECTS else ""
    if isinstance(node, nodes.Getattr):
        before, name = _name_field(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        before, name = _name_field(node.node), str(node.arg.value)
    else:
        return ""
    return f"{before}.{name}" if before else ""
