"""No vCard, however odd, leads to an error, and what is read can be written and read again."""

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.formats.import_entries import ContactEntry, DateNote
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.formats.vcard.writer import write_vcard
from docs.generator.survival import SAMPLES

TEXTS = [path.read_bytes().decode("utf-8", "surrogateescape") for path in SAMPLES.glob("*.vcf")]
PIECES = [
    "\r\n", "\n ", "=", ";", ":", ",", "\\", '"', "=\r\n", "\0", "\x1b[31m", "\udcff", "é", "🎈",
    "BEGIN:VCARD", "END:VCARD", ";ENCODING=QUOTED-PRINTABLE:", ";ENCODING=b:", ";CHARSET=utf-7:",
    "item1.", "AGENT:", "PREF=99999999999999999999", "GEO:1e999;1", "TZ:+99:99", "TEL;" * 50, "^n",
    "data:;base64,",
]  # fmt: skip


def read_and_write(text: str) -> None:
    found = list(read_vcard(io.StringIO(text, newline="")))
    drafts = [entry.draft for entry in found if isinstance(entry, ContactEntry)]
    for version in ("3.0", "4.0"):
        stream = io.StringIO(newline="")
        write_vcard(drafts, stream, version)
        stream.getvalue().encode()
        again = read_vcard(io.StringIO(stream.getvalue(), newline=""))
        kinds = [type(entry) for entry in again if not isinstance(entry, DateNote)]
        assert kinds == [ContactEntry] * len(drafts), stream.getvalue()


@pytest.mark.parametrize("seed", range(40))
def test_mutated_samples_are_read(seed: int) -> None:
    rng = random.Random(seed)
    for text in TEXTS:
        pieces = list(text)
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(len(pieces))
            change = rng.randrange(3)
            if change == 0:
                pieces[at] = rng.choice(PIECES)
            elif change == 1:
                del pieces[at : at + rng.randint(1, 40)]
            else:
                pieces[at:at] = rng.choice(PIECES) * rng.randint(1, 3)
        read_and_write("".join(pieces))


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=30))
def test_any_lines_in_a_vcard_are_read(pieces: list[str]) -> None:
    read_and_write(f"BEGIN:VCARD\r\nFN:Ann\r\n{''.join(pieces)}\r\nEND:VCARD\r\n")


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_read(cut: float) -> None:
    for text in TEXTS:
        read_and_write(text[: int(len(text) * cut)])
