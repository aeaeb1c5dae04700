"""Write a quote to a file: Markdown, HTML or PDF by the end of its name."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cardcrm.errors import NotFoundError, UsageError
from cardcrm.formats.documents.blocks import Block, FieldValues
from cardcrm.formats.documents.html_document import fill_html, to_html
from cardcrm.formats.documents.markdown_document import to_markdown
from cardcrm.formats.documents.quote_fields import TEMPLATE
from cardcrm.formats.documents.template import fill
from cardcrm.paths import expand_path

_MARKDOWN: Final = (".md", ".markdown")
_HTML: Final = (".html", ".htm")
_MAX_TEMPLATE: Final = 1_000_000  # bytes
_MOST_LETTERS: Final = 20  # that are named


def build_file(path: Path, values: FieldValues, template: Path | None) -> bytes:
    """Return the content of a file of this name for a quote with these fields.

    Raises UsageError for another kind of file and for a template that does not fit, NotFoundError
    for a template that does not exist, and CardcrmError for a PDF without its library.
    """
    write = _find_writer(path)
    text = _read_template(template) if template is not None else TEMPLATE
    title = f"Quote {values['number']}"
    if template is not None and template.suffix.lower() in _HTML:
        if path.suffix.lower() not in _HTML:
            raise UsageError(
                f"{template} is HTML, and {path.name} is not",
                "Write an .html file, or use a template in Markdown.",
            )
        return fill_html(text, values).encode()
    return write(fill(text, values), title)


Write = Callable[[list[Block], str], bytes]


def _find_writer(path: Path) -> Write:
    suffix = path.suffix.lower()
    if suffix in _MARKDOWN:
        return lambda blocks, _title: to_markdown(blocks).encode()
    if suffix in _HTML:
        return lambda blocks, title: to_html(blocks, title).encode()
    if suffix == ".pdf":
        from cardcrm.formats.documents.pdf_document import to_pdf

        return to_pdf
    raise UsageError(
        f"unknown kind of file “{path.name}”", "The name must end in .pdf, .html or .md."
    )


def find_template(setting: Callable[[str], str], file: Path) -> Path | None:
    """Return the template of the settings; one of HTML is for HTML only."""
    text = setting("quote.template")
    if not text:
        return None
    path = expand_path(text)
    is_html = path.suffix.lower() in _HTML
    return None if is_html and file.suffix.lower() not in _HTML else path


def find_missing_letters(file: Path, values: FieldValues) -> str:
    """Return the letters that a file will show as squares, as the font of a PDF lacks them."""
    if file.suffix.lower() != ".pdf":
        return ""
    from cardcrm.formats.documents.pdf_document import list_missing_letters

    return list_missing_letters(values)[:_MOST_LETTERS]


def _read_template(path: Path) -> str:
    """Return the text of a template. Raises NotFoundError and UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_TEMPLATE + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(
            f"the template {path} does not exist",
            "Name another with --template, or: cardcrm config unset quote.template",
        ) from None
    except OSError as error:
        raise UsageError(
            f"cannot read the template {path}: {error.strerror}", "Name a file with --template."
        ) from error
    except ValueError as error:
        raise UsageError(f"cannot read the template {path}: {error}", "Use UTF-8 text.") from error
    if len(content) > _MAX_TEMPLATE:
        raise UsageError(
            f"the template {path} is longer than {_MAX_TEMPLATE:,} bytes",
            "Use a text with named fields, such as {{number}}.",
        )
    return text
