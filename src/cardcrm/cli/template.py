"""`template`: the texts of mail."""

from cardcrm.cli.record_group import build
from cardcrm.records.mail.template_type import TEMPLATE

app = build(TEMPLATE)
