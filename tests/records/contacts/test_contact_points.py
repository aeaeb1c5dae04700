"""Phone numbers and email addresses in all formats get one normal form."""

import re
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, countries
from cardcrm.records.contacts.countries import region_of
from cardcrm.records.contacts.drafts import AddressDraft, ContactPointDraft
from cardcrm.text import fold


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("0113 496 0123", "441134960123"),
        ("+44 113 496 0123", "441134960123"),
        ("+44 0113 496 0123", "441134960123"),
        ("+44 (0)113 496 0123", "441134960123"),
        ("0044 113 496 0123", "441134960123"),
        ("+440113 496 0124", "441134960124"),
        ("+4401134960124", "441134960124"),
        ("+49 0221 123456", "49221123456"),
        ("+353 01 677 1234", "35316771234"),
        ("+39 06 698 12345", "390669812345"),
        ("+1 212-555-0100", "12125550100"),
        ("tel:+44-113-496-0123", "441134960123"),
        ("+44 113 496 0123 (Mum)", "441134960123"),
        ("(0113) 496-0123", "441134960123"),
        ("٠١١٣ ٤٩٦ ٠١٢٣", "441134960123"),
        ("+٤٤ ١١٣ ٤٩٦ ٠١٢٣", "441134960123"),
        ("०११३ ४९६ ०१२३", "441134960123"),
        ("＋４４（０）１１３　４９６　０１２３", "441134960123"),
        ("0113‑496‑0123", "441134960123"),
        ("0113 496 0123 ext. 5", "441134960123x5"),
        ("+44 113 496 0123 x5", "441134960123x5"),
        ("0113 496 0123 #5", "441134960123x5"),
        ("+52 1 55 1234 5678", "525512345678"),
        ("+5215512345678", "525512345678"),
        ("+52 (1) 55 1234 5678", "525512345678"),
        ("+52 55 1234 5678", "525512345678"),
        ("+54 9 11 1234 5678", "541112345678"),
        ("+54 11 15 1234 5678", "541112345678"),
        ("+54 11 1234 5678", "541112345678"),
        ("+39 6 698 12345", "390669812345"),
        ("+39 347 1234567", "393471234567"),
    ],
)
def test_every_format_of_a_number_has_one_key(written: str, key: str) -> None:
    assert contact_points.phone_key(written, "GB") == key


def test_an_international_number_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    for written in ("+44 113 496 0123", "+447700900111", "+353 1 677 1234", "+1 212-555-0100"):
        assert contact_points.phone_key(written, "GB") == "".join(filter(str.isdigit, written))


CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@given(code=st.sampled_from(CODES), rest=st.integers(10**6, 10**8), zero=st.booleans())
def test_the_quick_pattern_rejects_a_zero_after_any_country_code(
    code: int, rest: int, zero: bool
) -> None:
    quick = re.fullmatch(contact_points._FULL_NUMBER, f"+{code}{' 0' * zero}{rest}")
    assert (quick is None) is zero
    assert not zero or re.fullmatch(contact_points._FULL_NUMBER, f"+{code}0{rest}") is None


@pytest.mark.parametrize("written", ["4.47701E+11", "4,47701E+11", "4E11"])
def test_a_number_rounded_by_a_spreadsheet_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="spreadsheet"):
        contact_points.normalize(ContactPointDraft("phone", written), "GB")


@pytest.mark.parametrize(
    ("country", "written", "key"),
    [
        ("Deutschland", "0221 1234567", "492211234567"),
        ("Germany", "0221/1234567", "492211234567"),
        ("DE", "0221 1234567", "492211234567"),
        ("de", "0049 221 1234567", "492211234567"),
        ("France", "01 42 68 53 00", "33142685300"),
        ("The Netherlands", "020 123 4567", "31201234567"),
        ("U.S.A.", "(212) 555-0123", "12125550123"),
        ("Österreich", "01 5877580", "4315877580"),
        ("England", "0113 496 0123", "441134960123"),
        ("Atlantis", "0113 496 0123", "441134960123"),  # unknown: the firm's own
        ("Deutschland", "+33 1 42 68 53 00", "33142685300"),  # what is written in full is that
        ("Belgium", "020 7946 0018", "442079460018"),  # no number there, but one here
    ],
)
def test_a_national_number_is_of_the_country_of_the_address(
    country: str, written: str, key: str
) -> None:
    told = ContactPointDraft("phone", written), "GB", [AddressDraft(country=country)]
    assert contact_points.normalize(*told)[1] == key


def test_of_several_countries_the_one_with_the_same_label_goes_first() -> None:
    places = [AddressDraft("home", country="GB"), AddressDraft("work", country="Germany")]
    told = {
        label: contact_points.normalize(
            ContactPointDraft("phone", "0221 1234567", label), "FR", places
        )[0]
        for label in ("work", "work fax")
    }
    assert told == dict.fromkeys(told, "+49 221 1234567")
    home = contact_points.normalize(
        ContactPointDraft("phone", "0113 496 0123", "home"), "FR", places
    )
    assert home[0] == "+44 113 496 0123"


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("Germany", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("Alemania", "DE"),
        ("Duitsland", "DE"), ("Germania", "DE"), ("D", "DE"), ("Niemcy", "DE"), ("ドイツ", "DE"),
        (" gb ", "GB"),
        ("UK", "GB"), ("U.K.", "GB"), ("Royaume-Uni", "GB"), ("GROSSBRITANNIEN", "GB"),
        ("Etats-Unis", "US"), ("États-Unis", "US"), ("United States of America", "US"),
        ("Osterreich", "AT"), ("Türkiye", "TR"), ("Czechia", "CZ"), ("Holland", "NL"),
        ("", ""), ("Middle-earth", ""), ("XX", ""), ("99", ""),
    ],
)  # fmt: skip
def test_countries_are_found_by_code_and_by_name_in_many_languages(
    country: str, region: str
) -> None:
    assert region_of(country) == region


def test_the_names_of_countries_are_folded_and_each_is_of_one_region() -> None:
    names = [
        name for line in countries._TABLE.read_text().splitlines() for name in line[3:].split("|")
    ]
    assert names == [fold(name) for name in names]
    assert len(names) == len(set(names)) == len(countries._names())
    assert set(countries._names().values()) <= phonenumbers.SUPPORTED_REGIONS


@pytest.mark.parametrize(
    ("written", "region", "key"),
    [
        ("044 55 1234 5678", "MX", "525512345678"),
        ("01 55 1234 5678", "MX", "525512345678"),
        ("55 1234 5678", "MX", "525512345678"),
        ("011 15-1234-5678", "AR", "541112345678"),
        ("06 698 12345", "IT", "390669812345"),
        ("0044 113 496 0123", "US", "441134960123"),
        ("00 44 (0)113 496 0123", "US", "441134960123"),
        ("011 44 113 496 0123", "US", "441134960123"),
        ("８１ ３ １２３４ ５６７８", "JP", "81312345678"),
    ],
)
def test_a_number_has_the_same_key_in_every_region(written: str, region: str, key: str) -> None:
    assert contact_points.phone_key(written, region) == key


@pytest.mark.parametrize(
    ("written", "label", "value"),
    [
        ("07700 900123 (Mum)", "Mum", "+44 7700 900123"),
        ("(work) 0113 496 0123", "work", "+44 113 496 0123"),
        ("(Work)0113 496 0123 ext 5", "work", "+44 113 496 0123 x5"),
        ("+1 (206) 555-0147 [cell]", "cell", "+1 206-555-0147"),
        ("0113 496 0123（母）", "母", "+44 113 496 0123"),
        ("0113 496 0123 (Mum’s work)", "Mum’s work", "+44 113 496 0123"),
        ("12 (Mum)", "Mum", "12"),
        ("(0113) 496 0123", "", "+44 113 496 0123"),
        ("0113 496 0123 (ext 5)", "", "+44 113 496 0123 x5"),
    ],
)
def test_a_label_in_brackets_is_the_label(written: str, label: str, value: str) -> None:
    found = contact_points.normalize(ContactPointDraft("phone", written), "GB")
    assert (found.label, found.value) == (label, value)
    labeled = contact_points.normalize(ContactPointDraft("phone", written, "home"), "GB")
    assert labeled.label == f"home {label}".strip()


@pytest.mark.parametrize(
    ("written", "country", "region"),
    [
        ("0113 496 0123", "", "GB"),
        ("0221 1234567", "Germany", "DE"),
        ("+44 113 496 0123", "", ""),
        ("0044 113 496 0123", "", ""),
        ("+44 (0)113 496 0123", "", ""),
        ("12", "", ""),
    ],
)
def test_the_region_assumed_for_a_national_number_is_said(
    written: str, country: str, region: str
) -> None:
    places = [AddressDraft(country=country)] if country else []
    assert (
        contact_points.normalize(ContactPointDraft("phone", written), "GB", places).region == region
    )
    said = [f"1 phone number without a country code was read as a number of the region {region}"]
    drafts = [ContactPointDraft("phone", written)] if written != "12" else []
    assert contact_points.phone_warnings(drafts, "GB", places) == (said if region else [])


# Not a phone number


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("12", "too short"),
        ("x12", "too short"),
        ("abc1", "too short"),
        ("496 0123", "is too short, or has no area code"),
        ("07700900", "is too short, or has no area code"),
        ("12345678901234567", "too long"),
        ("+44 113 496 0123 456 789", "too long"),
        ("07700 900123 / 07700 900124", "too long"),
        ("+210 12345 ext 5", "unknown country code"),
        ("#31#0113496", "more than a phone number"),
    ],
)
def test_an_impossible_number_stays_as_written_with_a_warning(written: str, why: str) -> None:
    value, key, warning, *_ = contact_points.normalize(ContactPointDraft("phone", written), "GB")
    assert (value, key) == (written, "".join(filter(str.isdigit, written)))
    assert why in warning
    (told,) = contact_points.phone_warnings([ContactPointDraft("phone", written)], "GB")
    assert told == f"“{written}” is stored as written, but {warning}"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("0800 1111", "448001111"),  # short but valid
        ("0845 46 47", "448454647"),
        ("07700 900123", "447700900123"),  # reserved for films
        ("01632 960123", "441632960123"),
    ],
)
def test_a_short_but_valid_number_gives_no_warning(written: str, key: str) -> None:
    found = contact_points.normalize(ContactPointDraft("phone", written), "GB")
    assert (found.key, found.warning) == (key, "")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Tom 0113 496 0123", "Tom 0113 496 0123"),
        ("Tom 0113 496 0123 ext 5", "Tom 0113 496 0123 ext 5"),
        ("0113 FLOWERS", "0113 FLOWERS"),
        ("0113 496 0123 ext. 5", "+44 113 496 0123 x5"),
        ("0113 496 0123 x5", "+44 113 496 0123 x5"),
        ("(0113) 496-0123", "+44 113 496 0123"),
    ],
)
def test_words_beside_a_number_are_kept(written: str, value: str) -> None:
    found = contact_points.normalize(ContactPointDraft("phone", written), "GB")
    assert (found.value, found.warning) == (value, "")
    assert found.key in ("441134960123", "441134960123x5", "441133569377")


@given(
    st.text("+0123456789 ()-/x.aT", min_size=1, max_size=24),
    st.sampled_from(["GB", "DE", "US", "IT"]),
)
def test_a_second_normalization_changes_nothing(written: str, region: str) -> None:
    try:
        once = contact_points.normalize(ContactPointDraft("phone", written), region)
    except UsageError:
        return
    assert contact_points.normalize(ContactPointDraft("phone", once.value), region).key == once.key


@pytest.mark.parametrize(
    ("written", "value", "label"),
    [
        ("jane@example.com", "jane@example.com", ""),
        ("<jane@example.com>", "jane@example.com", ""),
        ("mailto:jane@example.com", "jane@example.com", ""),
        ("<mailto:jane@example.com>", "jane@example.com", ""),
        ('"Jane Doe" <jane@example.com>', "jane@example.com", "Jane Doe"),
    ],
)
def test_an_email_address_may_have_a_name_and_brackets(
    written: str, value: str, label: str
) -> None:
    found = contact_points.normalize(ContactPointDraft("email", written), "GB")
    assert (found.value, found.label) == (value, label)
    assert contact_points.parse_email(written) == value


@pytest.mark.parametrize(
    "written", ["jane@example.com>", "<jane@example.com", "jane>@example.com", "Jane <>"]
)
def test_an_email_address_with_one_bracket_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match=f"invalid email address “{written}”"):
        contact_points.check("email", written)
