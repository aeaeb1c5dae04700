"""Parse the hours of a day, such as 09:00-17:00."""

import datetime as dt


def parse_hours(text: str) -> tuple[dt.time, dt.time]:
    """Return the two local times of a text like 09:00-17:00.

    Raises ValueError for other text, and for times with an offset: each contact has a zone.
    """
    first, last = (dt.time.fromisoformat(each.strip()) for each in text.split("-"))
    if first.tzinfo is not None or last.tzinfo is not None:
        raise ValueError(f"times with an offset: {text}")
    return first, last
