"""The declaration of knowledge articles, with their versions, cases and votes."""

from typing import Any

from cardcrm.records.fields import (
    CLEAR,
    Block,
    Context,
    Flag,
    Integer,
    Reference,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.knowledge.knowledge_fields import (
    RowCount,
    case_reference,
    created,
    made_at,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_MAX_TEXT = 200_000  # characters


class VersionNumber(Integer):
    """The number of the latest version; a new article has the first one."""

    __slots__ = ()

    def initial(self, store: Context) -> int:  # noqa: ARG002
        """Return the number of the first version."""
        return 1


def _note_version(store: Any, row_id: int) -> None:
    from cardcrm.records.knowledge.articles import note_version

    note_version(store, row_id)


def _article() -> Reference:
    return Reference("article_id", to="article", shows="title", required=True)


ARTICLE_VERSION = RecordType(
    "article_version",
    "versions of articles",
    (
        _article(),
        Integer("version", required=True, least=1, listed=True, help="Number of the version."),
        Text("title", listed=True, help="Title at that time."),
        Block("text", most=_MAX_TEXT, help="Text at that time."),
        made_at(),
        author_field(),
    ),
    title="{version}",
    parent="article_id",
    same_by=("article_id", "version"),
    is_line=True,
    repeats_whole=True,
    heading=lambda row: f"version {row.get('version', '')} of an article",
)

ARTICLE_LINK = RecordType(
    "article_link",
    "links of articles to cases",
    (_article(), case_reference(required=True), made_at(), author_field()),
    title="{article_id}",
    parent="article_id",
    same_by=("article_id", "case_id"),
    is_line=True,
    heading=lambda _row: "link of an article to a case",
)

ARTICLE_VOTE = RecordType(
    "article_vote",
    "votes on articles",
    (
        _article(),
        case_reference(),
        Flag("helped", listed=True, help="Whether the article helped."),
        made_at(),
        author_field(),
    ),
    title="{helped}",
    parent="article_id",
    same_by=("id",),
    is_line=True,
    heading=lambda _row: "vote on an article",
)

ARTICLE = declare(
    RecordType(
        "article",
        "articles",
        (
            Uid(),
            Text("title", folded="title_key", required=True, unique=True, listed=True,
                 searchable=True, headed=True, help="Title.", example="Watering orchids"),
            Block("text", non_ascii_key="text_key", most=_MAX_TEXT, required=True, searchable=True,
                  help="Text in Markdown: a file, or -.", example="orchids.md"),
            Reference("product_id", to="product", key="product", option="product",
                      on_delete=CLEAR, listed=True, example="Rose",
                      help="Product that it is about."),
            VersionNumber("version", least=1, automatic=True, listed=True,
                          help="Number of the latest version."),
            RowCount("helped", "article_vote", json_key="helped_count", listed=True,
                     where="v.article_id = {alias}.id AND v.helped = 1",
                     help="How often it helped."),
            RowCount("failed", "article_vote", json_key="failed_count", label="did not help",
                     listed=True, where="v.article_id = {alias}.id AND v.helped = 0",
                     help="How often it did not help."),
            RowCount("cases", "article_link", "v.case_id", json_key="linked_cases", listed=True,
                     where="v.article_id = {alias}.id", help="Cases that it is linked to."),
            author_field(),
            created(),
        ),
        title="{title}",
        sort="title",
        words="text",
        check=_note_version,
        parts=(ARTICLE_VERSION, ARTICLE_LINK, ARTICLE_VOTE),
        summary="Knowledge articles: write, find and link them to cases.",
    )
)  # fmt: skip
