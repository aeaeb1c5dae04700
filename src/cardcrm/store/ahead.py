"""Asking a server several things in one trip.

However little is asked, a statement waits for its answer as long as the way to the server and back
takes, and a card is made of more than a dozen. What needs no answer of another is asked together
with it here; the functions that ask need not know.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from cardcrm.store.base import Store
from cardcrm.store.engine import Engine, Params, Row

Question = Callable[[Store], Any]


@contextlib.contextmanager
def asked_ahead(store: Store, *questions: Question) -> Iterator[None]:
    """Have the first statement of each question answered in one trip.

    Whoever asks the same within, in any order, is answered from there, so only what reads belongs
    there. A question is begun twice, and must do nothing before it asks. On a file, where a trip
    costs nothing, nothing is asked ahead.
    """
    engine = store.engine
    if not engine.is_remote:
        yield
        return
    listening = _Listening(engine)
    try:
        store.engine = cast("Engine", listening)
        for question in questions:
            with contextlib.suppress(_AskedError):
                question(store)
        if listening.heard:
            store.engine = cast("Engine", _Answered(engine, listening.heard))
        else:
            store.engine = engine
        yield
    finally:
        store.engine = engine


class _AskedError(Exception):
    """What a question asks is known."""


class _Listening:
    """An engine that answers nothing, and keeps what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.heard: dict[str, tuple[str, Params]] = {}

    def rows(self, sql: str, params: Params) -> list[Row]:
        """Keep the statement, unless its answer is known."""
        key = _key(sql, params)
        if not (isinstance(self._engine, _Answered) and key in self._engine.answers):
            self.heard[key] = (sql, params)
        raise _AskedError

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


class _Answered:
    """An engine that knows the answers to some statements already."""

    def __init__(self, engine: Engine, asked: Mapping[str, tuple[str, Params]]) -> None:
        self._engine = engine
        answers = engine.several(list(asked.values()))
        self.answers = dict(zip(asked, answers, strict=True))

    def rows(self, sql: str, params: Params) -> list[Row]:
        """The rows that are known, else those that the server says."""
        known = self.answers.get(_key(sql, params))
        return self._engine.rows(sql, params) if known is None else known

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def _key(sql: str, params: Params) -> str:
    return f"{sql}\n{sorted(params.items())}"
