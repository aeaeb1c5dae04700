"""Global options, which may appear anywhere on the command line."""

from collections.abc import Sequence

GLOBAL_OPTIONS = ("db", "format", "color")
_EXPORT = "export"  # the command whose --format is that of a file
FLAGS = {
    "--json": {"format": "json"},
    "--no-header": {"header": "no"},
    "--no-pager": {"pager": "none"},
}


def split_global_options(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the global options found before ``--``, by name, and the remaining words.

    ``repeated`` names an option that has two values.
    """
    flags: dict[str, str] = {}
    formats: list[str] = []
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
            formats += filter(None, [FLAGS[word].get("format")])
            continue
        if not word.startswith("--") or name not in GLOBAL_OPTIONS:
            rest.append(word)
        elif equals or remaining:
            given = value if equals else remaining.pop(0)
            if flags.get(name, given) != given and rest[:1] != [_EXPORT]:
                flags["repeated"] = name
            flags[name] = given
            formats += [flags[name]] if name == "format" else []
        else:
            rest.append(word)  # the parser reports the missing value
    if formats and rest[:1] == [_EXPORT]:
        flags |= _split_formats(formats)
    return flags, rest


def _split_formats(formats: Sequence[str]) -> dict[str, str]:
    """Return the format of the file that `export` writes, and the format of its answer.

    ``--format csv --json`` writes CSV and answers in JSON.
    """
    from cardcrm.formats.export_formats import EXPORT_FORMATS

    files = [each for each in formats if each in EXPORT_FORMATS]
    answers = [each for each in formats if each not in EXPORT_FORMATS]
    return {"file_format": "".join(files[-1:]), "format": "".join(answers[-1:])}
