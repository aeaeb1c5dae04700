"""All that a vCard says is in the database, or named in the report with a reason."""

import pytest

from docs.generator.survival import Survival, survey


@pytest.mark.parametrize("found", survey(), ids=lambda each: f"{each.program} {each.name}")
def test_every_property_goes_out_again_or_is_named(found: Survival) -> None:
    assert found.lost == ()
    assert found.targets or found.reasons
    assert found.written or found.reasons


def test_what_is_left_out_says_nothing_of_the_contact() -> None:
    left_out = {each.name for each in survey() if each.reasons}
    assert left_out == {"PRODID", "REV", "X-ABADR", "X-MS-OL-DEFAULT-POSTAL-ADDRESS"}
