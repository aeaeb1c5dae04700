"""Walk through the syntax tree of a template."""

from collections.abc import Iterator

from jinja2 import nodes


def walk(
    node: nodes.Node, names: frozenset[str], depth: tuple[int, int]
) -> Iterator[tuple[nodes.Node, frozenset[str], tuple[int, int]]]:
    """Yield all nodes with the loop variables known there, and the loops and blocks around."""
    yield node, names, depth
    for field, child in list_children(node):
        inner, at = names, depth
        if isinstance(node, nodes.For) and field in ("body", "test", "target"):
            inner = names | {each.name for each in _targets(node)} | {"loop"}
            at = (depth[0] + 1, depth[1] + 1)
        elif isinstance(node, nodes.If) and field == "body":
            at = (depth[0], depth[1] + 1)
        yield from walk(child, inner, at)


def list_children(node: nodes.Node) -> Iterator[tuple[str, nodes.Node]]:
    """Yield the nodes below a node, each with the name of the field that has it."""
    for field, value in node.iter_fields():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, nodes.Node):
                yield field, child


def _targets(node: nodes.For) -> Iterator[nodes.Name]:
    if isinstance(node.target, nodes.Name):
        yield node.target
    else:
        yield from node.target.find_all(nodes.Name)
