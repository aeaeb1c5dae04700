"""Find import cycles between the modules of a package.

Deferred imports (inside functions) and imports under ``TYPE_CHECKING`` count as well: two modules
that need each other cannot be read, tested or replaced alone, whenever Python loads them.
"""

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def import_graph(source: Path) -> Graph:
    """Return the imports of each module under a source folder, by dotted names."""
    modules = {_module_name(source, path): path for path in sorted(source.rglob("*.py"))}
    return {
        name: frozenset(_imports(path, modules.keys()) - {name}) for name, path in modules.items()
    }


def _module_name(source: Path, path: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, known: AbstractSet[str]) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"), filename=str(path))
    return {name for node in ast.walk(tree) for name in _imported(node, known) if name in known}


def _imported(node: ast.AST, known: AbstractSet[str]) -> Iterator[str]:
    """Yield the modules that one statement imports; the package of a module is not counted."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            submodule = f"{node.module}.{alias.name}"
            yield submodule if submodule in known else node.module


def find_cycles(graph: Graph) -> list[list[str]]:
    """Return the strongly connected components of two or more modules, the largest first.

    The algorithm is Tarjan's (Depth-first search and linear graph algorithms, 1972).
    """
    finder = _ComponentFinder(graph)
    for name in graph:
        if name not in finder.index:
            finder.visit(name)
    return sorted(finder.components, key=len, reverse=True)


class _ComponentFinder:
    """The state of one depth-first search."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._stack: list[str] = []
        self._low: dict[str, int] = {}
        self.index: dict[str, int] = {}
        self.components: list[list[str]] = []

    def visit(self, name: str) -> None:
        """Visit a module and all that it imports."""
        self.index[name] = self._low[name] = len(self.index)
        self._stack.append(name)
        for other in sorted(self._graph[name]):
            if other not in self.index:
                self.visit(other)
                self._low[name] = min(self._low[name], self._low[other])
            elif other in self._stack:
                self._low[name] = min(self._low[name], self.index[other])
        if self._low[name] == self.index[name]:
            at = self._stack.index(name)
            component, self._stack[at:] = sorted(self._stack[at:]), []
            if len(component) > 1:
                self.components.append(component)


def main(argv: list[str] | None = None) -> int:
    """Print each cycle with the imports that close it; return 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, nargs="?", default=Path("src"))
    graph = import_graph(parser.parse_args(argv).source)
    cycles = find_cycles(graph)
    for cycle in cycles:
        print(f"import cycle of {len(cycle)} modules:")
        for name in cycle:
            print(f"  {name} -> {', '.join(sorted(graph[name] & set(cycle)))}")
    return 1 if cycles else 0


if __name__ == "__main__":
    sys.exit(main())
