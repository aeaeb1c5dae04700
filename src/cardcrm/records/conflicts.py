"""Merge the edits of two people who change the same record.

A front end passes the texts it has read (seen) and those the user typed; the texts stored now are
read again in the transaction that writes them. A text that only one person has changed is taken
from that person. A text that both have changed is a conflict, and nothing is written before a
person has chosen.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cardcrm.errors import ConflictError

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

K = TypeVar("K", bound=Hashable)
Texts = tuple[str, ...]


class EditConflict(NamedTuple):
    """A field that two people have changed: its key, its label, and what each of them wrote.

    ``mine`` and ``theirs`` are as stored (None where the field was removed), the words are for
    people. ``by`` is the journal step that wrote theirs, if it is known.
    """

    key: Any
    label: str
    mine: Texts | None
    theirs: Texts | None
    my_words: str
    their_words: str
    by: "Step | None" = None


class EditConflictError(ConflictError):
    """Someone else has changed the same fields since they were read; ``conflicts`` lists them."""

    def __init__(self, conflicts: Sequence[EditConflict]) -> None:
        labels = ", ".join(conflict.label for conflict in conflicts)
        authors = {conflict.by.author if conflict.by else "" for conflict in conflicts}
        author = authors.pop() if len(authors) == 1 else ""
        super().__init__(
            f"{author or 'someone else'} has changed {labels} in the meantime",
            "Nothing was saved. Choose which text to keep.",
        )
        self.conflicts = tuple(conflicts)


def merge_edits(
    seen: Mapping[K, Texts], typed: Mapping[K, Texts], now: Mapping[K, Texts]
) -> tuple[dict[K, Texts | None], list[K]]:
    """Return the texts to write (None to remove them), and the keys in conflict.

    Each key has a tuple of texts, of which two people may change different ones.
    """
    write: dict[K, Texts | None] = {}
    conflicting = []
    for key in dict.fromkeys([*seen, *typed]):
        merged, is_conflict = _merge(seen.get(key), typed.get(key), now.get(key))
        if is_conflict:
            conflicting.append(key)
        if merged != now.get(key):
            write[key] = merged
    return write, conflicting


def _merge(old: Texts | None, mine: Texts | None, theirs: Texts | None) -> tuple[Any, bool]:
    """Return the merged texts of a key, and whether they conflict."""
    if mine == old:
        return theirs, False
    if theirs in (old, mine):
        return mine, False
    if old is None or mine is None or theirs is None:
        return mine, True
    pairs = [
        (their if my == before else my, my != before and their not in (before, my))
        for before, my, their in zip(old, mine, theirs, strict=True)
    ]
    return tuple(text for text, _ in pairs), any(is_conflict for _, is_conflict in pairs)


def apply_choices(
    seen: Mapping[K, Texts],
    typed: Mapping[K, Texts],
    conflicts: Sequence[EditConflict],
    is_mine: Callable[[EditConflict], bool],
) -> tuple[dict[K, Texts], dict[K, Texts]]:
    """Return the seen and typed texts after a choice between mine and theirs in each conflict."""
    seen_now, typed_now = dict(seen), dict(typed)
    for conflict in conflicts:
        chosen = conflict.mine if is_mine(conflict) else conflict.theirs
        _put(seen_now, conflict.key, conflict.theirs)
        _put(typed_now, conflict.key, chosen)
    return seen_now, typed_now


def _put(texts: dict[K, Texts], key: K, value: Texts | None) -> None:
    if value is None:
        texts.pop(key, None)
    else:
        texts[key] = value


def merge_texts(
    seen: Mapping[str, str],
    typed: Mapping[str, str],
    now: Mapping[str, str],
    labels: Mapping[str, str],
    by: "Callable[[str], Step | None]" = lambda _name: None,
) -> dict[str, str]:
    """Return the texts to write by name, where each name has one text.

    ``labels`` are the names that people know; ``by`` returns the journal step that wrote a text
    last. Raises EditConflictError.
    """
    write, conflicting = merge_edits(
        *({name: (text,) for name, text in texts.items()} for texts in (seen, typed, now))
    )
    if conflicting:
        raise EditConflictError(
            [
                EditConflict(
                    name,
                    labels.get(name, name),
                    (typed[name],),
                    (now[name],),
                    typed[name],
                    now[name],
                    by(name),
                )
                for name in conflicting
            ]
        )
    return {name: texts[0] for name, texts in write.items() if texts is not None}
