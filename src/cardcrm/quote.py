"""How a message names what a person or a file said: short, on one line, harmless to a terminal."""


def quoted(text: str, limit: int = 40) -> str:
    """``text`` in quotes, cut to ``limit`` characters, control characters as escapes."""
    shown = repr(text if len(text) <= limit else text[: limit - 1] + "…")
    return f"“{shown[1:-1]}”"
