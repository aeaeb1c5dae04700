"""Quote text from people and files in messages."""


def quote(text: str, limit: int = 40) -> str:
    """Return text in quotes, cut to ``limit`` characters, with control characters escaped."""
    shown = repr(text if len(text) <= limit else text[: limit - 1] + "…")
    return f"“{shown[1:-1]}”"
