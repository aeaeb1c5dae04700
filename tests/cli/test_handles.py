"""Handles on social networks: they know their network and name their contact."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Typed = Callable[..., Result]

# The text to type, the label, and further writings that find the contact.
HANDLES = [
    ("@jd99", "", ["@JD99"]),
    ("twitter:jd99", "twitter", ["@jd99"]),
    ("mastodon:@jd99@example.social", "mastodon", ["@jd99@example.social", "@jd99"]),
    ("@jd99@example.social", "mastodon", ["@jd99@example.social", "@jd99"]),
    ("https://example.social/@jd99", "mastodon", ["@jd99@example.social"]),
    ("https://twitter.com/jd99", "twitter", ["@jd99"]),
    ("https://x.com/jd99/", "twitter", ["@jd99"]),
    ("https://www.linkedin.com/in/jd99", "linkedin", ["@jd99"]),
    ("instagram.com/JD99", "instagram", ["@jd99"]),
    ("https://github.com/jd99", "github", ["@jd99"]),
    ("https://www.youtube.com/@jd99", "youtube", ["@jd99"]),
    ("https://bsky.app/profile/jd99", "bluesky", ["@jd99"]),
]


@pytest.mark.parametrize(("handle", "network", "writings"), HANDLES, ids=[h[0] for h in HANDLES])
def test_a_handle_knows_its_network_and_names_its_contact(
    typed: Typed, handle: str, network: str, writings: list[str]
) -> None:
    typed("add", "Jane Doe", "--handle", handle)
    typed("add", "Bob Ray", "--handle", "@jd9")
    for each in writings:
        card = json.loads(typed("show", each, "--json")[1])
        assert (card["name"], card["contact_points"][0]["label"]) == ("Jane Doe", network)
    assert "with 1 Jane Doe: hi" in typed("log", writings[0], "hi")[2]


def test_an_unknown_handle_names_no_contact(typed: Typed) -> None:
    typed("add", "Jane Doe", "--handle", "@jd99")
    assert typed("show", "@jd")[0] == 3


@pytest.mark.parametrize("ending", ["csv", "vcf"])
def test_a_file_keeps_the_network(typed: Typed, tmp_path: Path, ending: str) -> None:
    typed("add", "Jane Doe", "--handle", "mastodon:@jd99@example.social")
    file = tmp_path / f"all.{ending}"
    typed("export", "--to", str(file))
    typed("rm", "1", "--yes")
    typed("import", str(file))
    (point,) = json.loads(typed("show", "@jd99", "--json")[1])["contact_points"]
    assert (point["address"], point["label"]) == ("@jd99@example.social", "mastodon")


@pytest.mark.parametrize(
    "line",
    [
        "SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://example.social/@jd99",
        "X-SOCIALPROFILE;TYPE=mastodon:https://example.social/@jd99",
        "X-SOCIALPROFILE:https://example.social/@jd99",
    ],
)
def test_a_vcard_names_the_network(typed: Typed, tmp_path: Path, line: str) -> None:
    file = tmp_path / "jane.vcf"
    file.write_text(f"BEGIN:VCARD\nVERSION:4.0\nFN:Jane Doe\n{line}\nEND:VCARD\n", "utf-8")
    typed("import", str(file))
    (point,) = json.loads(typed("show", "@jd99@example.social", "--json")[1])["contact_points"]
    assert point["label"] == "mastodon"
