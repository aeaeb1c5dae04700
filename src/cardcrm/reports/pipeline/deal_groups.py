"""The groups by which closed deals are compared: one, or by month, owner, source and others."""

from cardcrm.choices import parse_choice

# The SQL of each group, for deals ``d``.
GROUPS = {
    "all": "''",
    "month": "substr(d.closed_on, 1, 7)",
    "year": "substr(d.closed_on, 1, 4)",
    "owner": "d.owner",
    "source": "d.source",
    "competitor": "d.competitor",
    "pipeline": "(SELECT p.name FROM pipeline p WHERE p.id = d.pipeline_id)",
}
OTHER_NAMES = {
    "months": "month", "monthly": "month", "years": "year", "user": "owner", "person": "owner",
    "owners": "owner", "sources": "source", "competitors": "competitor", "pipelines": "pipeline",
}  # fmt: skip
UNGROUPED = "all"


def parse_group(word: str) -> str:
    """Return the group that a word names. Raises UsageError."""
    return parse_choice(word, tuple(GROUPS), "group", OTHER_NAMES)
