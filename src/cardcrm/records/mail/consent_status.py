"""The states of a consent, and the condition that a state is the newest one."""

GIVEN, PENDING, WITHDRAWN = "given", "pending", "withdrawn"
STATUSES = (GIVEN, PENDING, WITHDRAWN)

# True for the row ``{0}`` with the newest state of its address for its purpose.
NEWEST = (
    "NOT EXISTS (SELECT 1 FROM consent n WHERE n.address = {0}.address "
    "AND n.purpose = {0}.purpose AND (n.at > {0}.at OR (n.at = {0}.at AND n.id > {0}.id)))"
)
