"""The sender of mail, as the settings name it."""

from cardcrm.cli.session import Session


def load_sender_domain(session: Session) -> str:
    """Return the domain of the sender. Raises UsageError if mail is not set up."""
    from cardcrm.mail.smtp import load_server

    return load_server(session.config).domain
