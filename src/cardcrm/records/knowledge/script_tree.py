"""Read call scripts: trees of questions and answers, written in TOML.

Each table is a step. It has a text to ``say``, and then either ``answers`` to choose from, each
with the step that follows, or a question to ``ask`` whose answer is typed, or only a step to go
``to``. A step with none of them is an end, which may name the ``outcome`` of the call.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.text import find_similar, normalize_line, quote

BACK: Final = "<"  # typed during a call, so that no answer has these keys
STOP: Final = "!"
MAX_STEPS: Final = 500
_MAX_ANSWERS: Final = 20
_MAX_TEXT: Final = 2_000  # characters
_MAX_KEY: Final = 40
_SHOWN: Final = 5  # problems that a message names
_STEP_KEYS: Final = ("say", "answers", "ask", "to", "outcome")
_HINT: Final = "Correct the file; see the how-to about the help desk."


class Choice(NamedTuple):
    """An answer to choose: the key that is typed, its text, and the step that follows."""

    key: str
    text: str
    to: str


class Step(NamedTuple):
    """A step of a script."""

    name: str
    say: str
    choices: tuple[Choice, ...] = ()
    ask: str = ""
    to: str = ""
    outcome: str = ""

    @property
    def is_end(self) -> bool:
        """True if the call ends here."""
        return not (self.choices or self.to)

    @property
    def targets(self) -> tuple[str, ...]:
        """The steps that may follow."""
        return tuple(each.to for each in self.choices) or ((self.to,) if self.to else ())


class Tree(NamedTuple):
    """A script: its title, its first step, and all steps by their names.

    ``loops`` are the steps from which a call may come back to an earlier one.
    """

    title: str
    start: str
    steps: Mapping[str, Step]
    loops: tuple[str, ...] = ()


def parse_tree(text: str) -> Tree:
    """Return a script that is written in TOML. Raises UsageError for all that is wrong with it."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"the script is not valid TOML: {error}", _HINT) from error
    reader = _Reader()
    tree = reader.read(data)
    problems = reader.problems or list(_find_dead_ends(tree))
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise UsageError(f"invalid script: {'; '.join(problems[:_SHOWN])}{more}", _HINT)
    return tree._replace(loops=tuple(_find_loops(tree)))


def check_fields(tree: Tree) -> None:
    """Raise UsageError for a text with an unknown field or a wrong template."""
    for step in tree.steps.values():
        for text in (step.say, step.ask):
            check_script_text(text, f"step {step.name}")


def check_script_text(text: str, where: str) -> None:
    """Raise UsageError for a spoken text with an unknown field or a wrong template."""
    if "{" in text:
        from cardcrm.records.mail.template_language import check

        check(text, where, _refuse_snippet, is_html=False)


def _refuse_snippet(name: str) -> str:
    raise UsageError(f"a script cannot include the snippet {quote(name)}", "Write its text.")


class _Reader:
    """Reads the tables of a script and collects its problems."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, data: Mapping[str, Any]) -> Tree:
        tables = {name: each for name, each in data.items() if isinstance(each, dict)}
        for name in data.keys() - tables.keys() - {"title", "start"}:
            self.problems.append(f"unknown key {quote(name)} outside of the steps")
        if not tables:
            self.problems.append("there are no steps")
        if len(tables) > MAX_STEPS:
            self.problems.append(f"there are more than {MAX_STEPS} steps")
        steps = {name: self._step(name, each) for name, each in tables.items()}
        title = self._text(data, "title", "the script")
        start = self._text(data, "start", "the script") or next(iter(steps), "")
        self._check_target("start", start, steps)
        for step in steps.values():
            for target in step.targets:
                self._check_target(f"step {step.name}", target, steps)
        return Tree(title, start, steps)

    def _step(self, name: str, table: Mapping[str, Any]) -> Step:
        where = f"step {name}"
        for key in table.keys() - set(_STEP_KEYS):
            like = find_similar(key, _STEP_KEYS, limit=1)
            hint = f", did you mean {like[0]}?" if like else ""
            self.problems.append(f"{where} has the unknown key {quote(key)}{hint}")
        step = Step(
            name,
            self._text(table, "say", where),
            tuple(self._choices(table.get("answers", {}), where)),
            self._text(table, "ask", where),
            self._text(table, "to", where),
            self._text(table, "outcome", where),
        )
        self.problems += (f"{where} {each}" for each in _check_step(step))
        return step

    def _text(self, table: Mapping[str, Any], key: str, where: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self.problems.append(f"{key} of {where} must be a text in quotes")
            return ""
        text = value.strip() if key == "say" else normalize_line(value)
        if len(text) > _MAX_TEXT:
            self.problems.append(f"{key} of {where} is longer than {_MAX_TEXT:,} characters")
        return text[:_MAX_TEXT]

    def _choices(self, answers: Any, where: str) -> Iterator[Choice]:
        if not isinstance(answers, dict):
            example = 'answers = { yes = "next" }'
            self.problems.append(f"answers of {where} must be a table: {example}")
            return
        for key, value in answers.items():
            table = {"to": value} if isinstance(value, str) else value
            if not isinstance(table, dict) or table.keys() - {"text", "to"}:
                self.problems.append(f"answer {quote(key)} of {where} needs a step to go to")
                continue
            name = normalize_line(key)
            text = self._text(table, "text", f"answer {quote(key)} of {where}")
            to = self._text(table, "to", f"answer {quote(key)} of {where}")
            if not to or not name or len(name) > _MAX_KEY:
                self.problems.append(f"answer {quote(key)} of {where} needs a key and a step")
            if name in (BACK, STOP):
                purpose = "goes back a step" if name == BACK else "ends the call"
                self.problems.append(
                    f"answer {quote(key)} of {where} needs another key: {name} {purpose}"
                )
            yield Choice(name, text or name, to)

    def _check_target(self, where: str, target: str, steps: Mapping[str, Step]) -> None:
        if target and target not in steps:
            like = find_similar(target, steps, limit=1)
            hint = f", did you mean {like[0]}?" if like else ""
            self.problems.append(f"{where} goes to the unknown step {quote(target)}{hint}")


def _check_step(step: Step) -> Iterator[str]:
    """Yield what is wrong with a step itself."""
    if not step.say and not step.ask:
        yield "has nothing to say"
    if step.choices and (step.ask or step.to):
        yield "has answers, so it cannot have ask or to"
    if step.ask and not step.to:
        yield "asks a question, so it needs the step to go to"
    if step.outcome and not step.is_end:
        yield "goes on, so it cannot have an outcome"
    if len(step.choices) > _MAX_ANSWERS:
        yield f"has more than {_MAX_ANSWERS} answers"


def _find_dead_ends(tree: Tree) -> Iterator[str]:
    """Yield the steps that no call reaches, and those from which none comes to an end."""
    reached = _walk_from([tree.start], tree)
    for name in tree.steps:
        if name not in reached:
            yield f"step {name} is never reached"
    ends = {name for name, step in tree.steps.items() if step.is_end}
    for name in reached:
        if not ends & _walk_from([name], tree):
            yield f"step {name} never leads to an end"


def _walk_from(names: Sequence[str], tree: Tree) -> set[str]:
    """Return the steps that can follow some steps, with these."""
    seen: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += tree.steps[name].targets
    return seen


def _find_loops(tree: Tree) -> Iterator[str]:
    """Yield the steps that a call can come back to from themselves, in the order of the file."""
    for name, step in tree.steps.items():
        if name in _walk_from(step.targets, tree):
            yield name


def choose(step: Step, typed: str) -> Choice | None:
    """Return the answer that a typed text stands for: its key, its number, or its beginning."""
    word = normalize_line(typed).casefold()
    if not word:
        return None
    for each in step.choices:
        if word in (each.key.casefold(), each.text.casefold()):
            return each
    if re.fullmatch(r"[0-9]{1,3}", word):
        number = int(word)
        return step.choices[number - 1] if 1 <= number <= len(step.choices) else None
    found = [
        each
        for each in step.choices
        if each.key.casefold().startswith(word) or each.text.casefold().startswith(word)
    ]
    return found[0] if len(found) == 1 else None
