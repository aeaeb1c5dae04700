"""Read until when a person is away from an automatic answer, in ten languages."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

from cardcrm.dates.month_names import FOREIGN_MONTHS
from cardcrm.text import fold

MAX_TEXT: Final = 5_000  # characters that are looked at
MAX_DAYS: Final = 400  # a longer absence is a misread date

# Folded words, in the order of English, German, French, Spanish, Italian, Dutch, Portuguese,
# Polish, Swedish, Danish. After the first ones comes the last day of the absence, after the others
# the first day at work.
_UNTIL: Final = (
    "until", "till", "til", "through", "thru", "up to and including", "to",
    "bis", "bis zum", "bis einschliesslich", "bis einschliesslich zum",
    "jusqu'au", "jusquau", "au", "hasta el", "hasta", "al", "fino al", "fino a",
    "tot en met", "tot", "t/m", "ate", "ate o dia", "ate dia", "a", "do", "do dnia",
    "till och med", "t.o.m.", "tom", "til og med", "indtil", "t.o.m",
)  # fmt: skip
_BACK: Final = (
    "back on", "back in the office on", "return on", "returning on", "return to the office on",
    "wieder ab", "ab dem", "wieder am", "zuruck am", "wieder erreichbar ab", "ab",
    "de retour le", "a partir du", "de vuelta el", "a partir del", "regreso el", "vuelvo el",
    "di ritorno il", "rientro il", "dal", "terug op", "weer op", "weer vanaf", "vanaf",
    "de volta em", "regresso a", "a partir de", "retorno em", "wracam", "powrot", "od",
    "tillbaka den", "ater den", "tillbaka", "tilbage den", "tilbage", "igen den",
)  # fmt: skip
_ENGLISH_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_POLISH_MONTHS: Final = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "wrzesnia",
    "pazdziernika", "listopada", "grudnia",
)  # fmt: skip
_MONTHS: Final = {
    **FOREIGN_MONTHS,
    **{name: number for number, name in enumerate(_POLISH_MONTHS, 1)},
    **{name: number for number, name in enumerate(_ENGLISH_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(_ENGLISH_MONTHS, 1)},
    "augusti": 8, "sept": 9,
}  # fmt: skip

_NAMED = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_DATE: Final = (
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)|"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er|o)?,? (?:of |de |den )?(?P<month>{_NAMED})\.?\b"
    r"(?:,? (?:de )?(?P<year>\d{4}))?|"
    rf"(?P<month2>{_NAMED})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year2>\d{{4}}))?|"
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?:\.(?!\d)|(?P=mark)(?P<last>\d{4}|\d\d))?)"
)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    # A weekday or an article may come in between: “until Friday, the 5th of December”.
    return re.compile(rf"(?<!\w)(?:{names}) (?:[a-z]+[.,]? (?:den |the |dem )?)?{_DATE}")


_PATTERNS: Final = ((_pattern(_UNTIL), 0), (_pattern(_BACK), 1))


def find_last_day(text: str, sent_on: dt.date) -> dt.date | None:
    """Return the last day of the absence that a text of a day reports; None if it names none."""
    folded = fold(text[:MAX_TEXT]).replace("’", "'")
    for pattern, days_before in _PATTERNS:
        for found in pattern.finditer(folded):
            for day in _read(found, sent_on):
                last = day - dt.timedelta(days=days_before)
                if sent_on <= last <= sent_on + dt.timedelta(days=MAX_DAYS):
                    return last
    return None


def _read(found: re.Match[str], sent_on: dt.date) -> Iterator[dt.date]:
    """Yield the day that a date stands for, or both if day and month could be exchanged."""
    if found["iso"]:
        yield from _build(int(found["iso"][:4]), found["iso"][5:7], found["iso"][8:], sent_on)
        return
    name = found["month"] or found["month2"]
    if name:
        day, year = found["day"] or found["day2"], found["year"] or found["year2"]
        yield from _build(int(year or 0), str(_MONTHS[name]), day, sent_on)
        return
    year = int(found["last"] or 0)
    year += 2000 if 0 < year < 100 else 0
    yield from _build(year, found["second"], found["first"], sent_on)
    if found["mark"] == "/":
        yield from _build(year, found["first"], found["second"], sent_on)


def _build(year: int, month: str, day: str, sent_on: dt.date) -> Iterator[dt.date]:
    """Yield a date if there is one; without a year, the next one."""
    years = (year,) if year else (sent_on.year, sent_on.year + 1)
    for each in years:
        try:
            found = dt.date(each, int(month), int(day))
        except ValueError:
            continue
        if year or found >= sent_on:
            yield found
            return
