"""The declaration of templates: the texts of mail, with fields that are filled in."""

from typing import Any

from cardcrm.records.fields import Block, ChangeDay, Key, Reference, Text, Uid
from cardcrm.records.mail.attachment_fields import file_fields
from cardcrm.records.mail.template_fields import MAX_SOURCE
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.mail.template_use import refuse_change
    from cardcrm.records.mail.templates import check_template

    if row_id:
        refuse_change(store, columns, row_id)
    return check_template(store, columns, row_id)


def _check_removal(store: Any, row_id: int) -> None:
    from cardcrm.records.mail.template_use import refuse_in_use, refuse_queued

    refuse_in_use(store, row_id)
    refuse_queued(store, row_id)


TEMPLATE_FILE = RecordType(
    "template_file",
    "attachments of templates",
    (Reference("template_id", to="template", shows="name", required=True), *file_fields()),
    title="{name}",
    parent="template_id",
    same_by=("name",),
    heading=lambda row: f"attachment {row.get('name', '')}".strip(),
)

TEMPLATE = declare(
    RecordType(
        "template",
        "templates",
        (
            Uid(),
            Key("name", non_ascii_key="name_key", required=True, listed=True, headed=True,
                help="Name.", example="welcome"),
            Text("subject", non_ascii_key="subject_key", listed=True, searchable=True,
                 help="Subject, with fields.", example="Welcome"),
            Block("text", non_ascii_key="text_key", searchable=True, most=MAX_SOURCE,
                  help="Text, with fields: a file, or -.", example="welcome.txt"),
            Block("html", filter=None, most=MAX_SOURCE, option="html",
                  help="HTML, with fields: a file, or -.", example="welcome.html"),
            Key("language", listed=True, headed=True,
                help="Language, such as de (default: any).", example="de"),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{name} {language}",
        sort="name",
        words="text",
        adjust=_check,
        parts=(TEMPLATE_FILE,),
        check_removal=_check_removal,
        summary="Manage the templates of mail.",
    )
)  # fmt: skip
