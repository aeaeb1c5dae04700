"""Internationalized domain names, and the keys of the email and web addresses that hold them."""

import re

from cardcrm.text import fold

_ENCODED = r"(?i)\bxn--([a-z0-9-]+)"


def email_key(address: str) -> str:
    """Return the key that tells an email address from others, with its domain as the DNS has it."""
    if address.isascii():
        return address.lower()
    import unicodedata

    user, _, domain = unicodedata.normalize("NFC", address).rpartition("@")
    return f"{user.casefold()}@{_encode_domain(domain)}"


def web_key(address: str) -> str:
    """Return a web address, folded, without its protocol, ``www.`` and closing slash."""
    folded = fold(decode_domains(address))
    return re.sub(r"^(https?://)?(www\.)?", "", folded).rstrip("/")


def _encode_domain(domain: str) -> str:
    """Return a domain in the form of the DNS: ``müller.de`` gives ``xn--mller-kva.de``."""
    labels = domain.lower().split(".")
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels
    )


def is_encoded(text: str) -> bool:
    """Return whether a text may hold a domain in the form of the DNS."""
    return "xn--" in text.lower()


def decode_domains(text: str) -> str:
    """Return a text with the domains in it as people write them."""
    return re.sub(_ENCODED, _decode_label, text) if is_encoded(text) else text


def _decode_label(match: re.Match[str]) -> str:
    try:
        return match[1].encode().decode("punycode")
    except UnicodeError:
        return match[0]
