"""The declaration of canned answers, and of the cases that were answered with them."""

from typing import Any

from cardcrm.records.fields import Block, Reference, Uid, author_field
from cardcrm.records.knowledge.knowledge_fields import (
    OneWordName,
    RowCount,
    case_reference,
    created,
    made_at,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_MAX_TEXT = 50_000  # characters


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.knowledge.answers import check_answer

    return check_answer(store, columns, row_id)


ANSWER_USE = RecordType(
    "answer_use",
    "uses of answers",
    (
        Reference("answer_id", to="answer", required=True),
        case_reference(required=True),
        made_at(),
        author_field(),
    ),
    title="{answer_id}",
    parent="answer_id",
    same_by=("id",),
    is_line=True,
    heading=lambda _row: "use of an answer",
)

ANSWER = declare(
    RecordType(
        "answer",
        "answers",
        (
            Uid(),
            OneWordName(example="photo-please"),
            Block("text", non_ascii_key="text_key", most=_MAX_TEXT, required=True, listed=True,
                  searchable=True, help="Text, with fields: a file, or -.", example="photo.txt"),
            RowCount("uses", "answer_use", where="v.answer_id = {alias}.id", listed=True,
                     help="How often it was used to answer a case."),
            author_field(),
            created(),
        ),
        title="{name}",
        sort="name",
        words="text",
        adjust=_check,
        parts=(ANSWER_USE,),
        summary="Canned answers with fields that are filled in: add, use and edit them.",
    )
)  # fmt: skip
