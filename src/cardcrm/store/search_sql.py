"""Search for words, as SQL that both engines share: what finds a card, and how words are combined.

A word finds a card by what stands on it, or by a text: the note, or an interaction. Of several
words nearly all stand on the cards themselves, where one look-up in the index takes all of them at
once. So the cards that hold every word are asked for first, and then, word by word, those that are
told of in a text: where no text has the word, the others are not looked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cardcrm.store.search_engine import SearchEngine

_TOGETHER = 5  # so many words are looked up at once; the length of that SQL grows by their square


def matching(engine: SearchEngine, words: Sequence[str], key: str) -> tuple[str, dict[str, str]]:
    """SQL for the ids of contacts that every one of some folded words finds, and its parameters.

    A word finds a card by any part of a name, organisation, title, city, tag or contact point, a
    phone number in any writing, and by the beginning of a word in its notes and interactions. One
    of less than three letters finds it by the beginning of its name, by a tag, or by such a word.
    Parameter names start with ``key``.
    """
    search = _Search(engine, key)
    together, rest = words[:_TOGETHER], words[_TOGETHER:]
    sql = " UNION ".join(
        [
            search.on_cards(together),
            *(search.told_in_one_of_them(together, place) for place in range(len(together))),
        ]
    )
    return _of_which(sql, [search.found(word) for word in rest]), search.params


def _of_which(sql: str, others: Sequence[str]) -> str:
    """The ids of one search that each of some others gives as well."""
    if not others:
        return sql
    held = " AND ".join(f"w.id IN ({other})" for other in others)
    return f"SELECT w.id FROM ({sql}) AS w WHERE {held}"


@dataclass(frozen=True)
class _Search:
    """SQL for one search, and the parameters gathered meanwhile."""

    engine: SearchEngine
    key: str
    params: dict[str, str] = field(default_factory=dict)

    def on_cards(self, words: Sequence[str]) -> str:
        """Cards that hold every word on the card itself."""
        long = [word for word in words if len(word) >= 3]
        parts = [self._begun(word) for word in words if len(word) < 3]
        if long:
            sql, params = self.engine.contact_sql(long, self._fresh())
            self.params.update(params)
            parts = [sql, *parts]
        return _of_which(parts[0], parts[1:])

    def told_in_one_of_them(self, words: Sequence[str], place: int) -> str:
        """Cards found by a text for the word at a place, and in any way for the others.

        Those told of in a text for a word before are there already, for it asks for the card alone.
        """
        others = [
            *(self.on_cards([word]) for word in words[:place]),
            *map(self.found, words[place + 1 :]),
        ]
        return _of_which(self.told(words[place]), others)

    def found(self, word: str) -> str:
        """Cards that a word finds on the card or in a text."""
        return f"{self.on_cards([word])} UNION {self.told(word)}"

    def told(self, word: str) -> str:
        """Cards that are found by a word of their note or of an interaction."""
        key = self._fresh()
        notes, params = self.engine.note_sql(word, key)
        history, _ = self.engine.history_sql(word, key)
        self.params.update(params)
        return f"{notes} UNION {history}"

    def _begun(self, word: str) -> str:
        """Cards whose name begins with letters too few for the index, or that have such a tag."""
        key = self._fresh()
        low, high = f"{key}a", f"{key}z"
        self.params.update({low: word, high: word + "\U0010ffff"})
        return (
            f"SELECT id FROM contact WHERE name_key >= :{low} AND name_key < :{high} "
            f"UNION SELECT id FROM contact WHERE sort_key >= :{low} AND sort_key < :{high} "
            f"UNION SELECT contact_id FROM tag WHERE name = :{low}"
        )

    def _fresh(self) -> str:
        return f"{self.key}{len(self.params)}_"


def digits_of(word: str) -> list[str]:
    """The digits of a word that looks like a phone number, if they are some.

    The index holds numbers in international form, so the zeros or the (0) of national writing go.
    """
    plain = word.replace("(0)", "")
    if plain.strip("0123456789+()-./ "):
        return []
    number = "".join(filter(str.isdigit, plain)).lstrip("0")
    return [number] if len(number) >= 3 else []
