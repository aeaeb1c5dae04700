"""Fill in the texts of reminders, which sequences and campaigns make, as the text of a mail is."""

import re
from typing import Final

from cardcrm import config
from cardcrm.errors import UsageError
from cardcrm.mail.rendering import fill_in
from cardcrm.mail.sender import find_sender, load_firm
from cardcrm.mail.template_data import About
from cardcrm.records.contacts import contact_queries
from cardcrm.records.mail.templates import StoredTemplate
from cardcrm.records.mail.text_filler import FillIn
from cardcrm.store import Store

_FIELD: Final = re.compile(r"\{[{%].*?[}%]\}")


def build_filler(store: Store, settings: config.Config) -> FillIn:
    """Return a function that fills in a text for a contact and a deal.

    Where a field is empty, the text lacks all of them: the reminder names the contact anyway.
    """
    sender, firm = find_sender(settings), load_firm(settings)
    sender_name = settings.get("mail.name")

    def fill(text: str, contact_id: int, deal_id: int | None) -> str:
        details = contact_queries.details(store, contact_id)
        template = StoredTemplate(0, "task", "", "", text, "")
        about = About(deal_id, None, details.contact.owner, sender, sender_name, firm)
        try:
            filled = fill_in(store, [template], details, about).text
        except UsageError:
            filled = _FIELD.sub("", text)
        return " ".join(filled.split())

    return fill
