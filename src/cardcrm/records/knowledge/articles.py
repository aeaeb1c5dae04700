"""Keep the versions of articles, link them to cases, and count whether they helped."""

from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError
from cardcrm.records import records, registry
from cardcrm.records.service import cases
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

_LATEST: Final = (
    "SELECT version, title, text FROM article_version WHERE article_id = :id "
    "ORDER BY version DESC LIMIT 1"
)


class Version(NamedTuple):
    """A version of an article: its number, its texts, when it was written, and by whom."""

    version: int
    title: str
    text: str
    at: str
    author: str


def note_version(store: Store, article_id: int) -> None:
    """Store the texts of an article as a version if they differ from the latest one.

    Runs inside a transaction.
    """
    row = store.row("SELECT title, text FROM article WHERE id = :id", id=article_id)
    if row is None:
        raise NotFoundError(f"unknown article {article_id}", "To see them: cardcrm article list")
    latest = store.row(_LATEST, id=article_id)
    if latest is not None and tuple(latest)[1:] == tuple(row):
        return
    number = latest["version"] + 1 if latest is not None else 1
    store.insert(
        "article_version",
        article_id=article_id,
        version=number,
        title=row["title"],
        text=row["text"],
        at=dates.current_instant(),
        author=store.author.name,
    )
    store.update("article", article_id, version=number)


def list_versions(store: Store, article_id: int) -> list[Version]:
    """Return the versions of an article, the latest first."""
    sql = (
        "SELECT version, title, text, at, author FROM article_version WHERE article_id = :id "
        "ORDER BY version DESC, id DESC"
    )
    return [Version(*row) for row in store.rows(sql, id=article_id)]


def get_version(store: Store, article_id: int, number: int) -> Version:
    """Return one version of an article. Raises NotFoundError."""
    for each in list_versions(store, article_id):
        if each.version == number:
            return each
    raise NotFoundError(
        f"article {article_id} has no version {number}",
        f"To see them: cardcrm article history {article_id}",
    )


@retry_transaction
def restore(store: Store, article_id: int, number: int) -> int:
    """Give an article the texts that it had in a version, as a version of its own.

    Return the number of the new version. Raises NotFoundError, and ConflictError for the texts
    that it has now.
    """
    with store.transaction():
        found = get_version(store, article_id, number)
        texts = {"title": found.title, "text": found.text}
        if not records.edit(store, registry.record_type("article"), [article_id], texts):
            raise ConflictError(
                f"article {article_id} already has the texts of version {number}",
                f"To compare: cardcrm article history {article_id}",
            )
        return int(store.value("SELECT version FROM article WHERE id = :id", id=article_id))


@retry_transaction
def link(store: Store, article_id: int, case_id: int) -> bool:
    """Link an article to a case; return whether it was not linked yet."""
    with store.transaction():
        cases.get_current(store, case_id)
        return _link(store, article_id, case_id)


def _link(store: Store, article_id: int, case_id: int) -> bool:
    sql = "SELECT id FROM article_link WHERE article_id = :article AND case_id = :id"
    if store.value(sql, article=article_id, id=case_id) is not None:
        return False
    store.insert("article_link", article_id=article_id, case_id=case_id, **_stamp(store))
    return True


@retry_transaction
def unlink(store: Store, article_id: int, case_id: int) -> None:
    """Remove the link of an article to a case. Raises NotFoundError where there is none."""
    with store.transaction():
        sql = "SELECT id FROM article_link WHERE article_id = :article AND case_id = :id"
        rows = store.rows(sql, article=article_id, id=case_id)
        if not rows:
            raise NotFoundError(
                f"article {article_id} is not linked to case {case_id}",
                f"To see its articles: cardcrm case show {case_id}",
            )
        for row in rows:
            store.delete("article_link", row["id"])


@retry_transaction
def vote(store: Store, article_id: int, *, helped: bool, case_id: int | None = None) -> None:
    """Count whether an article helped, perhaps in a case, which it is linked to then."""
    with store.transaction():
        if case_id is not None:
            cases.get_current(store, case_id)
            _link(store, article_id, case_id)
        store.insert(
            "article_vote",
            article_id=article_id,
            case_id=case_id,
            helped=int(helped),
            **_stamp(store),
        )


def _stamp(store: Store) -> dict[str, str]:
    return {"at": dates.current_instant(), "author": store.author.name}


class LinkedCase(NamedTuple):
    """A case that an article is linked to."""

    id: int
    status: str
    text: str


def list_cases(store: Store, article_id: int) -> list[LinkedCase]:
    """Return the cases that an article is linked to, the newest first."""
    sql = (
        "SELECT r.id, r.status, r.text FROM service_case r WHERE r.id IN "
        "(SELECT case_id FROM article_link WHERE article_id = :id) ORDER BY r.id DESC"
    )
    return [LinkedCase(*row) for row in store.rows(sql, id=article_id)]


def list_linked(store: Store, case_id: int) -> list[tuple[int, str]]:
    """Return the articles of a case by number and title, in the order of their links."""
    sql = (
        "SELECT a.id, a.title FROM article a JOIN article_link l ON l.article_id = a.id "
        "WHERE l.case_id = :id GROUP BY a.id, a.title ORDER BY min(l.id)"
    )
    return [(row[0], row[1]) for row in store.rows(sql, id=case_id)]
