"""Global options, which may appear anywhere on the command line."""

from collections.abc import Sequence

GLOBAL_OPTIONS = ("db", "format", "color")
FLAGS = {
    "--json": {"format": "json"},
    "--no-header": {"header": "no"},
    "--no-pager": {"pager": "none"},
}


def split_global_options(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the global options found before ``--``, by name, and the remaining words."""
    flags: dict[str, str] = {}
    rest: list[str] = []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if word == "--":
            rest += [word, *remaining]
            break
        if word in FLAGS:
            flags.update(FLAGS[word])
            continue
        if not word.startswith("--") or name not in GLOBAL_OPTIONS:
            rest.append(word)
        elif equals:
            flags[name] = value
        elif remaining:
            flags[name] = remaining.pop(0)
        else:
            rest.append(word)  # the parser reports the missing value
    return flags, rest
