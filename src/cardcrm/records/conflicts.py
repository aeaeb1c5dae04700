"""Two who change the same thing: whose word stays where both have said something.

Whoever changes a thing names what stood there when it was read (seen), what is to stand there
(said), and what stands there now is read again in the transaction that writes it. What only one of
the two has touched is theirs; what both have is a clash, and nothing is written before it is
settled.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cardcrm.errors import ConflictError

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

K = TypeVar("K", bound=Hashable)
Texts = tuple[str, ...]


class Clash(NamedTuple):
    """One thing that was changed by both: its key, what it is called, and what each of them says,
    first as kept (None where it is taken off), then in words. ``by`` is the step that wrote theirs,
    where the journal knows it.
    """

    key: Any
    label: str
    mine: Texts | None
    theirs: Texts | None
    my_words: str
    their_words: str
    by: "Step | None" = None


class ClashError(ConflictError):
    """Somebody has changed the same things meanwhile; ``clashes`` says which, and how."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        told = ", ".join(clash.label for clash in clashes)
        authors = {clash.by.author if clash.by else "" for clash in clashes}
        who = authors.pop() if len(authors) == 1 else ""
        super().__init__(
            f"{who or 'somebody'} has changed {told} meanwhile",
            "Nothing was saved; say which stays.",
        )
        self.clashes = tuple(clashes)


def settle(
    seen: Mapping[K, Texts], said: Mapping[K, Texts], now: Mapping[K, Texts]
) -> tuple[dict[K, Texts | None], list[K]]:
    """What is to be written (None: taken off), and the keys that clash.

    Each key holds a row of texts, of which two may change different ones.
    """
    write: dict[K, Texts | None] = {}
    clashing = []
    for key in dict.fromkeys([*seen, *said]):
        merged, clashes = _merged(seen.get(key), said.get(key), now.get(key))
        if clashes:
            clashing.append(key)
        if merged != now.get(key):
            write[key] = merged
    return write, clashing


def _merged(was: Texts | None, mine: Texts | None, theirs: Texts | None) -> tuple[Any, bool]:
    if mine == was:
        return theirs, False
    if theirs in (was, mine):
        return mine, False
    if was is None or mine is None or theirs is None:
        return mine, True
    row = [
        (their if my == old else my, my != old and their not in (old, my))
        for old, my, their in zip(was, mine, theirs, strict=True)
    ]
    return tuple(text for text, _ in row), any(clashes for _, clashes in row)


def answered(
    seen: Mapping[K, Texts],
    said: Mapping[K, Texts],
    clashes: Sequence[Clash],
    mine: Callable[[Clash], bool],
) -> tuple[dict[K, Texts], dict[K, Texts]]:
    """Seen and said anew, once it was said of each clash whether one's own word stays."""
    seen_now, said_now = dict(seen), dict(said)
    for clash in clashes:
        _put(seen_now, clash.key, clash.theirs)
        _put(said_now, clash.key, clash.mine if mine(clash) else clash.theirs)
    return seen_now, said_now


def _put(texts: dict[K, Texts], key: K, value: Texts | None) -> None:
    if value is None:
        texts.pop(key, None)
    else:
        texts[key] = value


def texts_to_write(
    seen: Mapping[str, str],
    said: Mapping[str, str],
    now: Mapping[str, str],
    names: Mapping[str, str],
    by: "Callable[[str], Step | None]" = lambda _name: None,
) -> dict[str, str]:
    """The same for plain texts by name: those to be written. ``names`` are what people call them;
    ``by`` says who wrote what stands there now.

    Raises ClashError.
    """
    rows = [{name: (text,) for name, text in texts.items()} for texts in (seen, said, now)]
    write, clashing = settle(*rows)
    if clashing:
        raise ClashError(
            [
                Clash(
                    name,
                    names.get(name, name),
                    (said[name],),
                    (now[name],),
                    said[name],
                    now[name],
                    by(name),
                )
                for name in clashing
            ]
        )
    return {name: row[0] for name, row in write.items() if row is not None}
