"""Writing the search index of a box on a server."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cardcrm.store.postgresql.search import vector

if TYPE_CHECKING:
    from cardcrm.store.postgresql.engine import PostgresEngine

_CARDS = (
    "INSERT INTO card_fts (id, names, rest, words) "
    "SELECT id, names, rest, CAST(words AS tsvector) FROM unnest(CAST(:ids AS "
    "BIGINT[]), CAST(:names AS TEXT[]), CAST(:rest AS TEXT[]), CAST(:words AS TEXT[])) "
    "AS t (id, names, rest, words) ON CONFLICT (id) DO UPDATE "
    "SET names = excluded.names, rest = excluded.rest, words = excluded.words"
)
_TEXTS = (
    "INSERT INTO text_fts (id, body, words) SELECT id, body, CAST(words AS tsvector) "
    "FROM unnest(CAST(:ids AS BIGINT[]), CAST(:bodies AS TEXT[]), "
    "CAST(:words AS TEXT[])) AS t (id, body, words) ON CONFLICT (id) DO UPDATE "
    "SET body = excluded.body, words = excluded.words"
)


def write_cards(engine: "PostgresEngine", cards: Sequence[tuple[int, str, str]]) -> None:
    """Write the search text of cards in place of any older one."""
    if engine.is_filling:
        columns = ("id", "names", "rest", "words")
        engine.copy_in("card_fts", columns, ((*card, vector(card[1])) for card in cards))
    elif cards:
        ids, names, rest = (list(column) for column in zip(*cards, strict=True))
        words = [vector(name) for name in names]
        engine.execute(_CARDS, {"ids": ids, "names": names, "rest": rest, "words": words})


def write_texts(engine: "PostgresEngine", texts: Sequence[tuple[int, str]]) -> None:
    """Write the text of interactions and of notes (under minus the card's id)."""
    if engine.is_filling:
        columns = ("id", "body", "words")
        engine.copy_in("text_fts", columns, ((*text, vector(text[1])) for text in texts))
    elif texts:
        ids, bodies = (list(column) for column in zip(*texts, strict=True))
        words = [vector(body) for body in bodies]
        engine.execute(_TEXTS, {"ids": ids, "bodies": bodies, "words": words})


def remove(engine: "PostgresEngine", cards: Iterable[int], texts: Iterable[int]) -> None:
    """Take cards and texts out of the search index."""
    for table, ids in (("card_fts", list(cards)), ("text_fts", list(texts))):
        if ids:
            engine.execute(f"DELETE FROM {table} WHERE id = ANY(:ids)", {"ids": ids})
