"""Write the mails of dunning: of a template, to the first address that may be mailed."""

from typing import TYPE_CHECKING

from cardcrm.errors import CardcrmError

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.invoices.dunning_run import Compose, Planned
    from cardcrm.records.mail.outbox import Draft

_STEP = "dunning"  # marks the mail as automatic


def build_composer(session: "Session") -> "Compose":
    """Return a function for the mail of a step, or for the reason why it cannot be written.

    Dunning is transactional: it has no purpose, so that it needs no consent.
    """

    def compose(planned: "Planned") -> "Draft | str":
        try:
            return _write(session, planned)
        except CardcrmError as error:
            return error.message

    return compose


def _write(session: "Session", planned: "Planned") -> "Draft":
    from cardcrm.cli.mail_send import choose_address
    from cardcrm.mail.rendering import render, require_subject
    from cardcrm.mail.template_data import Dunned
    from cardcrm.records.contacts import contacts
    from cardcrm.records.mail.outbox import Draft

    store = session.store()
    step, contact_id = planned.step, planned.contact_id
    assert step.template_id is not None
    address = choose_address(session, contacts.get(store, contact_id), "")
    made = render(
        store,
        step.template_id,
        contact_id,
        user=planned.owner,
        dunned=Dunned(planned.invoice_id, planned.level, step.fee),
        settings=session.config,
    )
    require_subject(made, step.name)
    return Draft(
        contact_id, address, made.subject, made.text, made.html, made.template_id, step=_STEP
    )
