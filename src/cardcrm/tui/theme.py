"""The themes: index cards on a dark or light desk, and a plain one for any terminal."""

import functools
from typing import Any

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

# A terminal with 256 colors shows the nearest of those. These shades were chosen so that paper does
# not turn pink there, nor the head line brown. Every text has a contrast of at least 4.5:1 on what
# that may be behind it (WCAG 2.2, 1.4.3), faint text in a focused field (``spot``) included.
_COLORS = {  # of Textual's themes: dark and light
    "primary": ("#d9a441", "#7a4f00"),
    "secondary": ("#8fb3d1", "#1d5a86"),
    "accent": ("#d9a441", "#7a4f00"),
    "warning": ("#e0a030", "#7a4f00"),
    "error": ("#e66a59", "#a02a1e"),
    "success": ("#8fb573", "#3f6b2a"),
    "foreground": ("#ddd3c3", "#2a2520"),
    "background": ("#1c1916", "#e4ddcf"),
    "surface": ("#25211d", "#f1ecdd"),
    "panel": ("#322d27", "#d6cdbb"),
}
_VARIABLES = {  # that only our themes have
    "paper": ("#f0ecd9", "#fffdf5"),
    "ink": ("#29241f", "#241f1a"),
    "faint": ("#594f41", "#655b4c"),
    "rule": ("#a3bdd2", "#b4cbe0"),
    "ruled": ("#d6dbd2", "#e4eaf0"),
    "head": ("#a6261e", "#a82422"),
    "link": ("#1a527b", "#1a527b"),
    "late": ("#9a261b", "#a02a1e"),
    "soon": ("#724a00", "#7a4f00"),
    "spot": ("#e0d0a4", "#f1e3b8"),
    "muted": ("#a89d8c", "#5f5546"),
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


# The shares of the full color in the shades of the grid, and from which on the ink is that of the
# desk: no shade may be so far in the middle that neither ink has enough contrast.
_SHADES = {"dark": (0.06, 0.2, 0.36, 0.74, 0.95), "light": (0.06, 0.2, 0.4, 0.93, 1.0)}
_INVERTED = {"dark": 0.5, "light": 0.7}


@functools.cache
def shade_style(theme: str, shade: int) -> Style:
    """Return the style of a grid cell, from shade 0 (empty) to 4; not for the plain theme."""
    from textual.color import Color

    desk, full = (Color.parse(_color(theme, name)) for name in ("background", "primary"))
    ground = desk.blend(full, _SHADES[theme][shade])
    ink = _color(theme, "foreground" if _SHADES[theme][shade] < _INVERTED[theme] else "background")
    return Style.parse(f"{ink} on {ground.hex6}")


def _color(theme: str, name: str) -> str:
    found = next(each for each in THEMES if each.name == theme)
    value: str = found.variables.get(name) or getattr(found, name)
    return value


CSS = """
#body { height: 1fr; }
Toast { background: $panel; color: $foreground; width: auto; max-width: 76; padding: 0 1; }
ToastRack { align: right bottom; margin-bottom: 1; }
DealsPage ToastRack { margin-bottom: 2; }
DealsPage.-high ToastRack { margin-bottom: 3; }
.-job-running ToastRack { margin-bottom: 2; }
DealsPage.-job-running ToastRack { margin-bottom: 4; }
Input > .input--placeholder, Input > .input--suggestion { color: $muted; }
Input > .input--cursor { background: $foreground; color: $background; text-style: none; }
Form Input > .input--placeholder { color: $faint; text-style: italic; }
Form Input > .input--cursor { background: $ink; color: $paper; }
Form TextArea > .text-area--cursor { background: $ink; color: $paper; text-style: none; }
Input:ansi > .input--placeholder, Input:ansi > .input--suggestion { text-style: dim italic; }
Form Input:ansi > .input--placeholder { text-style: dim italic; }
Form TextArea:ansi > .text-area--cursor { text-style: reverse; }
Input:ansi > .input--cursor, Form Input:ansi > .input--cursor { text-style: reverse; }
CommandPalette { background: transparent; }
CommandPalette > Vertical { background: $panel; }
CommandPalette > .command-palette--help-text { color: $muted; text-style: not bold; }
CommandPalette #--input { border: hkey $muted; }
CommandPalette CommandInput { background: $panel; }
CommandPalette SearchIcon { color: $foreground; }
CommandPalette CommandList > .option-list--option-highlighted {
    color: $foreground; background: $background; text-style: bold;
}
CommandPalette:ansi CommandList > .option-list--option-highlighted { text-style: bold reverse; }
"""
