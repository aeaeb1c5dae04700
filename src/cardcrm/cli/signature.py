"""Parameters of commands that are built from a declaration, not written as a signature."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import typer

REQUIRED = inspect.Parameter.empty


class Param(NamedTuple):
    """A parameter of a command as Typer reads it."""

    name: str
    annotation: Any
    default: Any


def give_signature(command: Callable[..., Any], params: Sequence[Param]) -> None:
    """Make a function look as if it had been written with these parameters."""
    kind = inspect.Parameter.KEYWORD_ONLY
    ctx = inspect.Parameter(
        "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    listed = [
        inspect.Parameter(each.name, kind, default=each.default, annotation=each.annotation)
        for each in params
    ]
    command.__signature__ = inspect.Signature([ctx, *listed])  # type: ignore[attr-defined]
    hints = {each.name: each.annotation for each in params}
    command.__annotations__ = {"ctx": typer.Context, **hints}
