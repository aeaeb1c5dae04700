"""Articles in results: as a card with the cases that they are linked to, and as lists."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.cli.record_output import show_record
from cardcrm.records import records
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.knowledge.articles import Version, get_version, list_cases
from cardcrm.records.service.case_status import STATUS_WORDS
from cardcrm.sheet import Card, Column, Line, Section, Sheet
from cardcrm.text import shorten

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.reports.knowledge.article_search import FoundArticles
    from cardcrm.store import Store

_TEXT = 100  # cells of the request of a case


def show_article(store: "Store", article_id: int, version: int = 0) -> Card:
    """Return an article with its cases, perhaps with the texts of an earlier version."""
    record = records.get(store, ARTICLE, article_id)
    if version:
        old = get_version(store, article_id, version)
        shown = {"title": old.title, "text": old.text, "version": version}
        record = record._replace(values={**record.values, **shown})
    card = show_record(store, record)
    cases = list_cases(store, article_id)
    lines = tuple(
        Line("", f"case {each.id}", shorten(" ".join(each.text.split()), _TEXT), "",
             STATUS_WORDS.get(each.status, each.status))
        for each in cases
    )  # fmt: skip
    data = {**card.data, "case_ids": [each.id for each in cases]}
    return card._replace(data=data, sections=(Section("Cases", lines),) if lines else ())


def list_found(found: "FoundArticles") -> Sheet:
    """Return the articles that were found, with an excerpt of each."""
    columns = (
        Column("id", "id", "right"),
        Column("title", "title", wide=True, wrapped=True),
        Column("excerpt", "text", wide=True),
        Column("helped_count", "helped", "right"),
        Column("failed_count", "did not", "right"),
    )
    rows = [(each.id, each.title, each.excerpt, each.helped, each.failed)
            for each in found.articles]  # fmt: skip
    return Sheet(columns, rows)


def list_history(session: "Session", versions: Sequence[Version]) -> Sheet:
    """Return the versions of an article with how many lines each added and removed."""
    zone = session.store().locale.zone
    columns = (
        Column("version", "version", "right"),
        Column("at", "written"),
        Column("author", "by"),
        Column("title", "title", wide=True, wrapped=True),
        Column("lines_added", "+", "right"),
        Column("lines_removed", "-", "right"),
    )
    before = [*versions[1:], None]
    rows = [
        (
            each.version,
            _moment(each.at, zone) if session.is_for_people else each.at,
            each.author,
            each.title,
            *_compare(old, each),
        )
        for each, old in zip(versions, before, strict=True)
    ]
    return Sheet(columns, rows, ids="version")


def _moment(at: str, zone: str) -> str:
    return f"{dates.from_instant(at, zone):%Y-%m-%d %H:%M}"


def _compare(old: Version | None, new: Version) -> tuple[int, int]:
    """Return how many lines a version added, and how many it removed."""
    import difflib

    lines = list(difflib.ndiff(old.text.splitlines() if old else [], new.text.splitlines()))
    return (
        sum(each.startswith("+ ") for each in lines),
        sum(each.startswith("- ") for each in lines),
    )
