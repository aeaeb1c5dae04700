"""Explain why the certificate of a mail server was refused, and what to do about it."""

import ssl
from typing import Final, NamedTuple

# The reasons of OpenSSL (x509_vfy.h), which the standard library does not name.
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_OTHER_NAMES: Final = (62, 64)  # of a host, of an IP address


class Distrust(NamedTuple):
    """The problem with a certificate, and its remedy."""

    message: str
    remedy: str


def explain(error: ssl.SSLCertVerificationError, address: str, setting: str) -> Distrust:
    """Return why the certificate of a server is refused; ``setting`` names the key of its host."""
    message = f"the certificate of {address} is not trusted: {error.verify_message}"
    return Distrust(message, _find_remedy(error.verify_code, setting))


def _find_remedy(code: int, setting: str) -> str:
    if code == _NOT_YET_VALID:
        return "Check the date of this computer."
    if code == _EXPIRED:
        return "Check the date of this computer; if it is right, tell the provider."
    if code in _OTHER_NAMES:
        return f"Set {setting} to the name of the server that your provider gives."
    return f"Check {setting}. For a server of your own, name its certificate: SSL_CERT_FILE=FILE."
