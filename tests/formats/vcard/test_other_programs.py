"""Radicale, a CardDAV server, accepts what we write of the vCards of every program."""

from pathlib import Path

import pytest
from radicale.item import check_and_sanitize_items, read_components

from cardcrm.formats.file_reader import read_entries
from cardcrm.formats.import_entries import ContactEntry
from cardcrm.formats.vcard.writer import format_card
from docs.generator.survival import SAMPLES


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.vcf")), ids=lambda path: path.stem)
def test_radicale_accepts_our_vcards(path: Path, version: str) -> None:
    [draft] = [each.draft for each in read_entries(path) if isinstance(each, ContactEntry)]
    if version == "4.0":  # its parser knows photos of version 3 alone
        draft = draft._replace(media=())
    text = format_card(draft._replace(uid=draft.uid or "x-1"), version)
    found = read_components(text)
    check_and_sanitize_items(found, 0, tag="VADDRESSBOOK")
    assert [each.fn.value for each in found] == [draft.name]
