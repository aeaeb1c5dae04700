"""The declaration of teams: users whose figures are reported together."""

from cardcrm.records.fields import Text, Uid, Users
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

TEAM = declare(
    RecordType(
        "team",
        "teams",
        (
            Uid(),
            Text("name", label="team", phrase="name", folded="name_key", required=True,
                 unique=True, listed=True, searchable=True, help="Name.", example="sales"),
            Users("members", non_ascii_key="members_key", required=True, listed=True,
                  searchable=True, phrase="member", help="Members, with commas between them."),
        ),
        title="{name}",
        sort="name",
        summary="Teams of users, for reports and targets.",
    )
)  # fmt: skip
