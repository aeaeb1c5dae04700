"""Find templates, choose their language, and check them before they are stored."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cardcrm.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from cardcrm.records.mail.contact_languages import list_codes
from cardcrm.store import Store
from cardcrm.text import find_similar, quote

PARTS: Final = ("subject", "text", "html")
_NAME: Final = re.compile(r"[^\W_][\w./-]*")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")
_MAX_NAME: Final = 100
_MAX_SIMILAR: Final = 5000  # names among which a similar one is looked for
_SELECT: Final = "SELECT id, name, language, subject, text, html FROM template"


class StoredTemplate(NamedTuple):
    """A template in one language, or in any where that is empty."""

    id: int
    name: str
    language: str
    subject: str
    text: str
    html: str

    @property
    def label(self) -> str:
        """The name with the language, as a command takes it: ``welcome:de``."""
        return f"{self.name}:{self.language}" if self.language else self.name


def list_names(store: Store) -> list[str]:
    """Return the names of the templates with a text, in the order of the alphabet."""
    sql = "SELECT DISTINCT name FROM template WHERE text <> '' AND subject <> '' ORDER BY name"
    return [row[0] for row in store.rows(sql)]


def list_variants(store: Store, name: str) -> list[StoredTemplate]:
    """Return the templates of a name in all languages, first the one for any. May be empty."""
    sql = f"{_SELECT} WHERE lower(name) = lower(:name) ORDER BY language, id"
    return [StoredTemplate(*row) for row in store.rows(sql, name=name.strip())]


def find_variants(store: Store, text: str | int) -> list[StoredTemplate]:
    """Return the templates that a name or the number of one stands for, in all languages.

    A name with a language, such as ``welcome:de``, stands for one. Raises NotFoundError.
    """
    if isinstance(text, int) and (found := _list_by_number(store, text)):
        return found
    word = str(text).strip()
    name, _, language = word.partition(":")
    found = list_variants(store, name)
    if language:
        wanted = parse_language(language)
        found = [each for each in found if each.language == wanted]
    number = word.removeprefix("#")
    if not found and number.isascii() and number.isdigit() and len(number) < 19:
        found = _list_by_number(store, int(number))
    if found:
        return found
    raise unknown_template(store, word)


def _list_by_number(store: Store, number: int) -> list[StoredTemplate]:
    name = "(SELECT lower(name) FROM template WHERE id = :id)"
    sql = f"{_SELECT} WHERE lower(name) = {name} ORDER BY language, id"
    return [StoredTemplate(*row) for row in store.rows(sql, id=number)]


def unknown_template(store: Store, word: str) -> NotFoundError:
    """Return the error for the name of no template, with similar ones."""
    sql = "SELECT DISTINCT name FROM template ORDER BY name LIMIT :most"
    names = [row[0] for row in store.rows(sql, most=_MAX_SIMILAR)]
    return NotFoundError(
        f"unknown template {quote(word)}",
        "To see them: cardcrm template list",
        near=find_similar(word, names),
    )


def find_template(store: Store, text: str) -> StoredTemplate:
    """Return the one template that a name or number stands for.

    Where a name has several languages, it is the one for any language. Raises NotFoundError and
    AmbiguousError.
    """
    number = text.strip().removeprefix("#")
    found = find_variants(store, text)
    if number.isdigit():
        exact = [each for each in found if each.id == int(number)]
        found = exact or found
    if len(found) == 1 or not found[0].language:
        return found[0]
    names = ", ".join(each.label for each in found)
    raise AmbiguousError(f"{text} is in several languages: {names}", "Name one of them.")


def choose_language(variants: Sequence[StoredTemplate], languages: str) -> StoredTemplate:
    """Return the template in the first language of a contact that there is, else that for any.

    ``de-AT`` is also content with ``de``. Without one for any language, it is the first one.
    """
    by_language = {each.language.lower(): each for each in reversed(variants)}
    found = next((each for each in list_codes(languages) if each in by_language), "")
    return by_language.get(found, variants[0])


def parse_language(text: str) -> str:
    """Return a language as it is stored: ``de``, ``de-AT``. Raises UsageError."""
    found = _LANGUAGE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"invalid language {quote(text)}", "Use a code such as de or de-AT.")
    language, script, region = found.groups(default="")
    return "-".join(filter(None, (language.lower(), script.title(), region.upper())))


# Checks


def check_template(store: Store, columns: Mapping[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a template with name and language in their normal forms.

    Raises UsageError for an invalid name, language or text, and ConflictError for a name that is
    taken in the language.
    """
    columns = dict(columns)
    if "name" in columns:
        check_name(columns["name"])
    if columns.get("language"):
        columns["language"] = parse_language(columns["language"])
    before = store.row(f"{_SELECT} WHERE id = :id", id=row_id) if row_id else None
    now = {key: columns.get(key, before[key] if before is not None else "") for key in
           ("name", "language", *PARTS)}  # fmt: skip
    if not (now["text"] or now["html"]):
        raise UsageError("a template needs a text", "Add it with --text FILE.")
    _refuse_taken(store, now, row_id)
    written = StoredTemplate(row_id, **now)
    for part in PARTS:
        if columns.get(part):
            check_part(store, written, part)
    return columns


def check_name(name: str) -> None:
    """Raise UsageError for an invalid name of a template."""
    if name.isdigit() or not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise UsageError(
            f"invalid template name {quote(name)}",
            "Use letters, digits and - _ . / such as offers/spring.",
        )


def _refuse_taken(store: Store, now: Mapping[str, Any], row_id: int) -> None:
    for each in list_variants(store, now["name"]):
        if each.language == now["language"] and each.id != row_id:
            raise ConflictError(
                f"the template {quote(each.label)} already exists",
                f"Change it with: cardcrm template edit {each.label}",
            )


def check_part(store: Store, template: StoredTemplate, part: str) -> dict[str, str]:
    """Return the snippets that a part of a template includes. Raises UsageError."""
    from cardcrm.records.mail.template_language import check

    find = make_snippet_finder(store, part, template.language)
    place = f"template {template.label}, {'HTML' if part == 'html' else part}"
    return check(getattr(template, part), place, find, is_html=part == "html")


def make_snippet_finder(store: Store, part: str, languages: str) -> Callable[[str], str]:
    """Return a function for the source of a snippet: the text or HTML of another template."""
    column = "html" if part == "html" else "text"

    def find(name: str) -> str:
        variants = list_variants(store, name)
        if not variants:
            raise NotFoundError(
                f"unknown snippet {quote(name)}",
                f"Add it first: cardcrm template add {name} --{column} FILE",
                near=unknown_template(store, name).near,
            )
        found = choose_language(variants, languages)
        source: str = getattr(found, column)
        if not source:
            raise UsageError(
                f"the snippet {found.label} has no {'HTML' if column == 'html' else 'text'}",
                f"Add it: cardcrm template edit {found.label} --{column} FILE",
            )
        return source

    return find
