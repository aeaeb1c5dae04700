"""Split a time of day from a phrase: ``monday morning``, ``half past 3``, ``tomorrow at 9``.

A part of the day stands for an hour (``PARTS``). An hour from 1 to 6 without minutes, am or pm is
in the afternoon.
"""

import datetime as dt
import re

PARTS = {"morning": 9, "afternoon": 14, "evening": 18, "night": 20}
_PART = (
    r"(?:^| )(?:in the |at |this )?(morning|afternoon|evening|night)(?= at |$)"
    r"|^(?:this )?(morning|afternoon|evening)(?: |$)"
)
_TO_OR_PAST = r"(half|quarter|[0-9]{1,2})(?: minutes?)? (past|to) ([0-9]{1,2})(?: ?([ap])\.?m\.?)?"
_CLOCK = (
    r"([0-9]{1,2})(?:[:.h]([0-9]{2})| ?(o'?clock|uhr|h)| ?(?=[ap]\.?m)|)"
    r"(?: ?uhr| ?h)?(?: ?([ap])\.?m\.?)?"
)
_LAST_HOUR_GUESSED = 6


def split_times(words: str) -> list[tuple[str, dt.time]]:
    """Return the ways to split a time of day from the words for the day."""
    words = re.sub(r"\btonight\b", "today night", words)
    words = re.sub(r"^last night\b", "yesterday night", words)
    words = re.sub(r"\b(?:12 )?(?:noon|midday|lunch|lunchtime)\b", "12:00", words)
    if words == "midnight":
        return [("", dt.time())]
    rest, part = _split_part(words)
    found = [] if part is None else [(rest, dt.time(PARTS[part]))]
    return _split_clock(rest, part) + found


def _split_part(words: str) -> tuple[str, str | None]:
    match = re.search(_PART, words)
    if not match:
        return words, None
    is_today = "this " in match[0]
    rest = " ".join(f"{words[: match.start()]} {words[match.end() :]}".split())
    return rest or ("today" if is_today else ""), match[1] or match[2]


def _split_clock(words: str, part: str | None) -> list[tuple[str, dt.time]]:
    """Return the words around a time on the clock, at the end or the beginning, and the time."""
    found = []
    for pattern, read in ((_TO_OR_PAST, _read_to_or_past), (_CLOCK, _read_clock)):
        for around in (rf"(?:(.*?) )??(at |@ ?)?{pattern}", rf"(at |@ ?)?{pattern}(?: (.+))"):
            match = re.fullmatch(around, words)
            if match is None:
                continue
            groups = list(match.groups())
            rest = groups.pop(0) if around.startswith("(?:(.*") else groups.pop()
            time = read(part, bool(groups[0]), *groups[1:])
            if time is not None:
                found.append((rest or "", time))
    return found


def _read_to_or_past(
    part: str | None, _is_at: bool, minutes: str, word: str, hour: str, half: str | None
) -> dt.time | None:
    count = {"half": 30, "quarter": 15}.get(minutes) or int(minutes)
    if (minutes == "half" and word == "to") or not 1 <= count < 60 or int(hour) > 23:
        return None
    number = _find_hour(int(hour), half, part, is_exact=False)
    total = number * 60 + (count if word == "past" else -count)
    return dt.time(total // 60 % 24, total % 60)


def _read_clock(
    part: str | None,
    is_at: bool,
    hour: str,
    minute: str | None,
    word: str | None,
    half: str | None,
) -> dt.time | None:
    if minute is None and not (is_at or word or half or part):
        return None  # “monday 9” may mean the ninth
    if minute is None and word == "h" and not is_at:
        return None  # “9h” may mean nine hours
    is_exact = minute is not None or word == "uhr"
    return dt.time(_find_hour(int(hour), half, part, is_exact=is_exact), int(minute or 0))


def _find_hour(hour: int, half: str | None, part: str | None, *, is_exact: bool) -> int:
    """Return the hour of the day: by am or pm, by the part of the day, or by a guess."""
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour}{half}m does not exist")
        return hour % 12 + (12 if half == "p" else 0)
    if part is not None:
        return hour + 12 if part != "morning" and hour < 12 else hour
    return hour + 12 if not is_exact and 1 <= hour <= _LAST_HOUR_GUESSED else hour
