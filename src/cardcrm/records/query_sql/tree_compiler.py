"""Turn the tree of a query into one SQL condition, for any kind of record."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cardcrm.query import And, Node, Not, Or, Word
from cardcrm.records.query_sql.predicates import Predicate, QueryContext
from cardcrm.text import fold


class TreeCompiler(NamedTuple):
    """Compiles query trees; ``words`` and ``term`` are what these mean for one kind of record.

    ``words`` gets words as typed that a record must all contain, ``term`` one ``field:value``.
    """

    words: Callable[[QueryContext, Sequence[str]], str]
    term: Predicate

    def compile(self, ctx: QueryContext, node: Node) -> str:
        """Return the SQL condition of a tree."""
        if isinstance(node, Word):
            return self._all_of(ctx, (node,))
        if isinstance(node, And):
            return self._all_of(ctx, node.nodes)
        if isinstance(node, Not):
            with ctx.negated():
                return f"NOT ({self.compile(ctx, node.node)})"
        if isinstance(node, Or):
            with ctx.optional():
                return " OR ".join(f"({self.compile(ctx, each)})" for each in node.nodes) or "1 = 0"
        return ctx.leaf(self.term(ctx, node))

    def _all_of(self, ctx: QueryContext, nodes: Sequence[Node]) -> str:
        """Return the condition that all nodes hold; their words are looked up together."""
        words = [node.text for node in nodes if isinstance(node, Word) and fold(node.text)]
        conditions = [ctx.leaf(self.words(ctx, words))] if words else []
        conditions += [
            f"({self.compile(ctx, node)})" for node in nodes if not isinstance(node, Word)
        ]
        return " AND ".join(conditions) or "1 = 1"
