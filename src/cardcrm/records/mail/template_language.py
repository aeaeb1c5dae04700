"""The language of templates: a small part of Jinja2, in its sandbox.

A template can show fields, choose and repeat; it has no calls, no arithmetic and no variables of
its own. So any template ends soon, stays small, and reaches nothing but the fields that it is
given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from jinja2 import DictLoader, StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError, UndefinedError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from cardcrm.errors import UsageError
from cardcrm.records.mail.template_fields import CUSTOM, FIELDS, MAX_SOURCE, OBJECTS, VALUES
from cardcrm.records.mail.template_tree import list_children, walk
from cardcrm.text import find_similar

MAX_OUTPUT: Final = 1_000_000  # characters of a mail
MAX_INCLUDES: Final = 50
_MAX_BLOCKS: Final = 10  # within each other
_MAX_LOOPS: Final = 2  # within each other, over lists of one contact or quote
_LOOP_FIELDS: Final = ("index", "first", "last", "length")
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.Include, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.List,
    nodes.Tuple, nodes.Keyword,
)  # fmt: skip
_FILTERS: Final = (
    "default", "d", "upper", "lower", "capitalize", "title", "trim", "truncate", "first", "last",
    "length", "escape", "e",
)  # fmt: skip
_LIST_FILTERS: Final = ("first", "last", "length", "join")
_TESTS: Final = ("defined", "undefined", "in", "eq", "equalto", "ne")


Load = Callable[[], Mapping[str, Any]]  # reads the values of fields


class EmptyFieldError(UndefinedError):
    """A field without a value is shown; the message is the name of the field."""


class EmptyField(Undefined):
    """A field without a value: false in a condition, replaced by `default`, else an error."""

    __slots__ = ()

    def __str__(self) -> str:
        return self._fail_with_undefined_error()

    def __iter__(self) -> Iterator[Any]:
        return self._fail_with_undefined_error()

    def __len__(self) -> int:
        return self._fail_with_undefined_error()

    def __eq__(self, other: object) -> bool:
        return other == "" or isinstance(other, Undefined)

    def __hash__(self) -> int:
        return 0

    @property
    def path(self) -> str:
        """The name of the field, such as ``contact.city``."""
        return str(self._undefined_hint)


class Fields:
    """The fields of one object, such as the contact, by their names.

    The object stands for the field of that ``shown`` name where a template names no field of it.
    Fields that take a query are given as a function, which is called once one of them is shown.
    """

    __slots__ = ("_source", "label", "shown")

    def __init__(self, label: str, source: "Mapping[str, Any] | Load", shown: str = "name") -> None:
        self.label, self._source, self.shown = label, source, shown

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of the fields by their names."""
        if callable(self._source):
            self._source = self._source()
        return self._source

    def __str__(self) -> str:
        return str(self.find(self.shown))

    def __html__(self) -> str:
        return str(escape(str(self)))

    def find(self, name: str) -> Any:
        """Return a field, or an `EmptyField`. Raises UndefinedError for an unknown one."""
        path = f"{self.label}.{name}"
        if name not in self.values:
            if self.label == VALUES:
                return make_empty_field(path)
            raise UndefinedError(_unknown_field(path, name, self.values))
        value = self.values[name]
        return make_empty_field(path) if value in ("", None) else value


def make_empty_field(path: str) -> EmptyField:
    """Return a field without a value."""
    return EmptyField(hint=path, exc=EmptyFieldError)


def _unknown_field(path: str, name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    like = find_similar(name, known)
    return f"unknown field {path}" + (f"; did you mean {like[0]}?" if like else "")


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which only `Fields`, lists and loops have something behind the dot."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of an object. Raises UndefinedError."""
        if isinstance(obj, Fields):
            return obj.find(attribute)
        if isinstance(obj, EmptyField):
            return make_empty_field(f"{obj.path}.{attribute}")
        if isinstance(obj, LoopContext) and attribute in _LOOP_FIELDS:
            return getattr(obj, attribute)
        raise UndefinedError(f"unknown field “{attribute}” of a value")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a field, or an item of a list by its place. Raises UndefinedError."""
        if isinstance(obj, tuple) and isinstance(argument, int):
            is_inside = -len(obj) <= argument < len(obj)
            return obj[argument] if is_inside else make_empty_field("list item")
        return self.getattr(obj, str(argument))


def _join(items: Any, separator: str = "") -> str:
    """Return the items of a list with a separator between them."""
    if not isinstance(items, list | tuple):
        raise UndefinedError("join is for lists")
    texts = [str(each) for each in items]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_OUTPUT:
        raise UndefinedError("the text of a list is too long")
    return separator.join(texts)


def _fallback(value: Any, instead: Any = "") -> Any:
    """Return another value in place of an empty one."""
    return instead if isinstance(value, Undefined) or value in ("", (), None) else value


def _break_lines(value: Any) -> Markup:
    """Return a text of several lines as HTML."""
    return Markup("<br>\n").join(escape(value).split("\n"))


@lru_cache(maxsize=2)
def _create_environment(*, is_html: bool) -> _Environment:
    found = _Environment(autoescape=is_html, undefined=StrictUndefined, keep_trailing_newline=True,
                         trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    found.globals.clear()
    found.filters = {name: FILTERS[name] for name in _FILTERS}
    found.filters |= {"join": _join, "fallback": _fallback}
    found.filters["lines"] = _break_lines if is_html else str
    found.tests = {name: found.tests[name] for name in _TESTS}
    return found


# Checks


Find = Callable[[str], str]  # returns the source of a snippet, or raises NotFoundError


def check(source: str, place: str, find_snippet: Find, *, is_html: bool) -> dict[str, str]:
    """Return the snippets that a source includes, also through others.

    ``place`` says where the source is, in a message. Raises UsageError.
    """
    snippets: dict[str, str] = {}
    _Checker(find_snippet, snippets, is_html=is_html).check(source, place, 0)
    return snippets


class _Include(NamedTuple):
    """An include of a snippet: its name, its line, and the loops around it."""

    name: str
    line: int
    loops: int


class _Checker:
    """The check of one source and of the snippets that it includes."""

    def __init__(self, find_snippet: Find, snippets: dict[str, str], *, is_html: bool) -> None:
        self.find_snippet, self.snippets, self.is_html = find_snippet, snippets, is_html
        self.count = 0

    def check(self, source: str, place: str, loops: int, within: tuple[str, ...] = ()) -> None:
        """Check a source that is ``within`` others and their ``loops``."""
        for each in _check_source(source, place, loops, is_html=self.is_html):
            self._include(each, place, within)

    def _include(self, found: _Include, place: str, within: tuple[str, ...]) -> None:
        name = found.name
        self.count += 1
        if name in within or self.count > MAX_INCLUDES:
            problem = f"includes “{name}” within itself" if name in within else "includes too many"
            raise UsageError(f"{place}, line {found.line}: {problem}", "Remove an include.")
        source = self.find_snippet(name)
        self.snippets[name] = source
        self.check(source, f"snippet {name}", found.loops, (*within, name))


# A campaign has the same source checked for each of its mails.
@lru_cache(maxsize=64)
def _check_source(source: str, place: str, loops: int, *, is_html: bool) -> tuple[_Include, ...]:
    """Return the includes of a source within some loops. Raises UsageError."""
    if len(source) > MAX_SOURCE:
        raise UsageError(f"{place} is longer than {MAX_SOURCE:,} characters", "Shorten it.")
    environment = _create_environment(is_html=is_html)
    found = []
    for node, names, depth in _parse(source, place, environment, loops):
        problem, hint = _find_problem(node, names, depth, environment)
        if problem:
            raise UsageError(f"{place}, line {node.lineno}: {problem}", hint)
        if isinstance(node, nodes.Include):
            assert isinstance(node.template, nodes.Const)
            found.append(_Include(str(node.template.value), node.lineno, depth[0]))
    return tuple(found)


def _parse(
    source: str, place: str, environment: _Environment, loops: int
) -> list[tuple[nodes.Node, frozenset[str], tuple[int, int]]]:
    """Return the nodes of a source, as `walk` yields them. Raises UsageError."""
    try:
        return list(walk(environment.parse(source), frozenset(), (loops, 0)))
    except TemplateSyntaxError as error:
        raise UsageError(
            f"{place}, line {error.lineno}: {error.message or 'syntax error'}",
            "Fields are written as {{ contact.first_name }}.",
        ) from error
    except (RecursionError, MemoryError) as error:
        raise UsageError(f"{place} is nested too deeply", "Simplify it.") from error
    except ValueError as error:  # a number of more than 4,300 digits
        raise UsageError(f"{place}: {error}", _SIMPLE) from error


_SIMPLE: Final = "Templates have fields, filters, if, for and include only."


def _find_problem(
    node: nodes.Node, names: frozenset[str], depth: tuple[int, int], environment: _Environment
) -> tuple[str, str]:
    """Return what is wrong with a node, and the remedy; "" for nothing."""
    if not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
        return f"{type(node).__name__.lower()} is not allowed", _SIMPLE
    if depth[0] > _MAX_LOOPS or depth[1] > _MAX_BLOCKS:
        return "too many blocks within each other", "Simplify the template."
    if _has_stray_list(node):
        return "a list is for the words “for” and “in”, and for join", _SIMPLE
    if isinstance(node, nodes.Filter | nodes.Test):
        return _check_filter(node, environment)
    if isinstance(node, nodes.Include):
        is_name = isinstance(node.template, nodes.Const) and isinstance(node.template.value, str)
        return ("", "") if is_name else ("include needs a name in quotes", _SIMPLE)
    return _check_names(node, names)


def _has_stray_list(node: nodes.Node) -> bool:
    """Return whether a list would be shown: its objects have no text of their own."""
    if isinstance(node, nodes.Operand | nodes.For | nodes.Test):
        return False
    if isinstance(node, nodes.Filter) and node.name in _LIST_FILTERS:
        return False
    return any(isinstance(each, nodes.List | nodes.Tuple) for _, each in list_children(node))


def _check_names(node: nodes.Node, names: frozenset[str]) -> tuple[str, str]:
    if isinstance(node, nodes.Name):
        return _check_name(node, names)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        return _check_field(node, names)
    return "", ""


def _check_filter(node: nodes.Filter | nodes.Test, environment: _Environment) -> tuple[str, str]:
    """Return what is wrong with a filter or a test, and the remedy."""
    known = environment.filters if isinstance(node, nodes.Filter) else environment.tests
    if node.name not in known:
        kind = type(node).__name__.lower()
        return f"unknown {kind} “{node.name}”", _suggest(node.name, known)
    length = node.args[0] if node.name == "truncate" and node.args else None
    if isinstance(length, nodes.Const) and isinstance(length.value, int) and length.value < 3:
        return "truncate needs a length of 3 or more", "The three dots at the end count as well."
    return "", ""


def _check_name(node: nodes.Name, names: frozenset[str]) -> tuple[str, str]:
    if node.ctx == "store":
        is_taken = node.name in OBJECTS
        return (f"“{node.name}” cannot be a loop variable", "Rename it.") if is_taken else ("", "")
    if node.name in names or node.name in OBJECTS:
        return "", ""
    return f"unknown name “{node.name}”", _suggest(node.name, [*OBJECTS, *names])


def _check_field(node: nodes.Getattr | nodes.Getitem, names: frozenset[str]) -> tuple[str, str]:
    if isinstance(node, nodes.Getattr):
        name: object = node.attr
    elif isinstance(node.arg, nodes.Const):
        name = node.arg.value
    else:
        return "a field needs a name in quotes between the brackets", _SIMPLE
    if isinstance(name, str) and name.startswith("_"):
        return f"unknown field “{name}”", _SIMPLE
    if not isinstance(node.node, nodes.Name) or node.node.name in names:
        return "", ""
    known = FIELDS.get(node.node.name)
    if known is None or name in known:
        return "", ""
    others = [f"{node.node.name}.{each}" for each in known]
    path = f"{node.node.name}.{name}"
    hint = _suggest(path, others)
    custom = f"Custom fields are written as contact.{CUSTOM}.{name}."
    return f"unknown field {path}", f"{hint} {custom}" if node.node.name == "contact" else hint


def _suggest(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    like = find_similar(name, list(known))
    return f"Did you mean {like[0]}?" if like else f"Use one of: {', '.join(sorted(known))}."


def parse(source: str, *, is_html: bool) -> nodes.Template:
    """Return the syntax tree of a source that was checked."""
    return _create_environment(is_html=is_html).parse(source)


# Rendering


@lru_cache(maxsize=64)
def compile_template(
    source: str, snippets: tuple[tuple[str, str], ...], *, is_html: bool
) -> Template:
    """Return a checked source, ready to be filled in. Raises UsageError."""
    environment = _create_environment(is_html=is_html).overlay(loader=DictLoader(dict(snippets)))
    try:
        return environment.from_string(source)
    except (TemplateError, SyntaxError, RecursionError, MemoryError) as error:
        raise UsageError(f"the template is invalid: {error}", _SIMPLE) from error


def fill_in(template: Template, values: Mapping[str, Any]) -> str:
    """Return the text of a template with its fields filled in.

    Raises UndefinedError, of which EmptyFieldError names a field without a value.
    """
    try:
        return _fill_in(template, values)
    except (TypeError, ValueError, ArithmeticError, RecursionError, AssertionError) as error:
        raise UndefinedError(f"a filter or comparison does not fit its value: {error}") from error


def _fill_in(template: Template, values: Mapping[str, Any]) -> str:
    parts, size = [], 0
    for part in template.generate(values):
        size += len(part)
        if size > MAX_OUTPUT:
            raise UsageError(
                f"the mail is longer than {MAX_OUTPUT:,} characters", "Shorten the template."
            )
        parts.append(part)
    return "".join(parts)
