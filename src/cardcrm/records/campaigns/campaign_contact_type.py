"""The declaration of the contacts of campaigns of calls, visits, letters and messages.

They have lines of their own in files: a reminder leads by its deal, sale and promotion back to
a campaign, which a file must have before them.
"""

from cardcrm.records.fields import CLEAR, Instant, Reference, Text, Uid
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

CAMPAIGN_CONTACT = declare(
    RecordType(
        "campaign_contact",
        "contacts of campaigns",
        (
            Uid(),
            Reference("campaign_id", to="campaign", required=True),
            Reference("contact_id", filter="contact", option="contact", required=True, listed=True),
            Reference("template_id", to="template", on_delete=CLEAR),
            Text("address"),
            Reference("reminder_id", to="reminder", shows="text", on_delete=CLEAR),
            Reference("interaction_id", to="interaction", shows="text", on_delete=CLEAR),
            Instant("sent_at"),
        ),
        title="{contact_id}",
        parent="campaign_id",
        same_by=("campaign_id", "contact_id"),
        heading=lambda _row: "campaign contact",
    )
)
