"""How the screen looks: paper cards on a desk, in the dark, by day, and plain for any terminal."""

from textual.theme import BUILTIN_THEMES, Theme

THEMES = (
    Theme(
        name="dark",
        primary="#d9a441",
        secondary="#8fb3d1",
        accent="#d9a441",
        warning="#e0a030",
        error="#e0604f",
        success="#8fb573",
        foreground="#ddd3c3",
        background="#1c1916",
        surface="#25211d",
        panel="#322d27",
        dark=True,
        variables={
            "paper": "#efe7d3",
            "ink": "#29241f",
            "faint": "#7c7161",
            "rule": "#a3bdd2",
            "ruled": "#d6dbd2",
            "head": "#b8392c",
            "link": "#1d5a86",
            "late": "#a82c20",
            "soon": "#8a5a00",
            "spot": "#d8c79c",
            "muted": "#9b9080",
            "footer-background": "#25211d",
        },
    ),
    Theme(
        name="light",
        primary="#8a5a00",
        secondary="#1d5a86",
        accent="#8a5a00",
        warning="#8a5a00",
        error="#a82c20",
        success="#3f6b2a",
        foreground="#2a2520",
        background="#e4ddcf",
        surface="#efe9dd",
        panel="#d6cdbb",
        dark=False,
        variables={
            "paper": "#fffdf5",
            "ink": "#241f1a",
            "faint": "#766b5b",
            "rule": "#b4cbe0",
            "ruled": "#e4ecf0",
            "head": "#c0392b",
            "link": "#1d5a86",
            "late": "#a82c20",
            "soon": "#8a5a00",
            "spot": "#f1e3b8",
            "muted": "#6d6353",
            "footer-background": "#d6cdbb",
        },
    ),
    Theme(
        name="plain",
        ansi=True,
        primary="ansi_default",
        secondary="ansi_default",
        accent="ansi_default",
        warning="ansi_default",
        error="ansi_default",
        success="ansi_default",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        variables={
            **BUILTIN_THEMES["ansi-dark"].variables,
            "paper": "ansi_default",
            "ink": "ansi_default",
            "faint": "ansi_default",
            "rule": "ansi_default",
            "ruled": "ansi_default",
            "head": "ansi_default",
            "link": "ansi_default",
            "late": "ansi_default",
            "soon": "ansi_default",
            "spot": "ansi_default",
            "muted": "ansi_default",
        },
    ),
)

NAMES = tuple(theme.name for theme in THEMES)

# What the themes above name and others would not.
DEFAULTS = THEMES[0].variables

CSS = """
#body { height: 1fr; }
Toast { background: $panel; color: $foreground; width: auto; max-width: 76; padding: 0 1; }
ToastRack { align: right bottom; margin-bottom: 1; }
CommandPalette { background: $background 60%; }
"""
