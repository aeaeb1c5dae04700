"""Write shares as percentages: ``12.5%``, without a space."""


def format_percent(share: float | None, digits: int = 1, *, is_signed: bool = False) -> str:
    """Return a share, 0.125, as ``12.5%``; an empty text for None.

    ``is_signed`` is for changes: ``+12.5%``. A number that is rounded to 0 has no minus.
    """
    if share is None:
        return ""
    rounded = round(share * 100, digits) or 0.0  # -0.0 is 0.0
    return f"{rounded:{'+' if is_signed else ''}.{digits}f}%"
