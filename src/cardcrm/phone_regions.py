"""The regions whose telephone numbers are known, and what the system says of the one it stands in.

The codes are those that the library phonenumbers goes by: of ISO 3166-1, and a few islands and
countries that have numbers of their own without standing there (AC, TA, XK). They are repeated
here, as the library takes too long to load for asking it at each start; a test holds both together.
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
_MEANT = {"UK": "GB", "EN": "GB"}  # what people write for others

# The currency of a region, for a box that is made where the system says no more than its language.
_CURRENCIES = {
    "GB": "GBP", "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "CH": "CHF", "SE": "SEK",
    "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "JP": "JPY", "CN": "CNY",
    "IN": "INR", "BR": "BRL", "MX": "MXN", "ZA": "ZAR", "IE": "EUR", "DE": "EUR", "AT": "EUR",
    "FR": "EUR", "BE": "EUR", "NL": "EUR", "LU": "EUR", "ES": "EUR", "PT": "EUR", "IT": "EUR",
    "FI": "EUR", "GR": "EUR", "EE": "EUR", "LV": "EUR", "LT": "EUR", "SK": "EUR", "SI": "EUR",
    "HR": "EUR", "MT": "EUR", "CY": "EUR",
}  # fmt: skip


def checked(text: str) -> str:
    """A region as it is kept: two capitals. Raises UsageError where there is none of that name."""
    region = text.upper()
    if text.isascii() and _is_known(region):
        return region
    meant = f"{_MEANT[region]}, for {region}" if region in _MEANT else "GB, DE or US"
    raise UsageError(f"“{text}” is no region", f"Two letters, such as {meant}.")


def _is_known(region: str) -> bool:
    return len(region) == 2 and region.isalpha() and region in _CODES.split()


def of_the_system() -> tuple[str, str]:
    """Region and currency that the system's language settings suggest; empty where none do."""
    for variable in ("LC_ALL", "LC_MONETARY", "LANG"):
        place = os.environ.get(variable, "").partition(".")[0].partition("@")[0]
        _, _, region = place.partition("_")
        if _is_known(region.upper()):
            return region.upper(), _CURRENCIES.get(region.upper(), "EUR")
    return "", ""
