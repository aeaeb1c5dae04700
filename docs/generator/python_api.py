"""Generate the reference of the public Python API from its docstrings."""

import functools
import inspect
import re
import types
import typing
from typing import Any


def reference() -> str:
    """Describe every public name: functions, then types, then errors."""
    from cardcrm import api

    named = {name: getattr(api, name) for name in api.__all__}
    functions = {name: each for name, each in named.items() if inspect.isfunction(each)}
    errors = {
        name: each
        for name, each in named.items()
        if inspect.isclass(each) and issubclass(each, Exception)
    }
    others = {name: named[name] for name in named if name not in {*functions, *errors}}
    parts = ["## Functions", *(_function(name, each) for name, each in functions.items())]
    parts += ["## Types", *(_class(name, each) for name, each in others.items())]
    parts += ["## Errors", *(f"### {name}\n\n{_text(each)}" for name, each in errors.items())]
    return "\n\n".join(parts)


def _function(name: str, function: Any) -> str:
    return f"### {name}\n\n```python\n{name}{_signature(function)}\n```\n\n{_text(function)}"


def _signature(function: Any) -> str:
    """Return the parameters of a function, one a line, with short names of their types."""
    signature = inspect.signature(function)
    lines, is_keyword = [], False
    for each in signature.parameters.values():
        if each.kind is each.KEYWORD_ONLY and not is_keyword:
            lines.append("    *,")
            is_keyword = True
        default = _default(each.default)
        lines.append(f"    {each.name}: {_type(each.annotation)}{default},")
    joined = "\n".join(lines)
    return f"(\n{joined}\n) -> {_type(signature.return_annotation)}"


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return ""
    return " = …" if inspect.isfunction(value) else f" = {value!r}"


def _type(annotation: Any) -> str:
    """Return a type as it is written in code, without the modules of its parts."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    if isinstance(annotation, types.GenericAlias | types.UnionType):
        text = str(annotation)
    short = re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", text).replace("'", "")
    return re.sub(r"\w+", lambda word: _public_names().get(word[0], word[0]), short)


@functools.cache
def _public_names() -> dict[str, str]:
    """Return the public names of the types that have another name where they are defined."""
    from cardcrm import api

    classes = {name: getattr(api, name) for name in api.__all__}
    return {each.__name__: name for name, each in classes.items() if inspect.isclass(each)}


def _class(name: str, class_: Any) -> str:
    fields = "\n".join(
        f"    {field}: {_type(type_)}"
        for field, type_ in typing.get_type_hints(class_).items()
        if field in _fields(class_)
    )
    parts = [f"### {name}"] + ([f"```python\nclass {name}:\n{fields}\n```"] if fields else [])
    methods = [
        f"- `{method}`: {_text(each).splitlines()[0]}"
        for method, each in vars(class_).items()
        if method in METHODS.get(name, ())
    ]
    return "\n\n".join([*parts, _text(class_), *(["\n".join(methods)] if methods else [])])


# The methods of a store that are public.
METHODS = {"Store": ("transaction", "rows", "value", "close")}


def _fields(class_: Any) -> tuple[str, ...]:
    """Return the fields of a frozen class."""
    names = getattr(class_, "_fields", None) or getattr(class_, "__dataclass_fields__", ())
    return tuple(names)


def _text(documented: Any) -> str:
    """Return a docstring as Markdown."""
    return inspect.cleandoc(documented.__doc__ or "").replace("``", "`")
