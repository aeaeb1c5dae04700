"""The declaration of jobs: where a person works or worked beside the contact's own organization."""

from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.fields import PartialDay, Reference, Text, Uid
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _check_span(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Raise UsageError for a job at a person, or one that ends before it begins."""
    before: dict[str, Any] = {}
    if row_id:
        sql = "SELECT contact_id, org_id, from_on, to_on FROM job WHERE id = :id"
        before = dict(store.row(sql, id=row_id))
    after = before | columns
    start, end = after.get("from_on"), after.get("to_on")
    if start and end and end < start[: len(end)]:
        raise UsageError("the job ends before it begins", "Give --from and --to in their order.")
    kind = store.value("SELECT kind FROM contact WHERE id = :id", id=after["org_id"])
    if kind != "org":
        raise UsageError(
            "a job needs an organization, and the contact is a person",
            "Add the organization first: cardcrm add NAME --kind org",
        )
    if store.value("SELECT kind FROM contact WHERE id = :id", id=after["contact_id"]) == "org":
        raise UsageError("an organization has no jobs", "Name a person: --who jane")
    return columns


JOB = declare(
    RecordType(
        "job",
        "jobs",
        (
            Uid(),
            Text("title", label="title", folded="title_key", listed=True, searchable=True,
                 help="Job title.", example="Buyer"),
            Reference("contact_id", required=True, listed=True),
            Reference("org_id", label="organization", filter="org", option="org", required=True,
                      listed=True, example="acme", adds_org=True,
                      help="Organization, added if it is missing."),
            PartialDay("from_on", key="from", listed=True, help="First year, month or day."),
            PartialDay("to_on", key="to", listed=True,
                       help="Last year, month or day; empty while the job lasts."),
        ),
        title="{title}",
        parent="contact_id",
        same_by=("org_id", "title", "from_on"),
        sort="-from",
        adjust=_check_span,
        summary="Further and former jobs of people.",
    )
)  # fmt: skip
