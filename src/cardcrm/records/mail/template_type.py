"""The declaration of templates: the texts of mail, with fields that are filled in."""

from cardcrm.records.fields import Block, ChangeDay, Key, Text, Uid
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

TEMPLATE = declare(
    RecordType(
        "template",
        "templates",
        (
            Uid(),
            Key("name", required=True, listed=True, headed=True, help="Name.", example="welcome"),
            Key("language", listed=True, help="Language, such as de (default: any).",
                example="de"),
            Text("subject", listed=True, searchable=True, help="Subject, with fields.",
                 example="Your quote, {{ contact.first_name }}"),
            Block("text", searchable=True, help="Text, with fields."),
            Block("html", filter=None, help="The same as HTML, with fields."),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{name}",
        sort="name",
        summary="Templates of mail: add, list, show, edit and remove them.",
    )
)  # fmt: skip
