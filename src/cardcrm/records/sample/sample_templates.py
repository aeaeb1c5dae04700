"""The templates of Petal & Stem, and a campaign that is not sent yet."""

from typing import Final

from cardcrm.records import records, registry
from cardcrm.store import Store

_SIGNATURE: Final = "Rosa\n{{ firm.name | default('Petal & Stem') }}"

# Name, language, subject and text.
TEMPLATES: Final = (
    (
        "welcome",
        "",
        "Welcome, {{ contact.first_name | default('and thank you') }}",
        "Dear {{ contact.first_name | default('friend') }},\n\n"
        "thank you for your first order. If a stem droops within five days, tell us and we "
        "replace it.\n\n" + _SIGNATURE,
    ),
    (
        "quote-follow-up",
        "",
        "Your quote {{ quote.number }}",
        "Dear {{ contact.first_name | default('customer') }},\n\n"
        "have you had time to look at quote {{ quote.number }}, {{ quote.title }}? "
        "It comes to {{ quote.amount }}, and I am glad to change it.\n\n" + _SIGNATURE,
    ),
    (
        "quote-follow-up",
        "de",
        "Ihr Angebot {{ quote.number }}",
        "Guten Tag {{ contact.name }},\n\n"
        "konnten Sie das Angebot {{ quote.number }}, {{ quote.title }}, schon ansehen? "
        "Es beläuft sich auf {{ quote.amount }}; gern passe ich es an.\n\n" + _SIGNATURE,
    ),
    (
        "win-back",
        "",
        "The peonies are back",
        "Dear {{ contact.first_name | default('friend') }},\n\n"
        "it has been a while. The first peonies came in this week; "
        "shall I put a bunch aside for you?\n\n" + _SIGNATURE,
    ),
)
CAMPAIGN: Final = {
    "name": "peonies",
    "segment": "stage:customer last>90d",
    "template": "win-back",
    "holdout": "10%",
}


def add_templates(store: Store) -> None:
    """Add the templates, and the draft of a campaign to customers who have gone quiet."""
    template = registry.record_type("template")
    for name, language, subject, text in TEMPLATES:
        texts = {"name": name, "language": language, "subject": subject, "text": text}
        records.add(store, template, texts)
    records.add(store, registry.record_type("campaign"), CAMPAIGN)
