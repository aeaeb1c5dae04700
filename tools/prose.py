"""Find wording that the style guide rules out, in Markdown, docstrings, comments and strings.

    python tools/prose.py                      # the whole repository, from its top folder
    python tools/prose.py src/cardcrm/store    # one package

Prints ``path:line: message`` for each finding and exits with 1 if there are any.
"""

import ast
import fnmatch
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EVERYTHING = (
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml",
    "src", "tests", "bench", "docs", "examples", "tools",
)  # fmt: skip
CHANGELOG_WIDTH = 120


@dataclass(frozen=True)
class Rule:
    """A pattern to avoid, the advice to give, and the paths it is limited to."""

    pattern: re.Pattern[str]
    advice: str
    paths: tuple[str, ...] = ("*",)


def _rule(pattern: str, advice: str, *paths: str, ignore_case: bool = True) -> Rule:
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    return Rule(re.compile(pattern.replace(" ", r"\s+"), flags), advice, paths or ("*",))


def _unless_after(words: str) -> str:
    """Return the look-behinds that let a pattern match unless one of the words precedes it."""
    return "".join(rf"(?<!\b{word}\s)" for word in words.split())


_STOP = r"\s*(?:[.,;:)!?”|]|\Z|\n\s*\n)"  # the end of a sentence or paragraph
_END = rf"(?={_STOP})"
RULES = (
    # Constructions
    _rule(r"(?<!there\s)\b(?:is|are|was|were|be) "
          r"no (?!longer|more|less|fewer|later|earlier|one\b)[-\w]+",
          "write “is not a …”, or name the problem"),
    _rule(r"\bthat there (?:is|are|was|were) not\b", "write “unknown …” or “missing …”"),
    _rule(r"\b(?:can|may|could|would|which|that) (?:be|is|are) none\b", "write “invalid”"),
    _rule(r"\bcan be no \w+", "write “cannot be a …”"),
    _rule(r"\bcannot be" + _END, "give the range or the reason"),
    _rule(r"\b(?:of|for|by|with|from) (?-i:who)\b", "give the sentence a noun"),
    _rule(r"(?:^|(?<=[.;:!]\s))(?:Who|Whom|Whose|What|Whoever)\b(?!')(?=[^?.;:|]*[.;:])",
          "start the sentence with a noun", ignore_case=False),
    _rule(r"\bwhatever (?:happened|happens|is|was|stands)\b", "name what it is"),
    _rule(r"\b(?:as|while|where|when|until|what|which|if) one "
          r"(?:types|says|reads|writes|goes|presses|pauses|sees|asks|wants|begins)\b",
          "write “you”"),
    _rule(r", too" + _END, "write “also”, or leave it out"),
    _rule(r"^the same\b(?! \w)|"
          + _unless_after("are is not be was were stay stays remain remains much do does")
          + rf"\bthe same(?={_STOP}|\s+(?:and|or|but|for|where|when|whether|it|is)\b)",
          "say the same what?"),
    _rule(r"\bso already\b", "write “already”, or “no change”"),
    _rule(r"\b(?:is|are) told\b(?! (?:to|about|of|that)\b)", "write “is reported” or “is shown”"),
    _rule(r"\b(?:is|are) said\b(?! to)", "write “is reported” or “is shown”"),
    _rule(r"\btells? (?:of|whether)\b", "write “show”, “report” or “return”"),
    _rule(r"\bunless told\b(?! otherwise)", "write “default: …”"),
    _rule(r"\bstands?\b(?!-| (?:for|in for|alone|out|still|in the way)\b)",
          "write “is”, “are” or “appears”"),
    _rule(r"\b(?:begins?|beginning) so\b", "write “begins with …” or “prefix”"),
    _rule(r"\b(?:take|takes|taken|took|taking) (?:it |them |that )?back\b",
          "write “undo” or “revert”"),
    _rule(r"\b(?:put|puts|putting) (?:it |them )?off\b", "write “snooze” or “postpone”"),
    _rule(r"\b(?:any|one|each|every|which|that|same|national) writings?\b",
          "write “format” or “notation”"),
    # Words
    _rule(r"\banew\b", "write “again” or “re-…”"),
    _rule(r"\breckon\w*", "write “compute” or “count”"),
    _rule(r"\bheed\w*", "write “follow”, “respect” or “use”"),
    _rule(r"\bfore(?:see|saw|tell)\w*", "write “estimate” or “predict”"),
    _rule(r"\bhandfuls?\b", "write “chunk”, “batch” or “few”"),
    _rule(r"\bwho(?:ever|mever|soever)\b", "write “anyone who” or name the person"),
    _rule(r"\b(?:somebody|nobody)\b", "name the person, or write “someone”, “no one”"),
    _rule(r"\bso many\b", "write “that many”, “n” or the number"),
    _rule(r"\bkept (?:facts?|texts?|sums?)\b", "write “derived data”"),
    _rule(r"\bmend(?:s|ed|ing)?\b", "write “edit”, “fix” or “repair”"),
    _rule(r"\bdoubles\b(?! (?:the|its|their|as)\b)|\b(?:a|likely|possible|no|any) double\b"
          r"(?![-\s](?:quote|click|space|dash|slash|backtick|colon|precision))",
          "write “duplicate”"),
    _rule(_unless_after("search text check list input dialog filter message po office")
          + r"(?<!search-)(?<!/)\bbox(?:es)?\b(?![-\s]drawing)", "write “database” or “file”"),
    _rule(r"\b(?:its|their|whose|these|those) points\b"
          r"|\bpoints? (?:in common|of (?:a|an|the|other|each|one) (?:card|contact)s?)\b",
          "write “contact point”"),
    _rule(r"\bcards?\b", "write “contact”; only the user interface shows cards",
          "src/cardcrm/store/*", "src/cardcrm/records/*", "src/cardcrm/formats/*"),
    # Metaphors
    _rule(r"\bfaces\b|\b(?:a|the|each|every|another|this|that) face\b", "write “front end”"),
    _rule(r"\brooms\b|\brooms? of (?:its|their|one's) own\b", "write “package”"),
    _rule(r"\barrows\b(?! keys?\b)", "write “dependencies” (or “arrow keys”)"),
    _rule(r"\b(?:of|in|through) the house\b", "write “architecture” or “code”"),
    _rule(r"\bdrawers?\b", "write “contact list”"),
    # American spelling
    _rule(r"\b\w*(?:organis|recognis|normalis|initialis|serialis|capitalis|summaris|synchronis|"
          r"minimis|maximis|optimis(?!m|t)|customis|categoris|prioritis|utilis|apologis|authoris)"
          r"(?:e|ed|es|er|ers|ing|ation|ations|able)\b", "American spelling: -ize"),
    _rule(r"\b(?:un)?(?:colour|behaviour|favour|honour|neighbour|labour|humour|rumour|harbour)\w*",
          "American spelling: -or"),
    _rule(r"\b(?:catalogues?|dialogues?|licences?|centres?|centred|theatre|metres?|litres?|grey\w*|"
          r"analyse[ds]?|analysing|programmes?|cheques?|artefacts?|whilst|amongst|learnt|spelt|"
          r"fulfil|enrol|ageing|judgement|per cent)\b", "American spelling"),
    _rule(r"\b(?:cancel|label|travel|model|signal|total|level|channel|tunnel|dial)(?:led|ling|ler)\b",
          "American spelling: one l"),
    _rule(r"\be-mail\w*", "write “email”"),
)  # fmt: skip

# Path pattern, pattern of the text found, reason. Twenty at most.
EXCEPTIONS = (
    ("tools/prose.py", ".*", "the rules quote the wording they find"),
    ("tests/tools/test_prose.py", ".*", "the tests quote the wording they find"),
    ("src/cardcrm/formats/csv/*.py", "(?i)e-mail|organisation|colour|grey|catalogue|licence",
     "header texts of other programs, spelled as those programs spell them"),
    ("src/cardcrm/formats/history/*s.py",
     "(?i)e-mail|organisation|cancelled|cheque|cards?",
     "headers and words of other programs, spelled as those programs spell them"),
    ("src/cardcrm/cli/suggestions.py", "(?i)e-mail|organisation|doubles",
     "names that people type for commands and options of other programs"),
    ("tests/cli/test_import_*.py", "(?i)e-mail|cancelled",
     "header texts of other programs, spelled as those programs spell them"),
    ("tests/formats/*", "(?i)e-mail\\w*",
     "header texts of other programs, spelled as those programs spell them"),
    ("docs/*/*import*.md", "(?i)e-mail\\w*",
     "header texts of other programs, spelled as those programs spell them"),
    ("docs/generator/program_files.py", "(?i)e-mail\\w*|occupation",
     "header texts of other programs, spelled as those programs spell them"),
    ("tests/cli/test_import_tables.py", "(?i)e-mail\\w*",
     "header texts of other programs, spelled as those programs spell them"),
    ("src/cardcrm/reports/card_text.py", "(?i)neighbour",
     "a kind of relation, spelled as British users spell it"),
    ("src/cardcrm/records/contacts/contact_type.py", "organisation",
     "queries may use either spelling"),
    ("src/cardcrm/records/*sample*", "(?i)favourite|neighbour|colours?|catalogue|metres?",
     "the customers of the sample shop are British, and write so"),
)  # fmt: skip

# Docstrings
HEADLESS = re.compile(r"(?:What|Who|Whom|Whose|How|Whether|Where|When|Why|Which)\b")
NOT_A_VERB = set(
    """
    The A An All Every Each One Two Three Both Either Any Some No Not None Nothing Something
    Everything Everyone Those These This That It They He She We You I My Our Your Their Of To By
    From For With Without In Into On At As So Up Out While Until Since If Unless Because And Or But
    Only Also Just Then Than Never Always Here There Again Once More Most Least Many Few Several
    Other Another Such Same First Last Next Like Between Among Under Over Above Below Beside Behind
    Before After During Through Text Money Data Rows Id Sentence
    Contact Card Reminder Sale Interaction Its Longer Good Very Normal Canonical Foreign
    Somebody Nobody Whatever Whole Average Revenue Year Day Date Person Cadence Seen Common Full
    About
""".split()
)
VERBS_IN_S_ED_ING_LY = set(
    """
    Focus Canvas Alias Bias Need Feed Seed Embed Proceed Exceed Speed Shed Bring Ring Sling Apply
    Reply Supply Rely Multiply Comply
""".split()
)
TAKES_THAT = set("Check Ensure Assert Verify Assume Say Prove Warn Require Confirm".split())


def find_in_text(path: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, found text and advice for each rule that a text breaks."""
    text = re.sub(r"``.+?``|`[^`\n]+`", lambda code: "`" + "_" * (len(code[0]) - 2) + "`", text)
    for rule in RULES:
        if any(fnmatch.fnmatch(path, each) for each in rule.paths):
            for found in rule.pattern.finditer(text):
                yield found.start(), found[0], rule.advice


def check_docstring(node: ast.AST, text: str) -> str | None:
    """Return the problem of a docstring's first line, if it has one."""
    first = text.strip().partition("\n")[0].strip()
    if found := HEADLESS.match(first):
        return f"“{found[0]}” opens a docstring: start with a verb (“Return whether …”)"
    if not re.search(r"\.[)”\"'`]*$", first):
        return "the first line of a docstring ends with a full stop"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_property(node):
        words = [*first.split(), "", ""]
        if not is_imperative(words[0].rstrip(".,;:"), words[1].rstrip(".,;:")):
            return f"“{words[0]}” opens a function's docstring: start with an imperative verb"
    return None


def is_imperative(word: str, following: str) -> bool:
    """Return whether a word may be a verb that commands, judged by its form and the next word."""
    if not re.fullmatch(r"[A-Z][a-z]+(?:-[a-z]+)?", word) or word in NOT_A_VERB:
        return False
    if re.search(r"(?:[^s]s|ed|ing|ly)$", word) and word not in VERBS_IN_S_ED_ING_LY:
        return False
    return following not in {"of", "which", "who", "whose"} and (
        following != "that" or word in TAKES_THAT
    )


def is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function is read like an attribute, and so described by a noun."""
    names = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
    return bool(names & {"property", "cached_property", "fixture"}) or any(
        "fixture(" in ast.unparse(each) for each in node.decorator_list
    )


def check_python(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and message for the docstrings, strings and comments of a module."""
    tree = ast.parse(source)
    lines = source.splitlines()
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in node.values}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node, clean=False)
            if text and (problem := check_docstring(node, text)):
                yield node.body[0].lineno, problem
        if id(node) not in parts and (text := string_of(node)) and is_prose(path, text):
            assert isinstance(node, ast.expr)
            first, last = node.lineno, node.end_lineno or node.lineno
            for start, found, advice in find_in_text(path, text):
                line = first + text.count("\n", 0, start)
                if last - first != text.count("\n"):  # several literals in a row
                    at = range(first, last + 1)
                    line = next((each for each in at if found in lines[each - 1]), first)
                yield line, f"“{' '.join(found.split())}”: {advice}"
    yield from check_blocks(path, comments(source))


def string_of(node: ast.AST) -> str:
    """Return the text of a string literal, with ``{}`` for each replacement field."""
    if isinstance(node, ast.JoinedStr):
        return "".join(string_of(part) or "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_prose(path: str, text: str) -> bool:
    """Return whether a string is to be read; the single words in tests are mostly input."""
    return len(text) > 2 and (" " in text or not path.startswith("tests/"))


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a module, those on consecutive lines as one text."""
    begin, texts = 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not re.match(r"#!|# (?:noqa|type:)", token.string):
            own_line = not token.line[: token.start[1]].strip()
            if not own_line or token.start[0] != begin + len(texts):
                yield begin, "\n".join(texts)
                begin, texts = token.start[0], []
            texts.append(token.string.lstrip("# "))
    yield begin, "\n".join(texts)


def check_markdown(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and message for the prose of a page; code and generated parts are skipped."""
    blank = lambda part: "\n" * part[0].count("\n")  # noqa: E731
    prose = re.sub(r"(?ms)^ *```.*?^ *```|<!-- made: .*?<!-- end -->", blank, source)
    prose = re.sub(r"\]\([^)\n]*\)", "]", prose)
    yield from check_blocks(path, [(1, prose)])
    if Path(path).name == "CHANGELOG.md":
        for number, line in enumerate(source.splitlines(), 1):
            if len(line) > CHANGELOG_WIDTH:
                yield number, f"{len(line)} characters; a change has one line of at most 120"
            if re.match(r" +\S", line):
                yield number, "a change has one line"


def check_comment_lines(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and message for the ``#`` comments of a configuration or shell file."""
    found = (re.search(r"(?:^|\s)#+ (.*)", line) for line in source.splitlines())
    blocks = [(number, match[1]) for number, match in enumerate(found, 1) if match]
    yield from check_blocks(path, blocks)


def check_blocks(path: str, blocks: Iterator[tuple[int, str]] | list[tuple[int, str]]
                 ) -> Iterator[tuple[int, str]]:  # fmt: skip
    """Yield line and message for texts that are given with the line they begin on."""
    for begin, text in blocks:
        for start, found, advice in find_in_text(path, text):
            line = begin + text.count("\n", 0, start)
            yield line, f"“{' '.join(found.split())}”: {advice}"


CHECKS = {
    ".py": check_python, ".md": check_markdown, ".sh": check_comment_lines, "": check_comment_lines,
    ".toml": check_comment_lines, ".service": check_comment_lines, ".timer": check_comment_lines,
}  # fmt: skip


def is_excepted(path: str, message: str) -> bool:
    """Return whether an exception covers a finding."""
    found = re.match(r"“(.*?)”: ", message)
    return any(
        fnmatch.fnmatch(path, glob) and re.fullmatch(pattern, found[1] if found else "")
        for glob, pattern, _ in EXCEPTIONS
    )


def check_file(path: Path) -> list[tuple[int, str]]:
    """Return the findings in one file by line."""
    here, full = Path.cwd(), path.resolve()
    name = full.relative_to(here).as_posix() if full.is_relative_to(here) else path.name
    found = CHECKS[path.suffix](name, path.read_text("utf-8"))
    return sorted({each for each in found if not is_excepted(name, each[1])})


def files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files under some paths that can be checked."""
    for path in paths:
        if not path.exists():
            raise SystemExit(f"no such file or directory: {path}")
        for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if each.is_file() and each.suffix in CHECKS and "__pycache__" not in each.parts:
                yield each


def main(arguments: list[str]) -> int:
    """Print the findings under the paths given, or in the whole repository."""
    paths = [Path(each) for each in arguments] or [Path(each) for each in EVERYTHING]
    count = 0
    for path in files(paths):
        for line, message in check_file(path):
            print(f"{path}:{line}: {message}")
            count += 1
    if count:
        print(f"{count} findings; see the style guide in CONTRIBUTING.md", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
