"""Generate the structure of JSON results from results for the sample database."""

import json
from typing import Any

from docs.generator.sample import run, sample_database

COMMANDS = (
    "find --limit 2",
    "show margaret",
    "due",
    "value --limit 2",
    "value margaret",
    "log eleanor confirmed --next thank --due fri",
    "remind eleanor send the list --due fri",
    "done 5",
    "sell eleanor 12.50 ribbon",
    "interaction list --limit 1",
    "reminder show 5",
    "sale show 1",
    "segment list",
    "field list",
    "product list",
    "journal --limit 2",
    "db info",
    "config get currency",
)


def structures() -> str:
    """Show the structure of each command's result."""
    with sample_database():
        results = [(line, json.loads(run("--format", "json", *line.split()))) for line in COMMANDS]
    return "\n\n".join(
        f"### {line.split()[0]}: `cardcrm --format json {line}`\n\n```\n{structure(result)}\n```"
        for line, result in results
    )


def structure(value: Any, indent: str = "") -> str:
    """Return a JSON value with its types in place of its values."""
    deeper = indent + "  "
    if isinstance(value, dict):
        if set(value) == {"amount", "currency"}:
            return '{"amount": "text", "currency": "text"}'
        lines = [f'{deeper}"{key}": {structure(inner, deeper)}' for key, inner in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}" if lines else "{}"
    if isinstance(value, list):
        return f"[{structure(_most_complete(value), indent)}, …]" if value else "[]"
    names = {bool: "true or false", int: "number", float: "number", str: "text"}
    return names.get(type(value), "null")


def _most_complete(values: list[Any]) -> Any:
    return max(values, key=lambda each: len(structure(each)))
