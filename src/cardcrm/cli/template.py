"""`template`: the texts of mail, with fields that are filled in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Force, Source, refuse_options, session_of, split_numbers
from cardcrm.cli.mail_options import ForDeal, ForQuote, SetValues, TemplateName
from cardcrm.cli.record_edit import run_edit, run_rm
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.cli.text_files import read_option
from cardcrm.errors import UsageError
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.sheet import Card

app = build(TEMPLATE, without=("add", "show", "edit", "rm"))

_NAMES = typer.Argument(
    metavar="NAME…",
    help="Name or number of a template; welcome:de is the German one.",
    autocompletion=Source("names:template"),
)
_WHICH = Param("which", Annotated[list[str], _NAMES], [])


# add and edit


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a template, with the text of a file."""
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    if len(words) > 1:
        name = "-".join(words)
        raise UsageError("the name of a template has no spaces", f"For example: {name}")
    texts = _read_parts(read_texts(session, type_, values)) | {"name": "".join(words)}
    store = session.store(create=True)
    record = records.add(store, type_, texts)
    notes = () if texts.get("subject") else ("without a subject, it is a snippet for others",)
    return Result(
        lambda: show_record(store, record), f"added {describe(store, record)}", notes=notes
    )


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit templates, with the texts of files."""
    session = session_of(ctx)
    names = list(values["which"])
    words = names[:1] if not values["where"] else []
    values["which"] = [*_number_names(session, words), *names[len(words) :]]
    for part in ("text", "html"):
        if values[f"field_{part}"]:
            values[f"field_{part}"] = read_option(part, values[f"field_{part}"])
    return run_edit(ctx, type_, values)


def _read_parts(texts: dict[str, str]) -> dict[str, str]:
    read = {part: read_option(part, texts[part]) for part in ("text", "html") if texts.get(part)}
    return texts | read


# show and rm


def _show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Show templates."""
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    values["which"] = _number_names(session, values["which"])
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(_build_card(session, ids[0]))


def _build_card(session: Session, template_id: int) -> "Card":
    from cardcrm.cli.attachment_files import show_with_attachments
    from cardcrm.records import records
    from cardcrm.records.mail import attachments

    store = session.store()
    found = attachments.list_template_files(store, attachments.find_file_owner(store, template_id))
    return show_with_attachments(store, records.get(store, TEMPLATE, template_id), found)


def _rm(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Remove templates."""
    values["which"] = _number_names(session_of(ctx), values["which"])
    return run_rm(ctx, type_, values)


def _number_names(session: Session, words: list[str]) -> list[str]:
    """Return the numbers of the templates that words name."""
    from cardcrm.records.mail.templates import find_template

    return [str(find_template(session.store(), each).id) for each in split_numbers(words)]


_NAME = typer.Argument(metavar="NAME", help="Letters, digits and - _ . /")

add_command(
    app,
    TEMPLATE,
    "add",
    more=[Param("words", Annotated[list[str], _NAME], [])],
    run=_add,
    examples=['add greeting --text "Dear {{ contact.name }},"'],
)
add_command(app, TEMPLATE, "show", more=[_WHICH], run=_show)
add_command(app, TEMPLATE, "edit", more=[_WHICH], run=_edit)
add_command(app, TEMPLATE, "rm", more=[_WHICH], run=_rm)


@app.command("preview")
def preview(
    ctx: typer.Context,
    name: TemplateName,
    for_: Annotated[
        str, typer.Option("--for", metavar="WHO", help="Contact.", autocompletion=Source("contact"))
    ],
    deal: ForDeal = "",
    quote: ForQuote = "",
    set_: SetValues = [],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page: FILE.html.")
    ] = None,
    force: Force = False,
) -> Result:
    """Show the mail that a template makes for a contact.

    It is in the language of the contact, if there is a template in it.

    Example:
        cardcrm template preview welcome --for jane --output welcome.html

    """
    from cardcrm.cli.mail_preview import parse_about, show_preview, write_page

    session = session_of(ctx)
    contact = session.find_contact(for_)
    about = parse_about(session, deal, quote, set_)
    shown, page = show_preview(session, name, contact, about)
    if output is None:
        return Result(shown)
    write_page(output, page, replace=force)
    return Result(shown, f"wrote {output}")


@app.command("attach")
def attach(
    ctx: typer.Context,
    name: TemplateName,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files.")],
) -> Result:
    """Attach files to each mail of a template: at most 10 MB together.

    A file takes the place of one that has its name. A template in one language that has no file of
    its own is sent with those of the template for any language.

    Example:
        cardcrm template attach welcome price-list.pdf

    """
    from cardcrm.cli.attachment_files import read_files
    from cardcrm.records.mail import attachments
    from cardcrm.records.mail.templates import find_template

    session = session_of(ctx)
    template = find_template(session.store(), name)
    read = read_files(files)
    attachments.attach_to_template(session.store(), template.id, read)
    names = ", ".join(each.name for each in read)
    return Result(
        lambda: _build_card(session, template.id), f"attached to {template.label}: {names}"
    )


@app.command("detach")
def detach(
    ctx: typer.Context,
    name: TemplateName,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Names of attachments.")],
) -> Result:
    """Remove attachments from a template.

    Example:
        cardcrm template detach welcome price-list.pdf

    """
    from cardcrm.records.mail import attachments
    from cardcrm.records.mail.templates import find_template

    session = session_of(ctx)
    template = find_template(session.store(), name)
    attachments.detach(session.store(), template.id, files)
    return Result(
        lambda: _build_card(session, template.id),
        f"detached from {template.label}: {', '.join(files)}; to restore: cardcrm undo",
    )
