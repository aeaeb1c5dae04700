"""Replace the many ways to write numbers, units and days by the few that the parsers know.

Nothing here is compiled or loaded for plain dates such as ``fri`` and ``2w``.
"""

_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)
_TENS = {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90"}
_ORDINALS = {
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "sixth": "6th",
    "seventh": "7th",
    "eighth": "8th",
    "ninth": "9th",
    "tenth": "10th",
    "fifteenth": "15th",
    "twentieth": "20th",
}
_WORDS = {
    **{word: str(number) for number, word in enumerate(_NUMBERS)},
    **_TENS,
    **_ORDINALS,
    "weds": "wed",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "2moro": "tomorrow",
    "mths": "months",
    "mth": "month",
    "wks": "weeks",
    "wk": "week",
    "yrs": "years",
    "yr": "year",
    "hrs": "hours",
    "hr": "hour",
    "mins": "minutes",
}
# A space at both ends keeps parts of words from being replaced.
_PHRASES = (
    (" half an hour ", " 30 minutes "),
    (" half a year ", " 6 months "),
    (" a couple of ", " 2 "),
    (" a couple ", " 2 "),
    (" couple of ", " 2 "),
    (" this coming ", " "),
    (" coming ", " "),
    (" upcoming ", " "),
)


def simplify_words(words: str) -> str:
    """Return lower-case words with figures for numbers, and without commas between them."""
    found = " ".join(_WORDS.get(word, word) for word in words.replace(",", " ").split())
    for old, new in _PHRASES:
        found = f" {found} ".replace(old, new).strip()
    return found
