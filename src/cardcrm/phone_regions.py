"""List the regions with phone numbers, and detect the region of the system.

The codes are those of the library phonenumbers: ISO 3166-1, and a few territories with their own
numbers (AC, TA, XK). They are repeated here because importing the library is slow; a test compares
both lists.
"""

import os

from cardcrm.errors import UsageError

_CODES = (
    "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO "
    "DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU "
    "GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW "
    "KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT "
    "MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT "
    "PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA "
    "TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK "
    "YE YT ZA ZM ZW"
)
_CORRECTIONS = {"UK": "GB", "EN": "GB"}  # common mistakes

# The currency of a region, for a new database.
_CURRENCIES = {
    "GB": "GBP", "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "CH": "CHF", "SE": "SEK",
    "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "JP": "JPY", "CN": "CNY",
    "IN": "INR", "BR": "BRL", "MX": "MXN", "ZA": "ZAR", "IE": "EUR", "DE": "EUR", "AT": "EUR",
    "FR": "EUR", "BE": "EUR", "NL": "EUR", "LU": "EUR", "ES": "EUR", "PT": "EUR", "IT": "EUR",
    "FI": "EUR", "GR": "EUR", "EE": "EUR", "LV": "EUR", "LT": "EUR", "SK": "EUR", "SI": "EUR",
    "HR": "EUR", "MT": "EUR", "CY": "EUR",
}  # fmt: skip


def validate_region(text: str) -> str:
    """Return a region in capitals. Raises UsageError for an unknown region."""
    region = text.upper()
    if text.isascii() and is_region(region):
        return region
    example = f"{_CORRECTIONS[region]}, for {region}" if region in _CORRECTIONS else "GB, DE or US"
    raise UsageError(f"unknown region “{text}”", f"Use two letters, such as {example}.")


def is_region(region: str) -> bool:
    """Return whether a code in capitals is that of a region with phone numbers."""
    return len(region) == 2 and region.isalpha() and region in _CODES.split()


def detect_locale() -> tuple[str, str]:
    """Return region and currency from the language settings of the system, or empty texts."""
    for variable in ("LC_ALL", "LC_MONETARY", "LANG"):
        locale = os.environ.get(variable, "").partition(".")[0].partition("@")[0]
        _, _, region = locale.partition("_")
        if is_region(region.upper()):
            return region.upper(), _CURRENCIES.get(region.upper(), "EUR")
    return "", ""
