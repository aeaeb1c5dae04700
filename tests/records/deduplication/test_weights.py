"""The page that explains the score states the weights that the program uses."""

import re
from pathlib import Path

import pytest

from cardcrm.records.deduplication import weights
from cardcrm.records.deduplication.scoring import prior_bits, to_probability
from cardcrm.records.deduplication.weights import FAMILY, GIVEN, ORG_NAME, Evidence, Level

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "duplicates.md"

STATED = {
    "Names": (
        GIVEN[Level.SPELLING], GIVEN[Level.VARIANT], GIVEN[Level.PART], GIVEN[Level.SLIP],
        GIVEN[Level.FAR], FAMILY[Level.SPELLING], FAMILY[Level.PART], FAMILY[Level.SLIP],
        weights.INITIAL, weights.SWAPPED, weights.RELATED, weights.DIFFERENT_GIVEN,
        weights.DIFFERENT_FAMILY, weights.NAMELESS, weights.SAME_MIDDLE, weights.DIFFERENT_MIDDLE,
        weights.DIFFERENT_GENDER, weights.DIFFERENT_GENERATION, weights.ONE_GENERATION,
    ),
    "What a household or an office shares": (
        *weights.EMAIL, *weights.SIMILAR_EMAIL, *weights.SHARED_EMAIL, *weights.PHONE,
        *weights.SIMILAR_PHONE, *weights.ADDRESS, *weights.SIMILAR_ADDRESS, weights.POSTCODE,
        weights.SAME_BIRTHDAY, weights.SAME_YEARLESS, weights.SIMILAR_BIRTHDAY,
        weights.NEAR_BIRTHDAY, weights.OTHER_BIRTHDAY, weights.SOCIAL, weights.WEB,
        weights.SAME_USER, weights.OTHER_EMAIL, weights.NAME_AS_USER, weights.OTHER_PHONE,
        weights.OTHER_CITY, weights.OTHER_STREET, weights.OTHER_ORG,
    ),
    "Organizations": (
        ORG_NAME[Level.SAME], ORG_NAME[Level.SPELLING], ORG_NAME[Level.SLIP],
        ORG_NAME[Level.PART], ORG_NAME[Level.INITIAL], ORG_NAME[Level.DIFFERENT],
        weights.ORG_DOMAIN, weights.ORG_EMAIL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("heading", STATED)
def test_the_tables_state_the_weights(heading: str) -> None:
    section = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"\| ([+−]\d+\.\d|0)(?= \|)", section)
    numbers = tuple(float(cell.replace("−", "-")) for cell in cells)
    assert numbers == STATED[heading]


@pytest.mark.parametrize("name", ["MOST_GIVEN", "MOST_FAMILY", "MOST_VAGUE", "MOST_BY_NAME"])
def test_the_bounds_are_stated(name: str) -> None:
    assert f"{getattr(weights, name):g}" in PAGE.read_text()


def test_the_sum_begins_with_the_odds_of_two_contacts_at_random() -> None:
    assert round(prior_bits(10), 1) == round(prior_bits(2000), 1) == -13.3
    assert round(prior_bits(100_000), 1) == -18.9
    assert to_probability(0.0) == 0.5
    assert to_probability(1.0) == pytest.approx(2 / 3)
    assert round(to_probability(2.8), 2) == 0.87


def test_every_finding_has_words() -> None:
    for key in weights.WORDS:
        assert weights.describe(Evidence(1.0, key)) == weights.WORDS[key]
        assert weights.describe(Evidence(-1.0, key)) == f"but {weights.WORDS[key]}"
