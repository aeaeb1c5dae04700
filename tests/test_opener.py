"""The addresses of contacts that other programs are given, and their form."""

import pytest

from cardcrm.errors import UsageError
from cardcrm.opener import to_argument, to_url


@pytest.mark.parametrize(
    ("kind", "value", "url"),
    [
        ("web", "example.com", "https://example.com"),
        ("web", "http://example.com/a?b=c#d", "http://example.com/a?b=c#d"),
        ("web", "HTTPS://example.com", "HTTPS://example.com"),
        ("web", "example.com:8080/x", "https://example.com:8080/x"),
        ("web", "example.com/a b\"c'd|e", "https://example.com/a%20b%22c'd%7Ce"),
        ("web", "example.com/100%25", "https://example.com/100%25"),
        ("web", "müller.example/käse", "https://m%C3%BCller.example/k%C3%A4se"),
        ("web", "http://[::1]:80/", "http://[::1]:80/"),
        ("email", "jane@example.com", "mailto:jane@example.com"),
        ("email", "jane+crm@example.com", "mailto:jane%2Bcrm@example.com"),
        ("email", "a?cc=x&b@example.com", "mailto:a%3Fcc%3Dx%26b@example.com"),
        ("email", "a%0d%0aBcc@example.com", "mailto:a%250d%250aBcc@example.com"),
        ("phone", "+44 113 496 0123", "tel:+441134960123"),
        ("phone", "0113 496 0123", "tel:01134960123"),
        ("phone", "+44 113 496 0123 ext. 5", "tel:+441134960123;ext=5"),
        ("phone", "+1 (206) 555-0100 x12", "tel:+12065550100;ext=12"),
        ("phone", "07700 900123 (Mum)", "tel:07700900123"),
        ("phone", "01;phone-context=evil", "tel:01"),
    ],
)
def test_address_becomes_a_url_of_a_known_scheme(kind: str, value: str, url: str) -> None:
    assert to_url(kind, value) == url


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("web", "--gpu-launcher=xterm"),
        ("web", "-x"),
        ("web", " --new-window"),
        ("web", "https://--gpu-launcher=xterm"),
        ("web", "file:///etc/passwd"),
        ("web", "FILE:/etc/passwd"),
        ("web", "smb://host/share"),
        ("web", "javascript:alert(1)"),
        ("web", "data:text/html,x"),
        ("web", "vbscript:x"),
        ("web", "mailto:a@example.com?attach=/etc/passwd"),
        ("web", "ssh://-oProxyCommand=x/"),
        ("web", "//host/share"),
        ("web", r"\\host\share"),
        ("web", "/etc/passwd"),
        ("web", "https://"),
        ("web", "https:/example.com"),
        ("web", "https://bank.example@evil.example"),
        ("web", r"https://good.example\@evil.example"),
        ("web", "https://example.com:99999/"),
        ("web", "https://[::1"),
        ("web", "https://example.com/\x1b]52;c;x\x07"),
        ("web", "https://example.com/\nx"),
        ("web", ""),
        ("email", "x@example.com?attach=/etc/passwd&cc=x"),
        ("email", "x@example.com%0d%0aBcc:y@example.com"),
        ("email", "a%0d%0aBcc:b@example.com"),
        ("email", "a@b@example.com"),
        ("email", "x@example.com,y@example.com"),
        ("email", "--attach=/etc/passwd@example.com"),
        ("email", "jane"),
        ("email", "x@example.com\r\nBcc: y@example.com"),
        ("phone", "-1"),
        ("phone", "ask at the desk"),
        ("social", "@jane"),
        ("unknown", "https://example.com"),
    ],
)
def test_other_address_is_not_opened(kind: str, value: str) -> None:
    with pytest.raises(UsageError, match="can't open"):
        to_url(kind, value)


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("call Jane", "call Jane"),
        ("--icon=/x", "icon=/x"),
        (" \t-x", "x"),
        ("a\x1b]52;c;x\x07b\0c", "ab�c"),
        ("one\ntwo", "one\ntwo"),
    ],
)
def test_text_for_a_program_has_no_controls_and_no_leading_dash(text: str, argument: str) -> None:
    assert to_argument(text) == argument
