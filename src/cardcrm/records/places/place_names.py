"""The keys by which names of places and postal codes are compared, and the regions of countries."""

import re
from functools import cache, lru_cache

from cardcrm.text import fold

_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
_SEPARATORS = re.compile(r"[\s.,'’/()-]+")

# Words that continue the name of a town where people say its beginning alone: Newcastle upon Tyne.
JOINING_WORDS = frozenset(
    ("upon", "on", "under", "by", "am", "an", "in", "im", "ob", "bei", "sur", "sous", "en", "de")
)

# GeoNames has regions by their codes: for each, the names by which addresses have it.
_REGIONS = {
    "US": (
        "AL alabama|AK alaska|AZ arizona|AR arkansas|CA california|CO colorado|CT connecticut|"
        "DE delaware|DC district of columbia|FL florida|GA georgia|HI hawaii|ID idaho|IL illinois|"
        "IN indiana|IA iowa|KS kansas|KY kentucky|LA louisiana|ME maine|MD maryland|"
        "MA massachusetts|MI michigan|MN minnesota|MS mississippi|MO missouri|MT montana|"
        "NE nebraska|NV nevada|NH new hampshire|NJ new jersey|NM new mexico|NY new york|"
        "NC north carolina|ND north dakota|OH ohio|OK oklahoma|OR oregon|PA pennsylvania|"
        "RI rhode island|SC south carolina|SD south dakota|TN tennessee|TX texas|UT utah|"
        "VT vermont|VA virginia|WA washington|WV west virginia|WI wisconsin|WY wyoming"
    ),
    "CA": (
        "01 alberta|01 ab|02 british columbia|02 bc|03 manitoba|03 mb|04 new brunswick|04 nb|"
        "05 newfoundland and labrador|05 nl|07 nova scotia|07 ns|08 ontario|08 on|"
        "09 prince edward island|09 pe|10 quebec|10 qc|11 saskatchewan|11 sk|12 yukon|12 yt|"
        "13 northwest territories|13 nt|14 nunavut|14 nu"
    ),
    "AU": (
        "01 australian capital territory|01 act|02 new south wales|02 nsw|03 northern territory|"
        "03 nt|04 queensland|04 qld|05 south australia|05 sa|06 tasmania|06 tas|07 victoria|"
        "07 vic|08 western australia|08 wa"
    ),
    "GB": "ENG england|NIR northern ireland|SCT scotland|WLS wales",
}


@lru_cache(maxsize=4096)
def place_key(name: str) -> str:
    """Return the key of the name of a place: ``Saint-Denis`` gives ``st denis``."""
    words = _SEPARATORS.split(fold(name))
    return " ".join(_SHORT.get(word, word) for word in words if word)


def postcode_key(text: str) -> str:
    """Return the key of a postal code: ``ls1 4ap`` gives ``LS14AP``."""
    return "".join(filter(str.isalnum, text.upper()))


def postcode_keys(text: str) -> list[str]:
    """Return the keys to look a postal code up by, the finest first.

    Files often have its first part alone: LS1 of LS1 4AP, 90210 of 90210-1234.
    """
    whole = postcode_key(text)
    first = postcode_key(re.split(r"[\s-]", text.strip(), maxsplit=1)[0])
    outward = whole[:-3] if re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", whole) else ""
    keys = [whole, first if len(first) > 1 else "", outward]
    return list(dict.fromkeys(filter(None, keys)))


@cache
def list_region_names(country: str) -> dict[str, str]:
    """Return the codes of the regions of a country by their folded names; {} if unknown."""
    entries = filter(None, _REGIONS.get(country, "").split("|"))
    pairs = (each.split(" ", 1) for each in entries)
    return {name: code for code, name in pairs}


def has_region(country: str, key: str) -> bool:
    """Return whether a country has a region of a folded name or code, as far as is known."""
    names = list_region_names(country)
    return key in names or key.upper() in names.values()


def is_region(key: str) -> bool:
    """Return whether any country has a region of a folded name or code, as far as is known."""
    return any(has_region(country, key) for country in _REGIONS)
