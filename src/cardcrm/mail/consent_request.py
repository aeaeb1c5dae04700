"""Ask for a consent by mail: the answer confirms it (double opt-in)."""

from typing import TYPE_CHECKING, NamedTuple

from cardcrm import config
from cardcrm.errors import ConflictError
from cardcrm.mail.consent_texts import choose_text
from cardcrm.mail.rendering import render
from cardcrm.mail.smtp import validate_address
from cardcrm.records.mail import consents, outbox
from cardcrm.records.mail.consent_rules import find_address
from cardcrm.records.mail.consent_states import State
from cardcrm.records.mail.contact_languages import find_languages
from cardcrm.records.mail.message_type import CONSENT_STEP
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.mail.permission import find_refusals
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.config import Config


class Request(NamedTuple):
    """A consent that was asked for, and the id of the queued mail."""

    state: State
    message_id: int


@retry_transaction
def request(
    store: Store,
    contact_id: int,
    purpose: str,
    sender: str,
    *,
    address: str = "",
    template: str = "",
    settings: "Config | None" = None,
) -> Request:
    """Queue a mail that asks for a consent, which is pending until the mail is answered.

    The text is that of a ``template``, if one is named, else one in the language of the contact
    with the name of the firm. Raises UsageError for a consent that was given already, and
    ConflictError for an address that must not be mailed.
    """
    domain = validate_address(sender).rpartition("@")[2]
    with store.transaction():
        address = find_address(store, contact_id, address)
        if refusals := find_refusals(store, [address], ""):
            raise ConflictError(
                f"{address} must not be mailed: {refusals[address]}",
                "Ask for the consent on paper or by phone: cardcrm consent set …",
            )
        state, token = consents.ask(store, contact_id, purpose, address)
        draft = Draft(contact_id, state.address, step=CONSENT_STEP)
        if template:
            made = render(store, template, contact_id, settings=settings)
            draft = draft._replace(text=made.text, html=made.html, template_id=made.template_id)
            subject = made.subject
        else:
            found = choose_text(find_languages(store, contact_id))
            subject, text = found.fill(_find_firm(sender, settings), state.purpose)
            draft = draft._replace(text=text)
        draft = draft._replace(subject=f"{subject} [{token}]".strip())
        (message_id,) = outbox.enqueue(store, [draft], domain)
    return Request(state, message_id)


def _find_firm(sender: str, settings: "Config | None") -> str:
    """Return the name of the firm that asks: that of the settings, else the sender."""
    get = (settings or config.load({})).get
    return get("firm.name") or get("mail.name") or sender
