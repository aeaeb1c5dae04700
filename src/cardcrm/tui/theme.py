"""The themes: index cards on a dark or light desk, and a plain one for any terminal."""

import functools
from typing import Any

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

# A terminal with 256 colors shows the nearest of those. These shades were chosen so that paper does
# not turn pink there, nor the head line brown.
_COLORS = {  # of Textual's themes: dark and light
    "primary": ("#d9a441", "#8a5a00"),
    "secondary": ("#8fb3d1", "#1d5a86"),
    "accent": ("#d9a441", "#8a5a00"),
    "warning": ("#e0a030", "#8a5a00"),
    "error": ("#e0604f", "#a82c20"),
    "success": ("#8fb573", "#3f6b2a"),
    "foreground": ("#ddd3c3", "#2a2520"),
    "background": ("#1c1916", "#e4ddcf"),
    "surface": ("#25211d", "#f1ecdd"),
    "panel": ("#322d27", "#d6cdbb"),
}
_VARIABLES = {  # that only our themes have
    "paper": ("#f0ecd9", "#fffdf5"),
    "ink": ("#29241f", "#241f1a"),
    "faint": ("#7c7161", "#766b5b"),
    "rule": ("#a3bdd2", "#b4cbe0"),
    "ruled": ("#d6dbd2", "#e4eaf0"),
    "head": ("#b82f26", "#c02e2b"),
    "link": ("#1d5a86", "#1d5a86"),
    "late": ("#a82c20", "#a82c20"),
    "soon": ("#8a5a00", "#8a5a00"),
    "spot": ("#d8c79c", "#f1e3b8"),
    "muted": ("#9b9080", "#6d6353"),
}


def _theme(name: str, column: int) -> Theme:
    colors: dict[str, Any] = {key: pair[column] for key, pair in _COLORS.items()}
    variables = {key: pair[column] for key, pair in _VARIABLES.items()}
    return Theme(name, dark=name == "dark", variables=variables, **colors)


def _plain_theme() -> Theme:
    colors: dict[str, Any] = dict.fromkeys([*_COLORS, "boost"], "ansi_default")
    variables = BUILTIN_THEMES["ansi-dark"].variables | dict.fromkeys(_VARIABLES, "ansi_default")
    return Theme("plain", ansi=True, dark=True, variables=variables, **colors)


THEMES = (_theme("dark", 0), _theme("light", 1), _plain_theme())
NAMES = tuple(theme.name for theme in THEMES)

# Variables that Textual's own themes lack.
DEFAULT_VARIABLES = THEMES[0].variables

# Styles that keep their colors under the cursor: there, a bar would look like a gap.
CURSOR_PROOF = frozenset({"bar"})

# Styles of widgets that are drawn line by line: a color of the theme with bold, dim, underline or
# reverse. The columns are for the desk, for paper, and for the plain theme.
STYLES: dict[str, tuple[str, str, str]] = {
    "dim": ("muted", "faint", "dim"),
    "bold": ("bold foreground", "bold ink", "bold"),
    "title": ("bold primary", "bold ink", "bold"),
    "section": ("bold secondary", "bold link", "bold"),
    "late": ("error", "bold late", "bold"),
    "soon": ("warning", "bold soon", ""),
    "good": ("success", "link", ""),
    "link": ("underline foreground", "link", "underline"),
    "tag": ("secondary", "head", ""),
    "mark": ("bold primary", "bold head", "bold"),
    "head": ("head", "bold head", "bold"),
    "rule": ("muted", "rule", ""),
    "ruled": ("muted", "ruled", "dim"),
    "edge": ("muted", "rule", ""),
    "bar": ("bold primary", "bold ink", "bold"),
    "tab": ("bold head", "bold head", "bold"),
    "": ("foreground", "ink", ""),
}


@functools.cache
def style(theme: str, name: str, *, paper: bool) -> Style:
    """Return a named style in a theme, on paper or on the desk."""
    if theme == "plain":
        return Style.parse(STYLES[name][2])
    *attributes, color = STYLES[name][1 if paper else 0].split()
    ground = "paper" if paper else "background"
    return Style.parse(" ".join([*attributes, _color(theme, color), "on", _color(theme, ground)]))


@functools.cache
def cursor_style(theme: str, *, paper: bool, focused: bool) -> Style:
    """Return the style of the line under the cursor."""
    if theme == "plain":
        return Style.parse("reverse" if focused else "bold underline")
    if paper:
        return Style.parse(f"bold {_color(theme, 'ink')} on {_color(theme, 'spot')}")
    if focused:
        return Style.parse(f"bold {_color(theme, 'background')} on {_color(theme, 'primary')}")
    return Style.parse(f"bold {_color(theme, 'foreground')} on {_color(theme, 'panel')}")


@functools.cache
def shade_style(theme: str, shade: int) -> Style:
    """Return the style of a grid cell, from shade 0 (empty) to 4; not for the plain theme."""
    from textual.color import Color

    desk, full = (Color.parse(_color(theme, name)) for name in ("background", "primary"))
    share = (0.06, 0.22, 0.42, 0.65, 0.95)[shade]
    ink = "background" if share > 0.5 else "foreground"
    return Style.parse(f"{_color(theme, ink)} on {desk.blend(full, share).hex6}")


def _color(theme: str, name: str) -> str:
    found = next(each for each in THEMES if each.name == theme)
    value: str = found.variables.get(name) or getattr(found, name)
    return value


CSS = """
#body { height: 1fr; }
Toast { background: $panel; color: $foreground; width: auto; max-width: 76; padding: 0 1; }
ToastRack { align: right bottom; margin-bottom: 1; }
.-job-running ToastRack { margin-bottom: 2; }
CommandPalette { background: $background 60%; }
"""
