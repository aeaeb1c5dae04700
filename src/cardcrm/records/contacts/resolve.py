"""Find the contact that WHO means: an id, name, email address or phone number."""

import re
from collections.abc import Iterable, Iterator, Sequence

from cardcrm.domains import email_key, web_key
from cardcrm.errors import NO_CONTACT, AmbiguousError, NotFoundError, UsageError
from cardcrm.records.contacts import contact_points
from cardcrm.records.contacts.contact_queries import Contact, get
from cardcrm.records.contacts.name_words import count_titles, fold_word
from cardcrm.store import Query, Store
from cardcrm.store.fetch import first_column
from cardcrm.store.store import placeholders
from cardcrm.store.word_match import MIN_LENGTH, search_word
from cardcrm.text import fold, fold_umlauts, normalize_line

# A text that matches more contacts than this is too short to choose among them.
MAX_CANDIDATES = 50
_LIMIT = f" LIMIT {MAX_CANDIDATES + 1}"
# The number of a contact that was merged into another one leads to that.
_BY_ID = (
    "SELECT id FROM contact WHERE id = :value "
    "UNION ALL SELECT contact_id FROM merged_id WHERE old_id = :value"
)
_MAX_KEY = 1000  # characters; the index takes quadratic time on one repeated letter
MAX_NAME_WORDS = 6  # in a name without quotes before a text


def resolve(store: Store, who: str) -> Contact:
    """Return the contact of an id, email, phone in any format, name, nickname or part of a name.

    A whole name or nickname wins over a part, a whole word of a name over the beginning of one, and
    that over a part from its middle. Raises NotFoundError with similar names, AmbiguousError with
    the candidates.
    """
    text = normalize_line(who).removeprefix("#").removeprefix("@")
    if not text:
        raise UsageError(NO_CONTACT, "Give an id, name, email address or phone number.")
    name, ids = _named(store, text, fold(text))
    if not ids and who.strip().startswith("@"):
        ids = _by_handle(store, text)
    if not ids:
        from cardcrm.records.contacts.similar_names import find_similar_names

        hint = _segment_hint(store, who.strip()) or _hint(text, name)
        raise NotFoundError(
            f"no contact matches “{text}”", hint, near=find_similar_names(store, name)
        )
    if len(ids) > 1:
        raise _ambiguous(store, text, ids)
    return get(store, ids[0])


def _hint(text: str, name: str) -> str:
    """Return where to look: for a query in place of a WHO, the command that runs it.

    For a text with a title in front, the hint says that the title was not searched.
    """
    from cardcrm.records.contacts.query_fields import FILTERS

    field = re.match(r"-?([a-z-]+)(:|<|>|=)", text)
    if field is None or field[1] not in FILTERS:
        title = text[: -len(name)].strip() if name != text and text.endswith(name) else ""
        if not title:
            return "See `cardcrm find`."
        return f"{title} was read as a title, {name} as the name. To add: cardcrm add {text}"
    return (
        f"That is a query: `cardcrm find '{text}'` lists its contacts; "
        f"value, tag, edit and rm take --where '{text}'."
    )


def _segment_hint(store: Store, who: str) -> str:
    """Return how to name the contacts of a segment; "" for a text that is not an @SEGMENT."""
    if not who.startswith("@"):
        return ""
    name = fold(who.removeprefix("@")).replace(" ", "-")
    if not store.value("SELECT count(*) FROM segment WHERE name = :name", name=name):
        return ""
    return (
        f"That is a segment: `cardcrm find segment:{name}` lists its contacts; "
        f"edit and rm take --where segment:{name}."
    )


def resolve_or_none(store: Store, who: str) -> Contact | None:
    """Return the contact that `resolve` finds; None for no contact or several."""
    text = normalize_line(who)
    ids = _named(store, text, fold(text))[1] if text else []
    return get(store, ids[0]) if len(ids) == 1 else None


def _named(store: Store, text: str, key: str) -> tuple[str, list[int]]:
    """Return a text without a title in front, and the contacts that it may mean.

    “Mrs Müller” is Linda Müller. Of several, those with that title are meant.
    """
    words = text.split(" ")
    titles = count_titles(words)
    if not titles:
        return text, _candidates(store, text, key)
    name = " ".join(words[titles:])
    ids = _by_name(store, key) or _candidates(store, name, fold(name))
    if 1 < len(ids) <= MAX_CANDIDATES:
        ids = _titled(store, set(map(fold_word, words[:titles])), ids) or ids
    return name, ids


def _titled(store: Store, titles: set[str], ids: list[int]) -> list[int]:
    """Return the contacts that have all of some titles."""
    marks, params = placeholders(ids, "i")
    sql = f"SELECT id, prefix, name FROM contact WHERE id IN ({marks})"
    return [
        row[0]
        for row in store.rows(sql, **params)
        if titles <= set(map(fold_word, f"{row[1]} {row[2]}".split()))
    ]


def resolve_first(store: Store, words: Sequence[str]) -> Contact | None:
    """Return the contact that the first word means; None if it is the title of a name.

    Raises NotFoundError, AmbiguousError.
    """
    if count_titles(words[:MAX_NAME_WORDS]) and not _by_name(store, fold(words[0])):
        return None
    return resolve(store, words[0] if words else "")


def count_name_words(name: str, words: Sequence[str]) -> int:
    """Return how many of the first words spell a contact's name; one if they do not.

    So ``log Jane Doe called`` logs that Jane called, and not that Doe did.
    """
    key, *folded = [fold(word) for word in (name, *words[:MAX_NAME_WORDS])]
    for count in range(len(folded), 1, -1):
        if join_words(folded[:count]) == key:
            return count
    return 1


def join_words(words: Sequence[str]) -> str:
    """Return words as a name, without the sign between it and a text: ``Jane Doe:``."""
    return " ".join(filter(None, words)).rstrip(",:;")


def count_leading_words(store: Store, words: Sequence[str]) -> int:
    """Return how many of the first words name a contact, where the first alone does not.

    They do if they are a whole name, or whole words of one in their order; 0 if no two are.
    """
    for count in range(min(MAX_NAME_WORDS, len(words)), 1, -1):
        key = fold(join_words(words[:count]))
        if _by_name(store, key) or _holding(store, key):
            return count
    return 0


def is_full_name(store: Store, words: Sequence[str]) -> bool:
    """Return whether several words together are the whole name or nickname of a contact."""
    return len(words) > 1 and bool(_by_name(store, fold(" ".join(words))))


def _holding(store: Store, key: str) -> bool:
    """Return whether a contact's name has these whole words, one after the other."""
    ids = _by_part(store, key)[:MAX_CANDIDATES]
    if not ids:
        return False
    marks, params = placeholders(ids, "i")
    names = store.rows(f"SELECT name_key FROM contact WHERE id IN ({marks})", **params)
    return any(f" {key} " in f" {row[0]} " for row in names)


def resolve_number(store: Store, number: str) -> Contact:
    """Return the contact of a number, or the one that it was merged into; no name counts.

    Raises NotFoundError.
    """
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    ids = _ids(store, _BY_ID, value=int(number)) if is_number else []
    if not ids:
        raise NotFoundError(f"no contact has the number “{number}”", "See `cardcrm find`.")
    return get(store, ids[0])


def _candidates(store: Store, text: str, key: str) -> list[int]:
    if text.isascii() and text.isdigit() and len(text) < 19:
        found = _ids(store, _BY_ID, value=int(text))
        if found:
            return found
    if "@" in text:
        return _by_point(store, email_key(text))
    if contact_points.looks_like_phone(text):
        return _by_phone(store, text)
    found = _by_name(store, key) or _by_part(store, key) or _by_point(store, web_key(text))
    spelled = "" if found else fold_umlauts(text)
    return _by_name(store, spelled) or _by_part(store, spelled) if spelled else found


def is_plain_name(text: str) -> bool:
    """Return whether a name is looked up as a name, and not as an id, email or phone number."""
    is_id = text.isascii() and text.isdigit()
    return not (is_id or "@" in text or text[:1] == "#" or contact_points.looks_like_phone(text))


def _ids(store: Store, sql: str, **params: object) -> list[int]:
    return store.fetch(Query(sql + _LIMIT, params, first_column))


def _by_name(store: Store, key: str) -> list[int]:
    """Return the contacts of a whole name or nickname."""
    return _ids(
        store,
        "SELECT id FROM contact WHERE name_key = :key "
        "UNION SELECT contact_id FROM nickname WHERE name_key = :key",
        key=key,
    )


def _by_point(store: Store, key: str) -> list[int]:
    return _ids(store, "SELECT DISTINCT contact_id FROM point WHERE value_key = :key", key=key)


def _by_handle(store: Store, handle: str) -> list[int]:
    """Return the contacts with a handle on a social network, also without its server."""
    from cardcrm.records.contacts.social_networks import handle_keys

    marks, params = placeholders(handle_keys(handle), "h")
    start = f"@{fold(handle)}@"
    return _ids(
        store,
        "SELECT DISTINCT contact_id FROM point WHERE kind = 'social' "
        f"AND (value_key IN ({marks}) OR (value_key >= :low AND value_key < :high))",
        **params,
        low=start,
        high=start + "\U0010ffff",
    )


def find_profiles(store: Store, text: str) -> list[str]:
    """Return the keys of the profiles that a text is, such as mastodon:@jane@example.social.

    A handle alone, such as @jane, names a contact and no profile.
    """
    from cardcrm.records.contacts.social_networks import handle_keys

    network, _, handle = text.strip().partition(":")
    is_labeled = network.isalpha() and handle.startswith("@")
    handle = handle if is_labeled else text.strip()
    if not (is_labeled or "/" in handle or handle.count("@") == 2):
        return []
    marks, params = placeholders({web_key(handle), *handle_keys(handle)}, "h")
    sql = f"SELECT DISTINCT value_key FROM point WHERE kind = 'social' AND value_key IN ({marks})"
    return [row[0] for row in store.rows(f"{sql} ORDER BY value_key", **params)]


def _by_phone(store: Store, text: str) -> list[int]:
    """Return the contacts of a whole phone number, else of a part of one."""
    key = contact_points.phone_key(text, store.locale.region)
    exact = _by_point(store, key) or _by_extension(store, key)
    if exact:
        return exact
    from cardcrm.store.search_sql import words_sql

    sql, params = words_sql(store.engine.search, [text.replace(" ", "")], "w")
    return _ids(store, sql, **params)


def _by_extension(store: Store, key: str) -> list[int]:
    """Return the contacts of a phone number that is stored with an extension."""
    return _ids(
        store,
        "SELECT DISTINCT contact_id FROM point WHERE value_key >= :low AND value_key < :high",
        low=f"{key}x",
        high=f"{key}y",
    )


def _by_part(store: Store, key: str) -> list[int]:
    if len(key) > _MAX_KEY:
        return []
    words = key.split()
    indexed = words if key.isascii() else map(search_word, words)
    long = [word for word in indexed if len(word) >= MIN_LENGTH]
    for query in _searches(store, key, long):
        ids = store.fetch(query)
        if 1 < len(ids) <= MAX_CANDIDATES or len(long) < len(words):
            ids = _best(store, words, ids)
        if ids:
            return ids
    return []


def _searches(store: Store, key: str, long: list[str]) -> Iterator[Query[list[int]]]:
    """Yield the queries: first for beginnings of words, then for parts from their middle."""
    if not long:
        sql = (
            "SELECT id FROM contact WHERE name_key >= :a AND name_key < :z "
            "UNION SELECT id FROM contact WHERE sort_key >= :a AND sort_key < :z"
        )
        yield Query(sql + _LIMIT, {"a": key, "z": key + "\U0010ffff"}, first_column)
        return
    index = store.engine.search
    for to_sql in (index.name_prefix_sql, index.name_sql):
        sql, params = to_sql(long, "w")
        yield Query(sql + _LIMIT, params, first_column)


def _best(store: Store, words: list[str], ids: list[int]) -> list[int]:
    """Return the candidates that have each word as a whole word, if any; else as a part."""
    marks, params = placeholders(ids, "i")
    names: dict[int, str] = {}
    for row in store.rows(
        f"SELECT id, name_key FROM contact WHERE id IN ({marks}) "
        f"UNION ALL SELECT contact_id, name_key FROM nickname WHERE contact_id IN ({marks})",
        **params,
    ):
        names[row[0]] = f"{names.get(row[0], '')} {row[1]}"
    holding = [id_ for id_ in ids if all(word in names[id_] for word in words)]
    whole = [id_ for id_ in holding if set(words) <= set(names[id_].split())]
    return whole or holding


def _ambiguous(store: Store, text: str, ids: list[int]) -> AmbiguousError:
    shown = ids[:10]
    more = f"more than {MAX_CANDIDATES}" if len(ids) > MAX_CANDIDATES else str(len(ids))
    return AmbiguousError(
        f"{more} contacts match “{text}”",
        "Give an id, or more of the name.",
        candidates=describe(store, shown),
    )


def describe(store: Store, ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return id, name and distinguishing details (organization, city, contact point) by name."""
    marks, params = placeholders(ids, "i")
    rows = store.rows(
        "SELECT c.id, c.name, (SELECT o.name FROM contact o WHERE o.id = c.org_id), "
        "(SELECT a.city FROM address a WHERE a.contact_id = c.id AND a.city <> '' "
        "ORDER BY a.id LIMIT 1), "
        "(SELECT p.value FROM point p WHERE p.contact_id = c.id ORDER BY p.id LIMIT 1) "
        f"FROM contact c WHERE c.id IN ({marks}) ORDER BY c.sort_key, c.id",
        **params,
    )
    return [(row[0], row[1], ", ".join(filter(None, (row[2], row[3], row[4])))) for row in rows]
