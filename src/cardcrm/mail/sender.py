"""Read the address of the sender and the details of the firm from the settings."""

from cardcrm.config import Config
from cardcrm.records.mail.template_fields import FIRM


def find_sender(config: Config) -> str:
    """Return the address that mail is sent from, "" if none is set.

    The name of a login is an address only if it has an @.
    """
    user = config.get("mail.user")
    return config.get("mail.from") or (user if "@" in user else "")


def load_firm(config: Config) -> dict[str, str]:
    """Return the fields of the firm that templates can show."""
    return {key: config.get(f"firm.{key}") for key in FIRM}
