"""The declaration of call scripts, and of the calls in which one is under way."""

from typing import Any

from cardcrm.records.fields import Block, Context, Instant, Reference, Text, Uid, author_field
from cardcrm.records.knowledge.knowledge_fields import (
    OneWordName,
    case_reference,
    created,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_MAX_TREE = 200_000  # characters


class TreeText(Block):
    """The tree of a script in TOML, which is checked before it is stored."""

    __slots__ = ()

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.records.knowledge.script_tree import check_fields, parse_tree

        block = self.normalize(text)
        check_fields(parse_tree(block))
        return block


SCRIPT = declare(
    RecordType(
        "script",
        "scripts",
        (
            Uid(),
            OneWordName(example="wilted"),
            TreeText("tree", option="file", most=_MAX_TREE, required=True,
                     help="Tree of questions and answers: a file in TOML, or -.",
                     example="wilted.toml"),
            author_field(),
            created(),
        ),
        title="{name}",
        sort="name",
        summary="Call scripts: add, check and run them.",
    )
)  # fmt: skip

SCRIPT_RUN = declare(
    RecordType(
        "script_run",
        "runs of scripts",
        (
            Uid(),
            Reference("script_id", to="script", required=True, listed=True, help="Script."),
            Reference("contact_id", filter="contact", required=True, listed=True,
                      help="Contact of the call."),
            case_reference(may_repeat=True, help="Case that it is about."),
            Text("step", listed=True, help="Step at which it continues."),
            Block("answers", json_key="given_answers",
                  help="Questions and answers so far, as JSON."),
            Instant("started_at", key="started", json_key="started_at", required=True, listed=True,
                    help="When it began."),
            author_field(),
        ),
        title="{script_id}",
        parent="contact_id",
        same_by=("id",),
        sort="-started",
        heading=lambda _row: "call by a script",
    )
)  # fmt: skip
