"""`campaign`: mail to the contacts of a segment."""

from cardcrm.cli.record_group import build
from cardcrm.records.campaigns.campaign_type import CAMPAIGN

app = build(CAMPAIGN)
