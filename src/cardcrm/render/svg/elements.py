"""The elements of SVG that charts are made of; all texts are escaped."""

from html import escape
from typing import Final

from cardcrm.text import cell_width, sanitize, shorten

WIDTH: Final = 720
_CHARACTER: Final = 7.3  # units that a character of 12 units takes, on average
LINE: Final = 18  # units from one line of text to the next


def element(name: str, content: str = "", **attributes: object) -> str:
    """Return an element; ``_`` in the name of an attribute stands for ``-``."""
    given = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else escape(str(value))


def number(value: float) -> str:
    """Return a coordinate with one decimal at most."""
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def text(x: float, y: float, content: str, anchor: str = "", style: str = "") -> str:
    """Return a text whose start, middle or end is at a place."""
    given = {"text_anchor": anchor} if anchor else {}
    if style:
        given["class_"] = style
    return element("text", escape(sanitize(content)) or " ", x=float(x), y=float(y), **given)


def text_width(content: str) -> float:
    """Return about how wide a text is."""
    return cell_width(content) * _CHARACTER


def fit_text(content: str, width: float) -> str:
    """Return a text that is cut to a width."""
    return shorten(sanitize(content), max(int(width / _CHARACTER), 1))


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """Return a straight line."""
    return element("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", class_=style)


def rectangle(x: float, y: float, width: float, height: float, style: str) -> str:
    """Return a filled rectangle."""
    return element(
        "rect", x=float(x), y=float(y), width=float(width), height=float(height), class_=style
    )
