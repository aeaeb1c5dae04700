"""Parse recurrences written in words, and describe rules in words."""

import re

from cardcrm.dates.date_parts import (
    COUNT,
    MONTHS,
    UNIT,
    WEEKDAYS,
    normalize_words,
    parse_count,
    parse_month,
    parse_weekday,
)
from cardcrm.dates.date_words import simplify_words
from cardcrm.dates.recurrence_rule import (
    FREQUENCIES,
    HINT,
    LEAP_DAY,
    Parts,
    check_interval,
    check_rule,
    clamp_month_day,
    is_after_done,
    join_parts,
    read_limits,
    split_parts,
)
from cardcrm.dates.written_date import parse_written_date
from cardcrm.errors import UsageError
from cardcrm.text import quote

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKDAYS = "MO,TU,WE,TH,FR"
_LAST_DAY = "FREQ=MONTHLY;BYMONTHDAY=-1"
_MONTHS_AHEAD = {
    "bimonthly": 2,
    "quarterly": 3,
    "quarter": 3,
    **dict.fromkeys(("half-yearly", "semiannually", "semiannual", "biannually", "biannual"), 6),
    **dict.fromkeys(("biennially", "biennial"), 24),
}
_FIXED = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "biweekly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
    "annually": "FREQ=YEARLY",
    "annual": "FREQ=YEARLY",
    **{word: f"FREQ=MONTHLY;INTERVAL={step}" for word, step in _MONTHS_AHEAD.items()},
    **dict.fromkeys(
        ("weekday", "weekdays", "workday", "workdays", "working day", "business day"),
        f"FREQ=WEEKLY;BYDAY={_WORKDAYS}",
    ),
    "weekend": "FREQ=WEEKLY;BYDAY=SA,SU",
    **dict.fromkeys(("last day", "month end", "end of the month", "eom"), _LAST_DAY),
    "eoy": "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
}

_UNITS = {
    "d": ("DAILY", 1),
    "w": ("WEEKLY", 1),
    "f": ("WEEKLY", 2),
    "m": ("MONTHLY", 1),
    "q": ("MONTHLY", 3),
    "y": ("YEARLY", 1),
}


def parse_recurrence(text: str) -> str:
    """Return the RRULE body for ``2w``, ``monthly``, ``3rd monday``, ``2w after done`` or an RRULE.

    Months are calendar months. Raises UsageError for other texts, and for rules with a time of day,
    more than one occurrence a day, no occurrence, or an interval above ten years.
    """
    if "=" in text:
        return check_rule(text)
    words = simplify_words(normalize_words(text, "recurrence", HINT))
    words, limits = _split_limits(words)
    _refuse_ambiguous(text, words)
    rule = _parse_words(words)
    if rule is None:
        raise UsageError(f"invalid recurrence {quote(text)}", HINT)
    check_interval(text, split_parts(rule))
    return check_rule(rule + limits) if limits else rule


def parse_interval_after_done(text: str) -> str:
    """Return the rule that counts a span such as ``2w`` from completion. Raises UsageError."""
    rule = parse_recurrence(text)
    if "AFTER" in rule:
        return rule
    if not split_parts(rule).keys() <= {"FREQ", "INTERVAL", "COUNT", "UNTIL"}:
        raise UsageError(f"{quote(text)} is not a span of time", "Try --after 2w, 10d or 3 months.")
    return f"{rule};AFTER=DONE"


def _split_limits(words: str) -> tuple[str, str]:
    """Split off ``5 times`` and ``until 2026-12-31``; return them as parts of a rule."""
    limits = ""
    if match := re.fullmatch(r"(.+?),? until ([0-9]{4})-([0-9]{2})-([0-9]{2})", words):
        words, limits = match[1], f";UNTIL={match[2]}{match[3]}{match[4]}"
    if match := re.fullmatch(r"(.+?),? ([0-9]{1,4}) times?", words):
        words, limits = match[1], f";COUNT={match[2]}{limits}"
    return words, limits


def _refuse_ambiguous(text: str, words: str) -> None:
    """Refuse ``every second tuesday``: every other one, or the second one of each month."""
    match = re.fullmatch(r"(?:every|each) ([2-5])(?:nd|rd|th) ([a-z]{3,9})", words)
    day = parse_weekday(match[2]) if match else None
    if match is None or day is None:
        return
    number, name = match[1], WEEKDAYS[day]
    ordinal = _format_ordinal(int(number))
    raise UsageError(
        f"{quote(text)} can mean every {number} weeks or once a month",
        f"Write “{number} weeks on {name}”, or “{ordinal} {name} of the month”.",
    )


def _parse_words(words: str) -> str | None:
    for prefix in ("bi", "semi"):
        words = words.replace(f"{prefix}-", prefix)
    words = words.removeprefix("+")
    for start in ("on ", "every ", "each ", "the "):
        words = words.removeprefix(start)
    words = re.sub(r" of (?:the|every|each) month$", "", words.replace(" (or last day)", ""))
    if match := re.fullmatch(r"(.+) after (?:it is )?(?:done|completion|completed)", words):
        rule = _FIXED.get(match[1]) or _parse_interval(match[1])
        return f"{rule};AFTER=DONE" if rule and "BY" not in rule else None
    return (
        _FIXED.get(words)
        or _parse_interval(words)
        or _parse_month_place(words)
        or _parse_weekdays(words)
        or _parse_interval_on(words)
        or _parse_yearly_date(words)
    )


def _parse_interval(words: str) -> str | None:
    match = re.fullmatch(rf"(?:{COUNT} ?)?{UNIT}|(?:other|2nd) {UNIT}", words)
    if not match:
        return None
    letter = (match[2] or match[3])[0]
    frequency, factor = _UNITS[letter]
    step = factor * (2 if match[3] else parse_count(match[1] or "a"))
    return f"FREQ={frequency}" + (f";INTERVAL={step}" if step != 1 else "")


def _parse_month_place(words: str) -> str | None:
    """Return the rule for a day of the month: ``15th``, ``3rd monday``, ``last friday``."""
    match = re.fullmatch(r"(?:([0-9]{1,2})(?:st|nd|rd|th)|(last))(?: ([a-z]{3,9}))?", words)
    if not match:
        return None
    number = int(match[1]) if match[1] else -1
    if match[3] in (None, "day"):
        return _make_month_day_rule(number) if match[1] and 1 <= number <= 31 else None
    day = parse_weekday(match[3])
    if day is None or not (number == -1 or 1 <= number <= 5):
        return None
    return f"FREQ=MONTHLY;BYDAY={number}{_CODES[day]}"


def _make_month_day_rule(number: int) -> str:
    return f"FREQ=MONTHLY;{join_parts(clamp_month_day(number))}"


def _parse_interval_on(words: str) -> str | None:
    """Return the rule for ``2 weeks on monday``, ``other friday`` and ``2 months on the 15th``."""
    match = re.fullmatch(r"(.+?) on (?:the )?(.+)", words)
    base, place = (match[1], match[2]) if match else ("other week", words.removeprefix("other "))
    rule = _FIXED.get(base) or _parse_interval(base)
    is_other = words.startswith("other ")
    if rule is None or not (match or is_other) or "BY" in rule:
        return None
    if rule.startswith("FREQ=WEEKLY"):
        days = _parse_weekdays(place)
    elif rule.startswith("FREQ=MONTHLY"):
        days = _LAST_DAY if place == "last day" else _parse_month_place(place)
    else:
        days = _parse_yearly_date(place) if rule == "FREQ=YEARLY" else None
    return f"{rule};{days.partition(';')[2]}" if days else None


def _parse_yearly_date(words: str) -> str | None:
    """Return the rule for a day of the year: ``24 dec``, ``1 march``, ``january``."""
    if words.isalpha() and (month := parse_month(words)):
        return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=1"
    try:
        found = parse_written_date(words)
    except ValueError:
        return None
    if found is None or found[0] is not None:
        return None
    _, month, day = found
    if (month, day) == (2, 29):
        return f"FREQ=YEARLY;{join_parts(LEAP_DAY)}"
    return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"


def _parse_weekday(word: str) -> int | None:
    """Return the number of ``monday`` or ``mondays``."""
    number = parse_weekday(word)
    return parse_weekday(word.removesuffix("s")) if number is None else number


def _parse_weekdays(words: str) -> str | None:
    found = [_parse_weekday(word) for word in re.split(r" ?, ?(?:and )?| and | ", words)]
    if None in found:
        return None
    codes = [code for number, code in enumerate(_CODES) if number in found]
    return f"FREQ=WEEKLY;BYDAY={','.join(codes)}"


def describe_recurrence(rule: str, zone: str = "") -> str:
    """Return a rule in words (``every 2 weeks``), or the rule itself if that is not possible.

    ``zone`` is that of an UNTIL in UTC.
    """
    try:
        parts = split_parts(rule)
        until, times = read_limits(parts, zone)
    except ValueError:
        return rule
    words = _describe_parts(parts)
    if words is None:
        return rule
    if times is not None:
        words += f", {times} time{'s' if times != 1 else ''}"
    return words + (f", until {until:%Y-%m-%d}" if until else "")


def _describe_parts(parts: Parts) -> str | None:
    frequency, step = parts.get("FREQ", ""), parts.get("INTERVAL", "1")
    keys = parts.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
    if frequency not in FREQUENCIES:
        return None
    unit = FREQUENCIES[frequency][0]
    span = f"1 {unit}" if step == "1" else f"{step} {unit}s"
    if is_after_done(parts):
        return f"{span} after it is done" if keys == {"AFTER"} else None
    every = f"every {unit}" if step == "1" else f"every {span}"
    if not keys:
        return every
    if frequency == "WEEKLY" and keys == {"BYDAY"}:
        days = _describe_weekdays(parts["BYDAY"])
        return f"every {days}" if days and step == "1" else days and f"{every} on {days}"
    place = _describe_month_place(parts) if frequency == "MONTHLY" else None
    if place:
        return f"on the {place} of the month" if step == "1" else f"{every} on the {place}"
    return _describe_date(every, parts) if frequency == "YEARLY" else None


def _describe_date(every: str, parts: Parts) -> str | None:
    """Return the words for a day of the year: ``every year on 17 May``."""
    if LEAP_DAY.items() <= parts.items():
        return f"{every} on 29 {MONTHS[1]}"
    month, day = parts.get("BYMONTH", ""), parts.get("BYMONTHDAY", "")
    only = not parts.keys() & {"BYDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "BYEASTER"}
    if only and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12:
        return f"{every} on {int(day)} {MONTHS[int(month) - 1]}"
    return None


def _describe_weekdays(codes: str) -> str | None:
    if codes == _WORKDAYS:
        return "weekday"
    if not set(codes.split(",")) <= set(_CODES):
        return None
    names = [WEEKDAYS[_CODES.index(code)] for code in codes.split(",")]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _describe_month_place(parts: Parts) -> str | None:
    by_day = re.fullmatch(r"\+?(-1|[1-5])([A-Z]{2})", parts.get("BYDAY", ""))
    number = parts.get("BYMONTHDAY", "")
    if by_day and by_day[2] in _CODES and not parts.keys() & {"BYMONTHDAY", "BYSETPOS", "BYMONTH"}:
        name = WEEKDAYS[_CODES.index(by_day[2])]
        return f"last {name}" if by_day[1] == "-1" else f"{_format_ordinal(int(by_day[1]))} {name}"
    if parts.keys() & {"BYDAY", "BYMONTH"}:
        return None
    if number == "-1":
        return "last day" if "BYSETPOS" not in parts else None
    last = number.rpartition(",")[2]
    day = int(last) if last.isdigit() and len(last) < 3 else 0
    if not (1 <= day <= 31 and clamp_month_day(day) == _select_month_parts(parts)):
        return None
    return _format_ordinal(day) + (" (or last day)" if day > 28 else "")


def _select_month_parts(parts: Parts) -> Parts:
    return {key: value for key, value in parts.items() if key in {"BYMONTHDAY", "BYSETPOS"}}


def _format_ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number < 20 else ending}"
