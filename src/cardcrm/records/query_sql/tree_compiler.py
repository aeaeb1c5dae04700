"""Turn the tree of a query into one SQL condition, for any kind of record."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.records.query_sql.predicates import Predicate, QueryContext, join_balanced
from cardcrm.text import fold, fold_umlauts, list_spellings

_ORDERED = ("<", "<=", ">", ">=")
_ID = r"[0-9]{1,18}"


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
            if ids := _list_ids(node):
                return ctx.is_among(f"{ctx.alias}.id", ids)
            with ctx.optional():
                return join_balanced("OR", [self.compile(ctx, each) for each in node.nodes])
        if node.op in _ORDERED and not node.value.strip():
            name = f"{node.field}{node.op}"
            raise UsageError(f"a value is missing after “{name}”", f"For none: {node.field}:none")
        return ctx.leaf(self.term(ctx, node))

    def _all_of(self, ctx: QueryContext, nodes: Sequence[Node]) -> str:
        """Return the condition that all nodes hold; their words are looked up together."""
        typed = [node.text for node in nodes if isinstance(node, Word) and fold(node.text)]
        words = [text for text in typed if not fold_umlauts(text)]
        conditions = [ctx.leaf(self.words(ctx, words))] if words else []
        conditions += [self._any_spelling(ctx, text) for text in typed if fold_umlauts(text)]
        conditions += [self.compile(ctx, node) for node in nodes if not isinstance(node, Word)]
        return join_balanced("AND", conditions) if conditions else "1 = 1"

    def _any_spelling(self, ctx: QueryContext, text: str) -> str:
        """Return the condition of a word with an umlaut, which finds ae for ä as well."""
        with ctx.optional():
            found = [ctx.leaf(self.words(ctx, [key])) for key in list_spellings(text)]
        return join_balanced("OR", found)


def _list_ids(node: Or) -> list[int]:
    """Return the ids that a record may have where a tree asks for ids alone; otherwise none."""
    terms = [each for each in node.nodes if isinstance(each, Term)]
    is_plain = len(terms) == len(node.nodes) and all(
        each.field == "id" and each.op in (":", "=") and re.fullmatch(_ID, each.value)
        for each in terms
    )
    return [int(each.value) for each in terms] if is_plain else []
