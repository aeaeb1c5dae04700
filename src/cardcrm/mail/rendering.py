"""Fill in a template for one contact: subject, text and HTML of a mail."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import config
from cardcrm.errors import MissingValueError, UsageError
from cardcrm.mail.sender import find_sender, load_firm
from cardcrm.records.contacts import contact_queries
from cardcrm.records.mail import templates
from cardcrm.records.mail.templates import StoredTemplate
from cardcrm.store import Store
from cardcrm.text import normalize_block, normalize_line

if TYPE_CHECKING:
    from cardcrm.mail.template_data import About, Dunned
    from cardcrm.records.contacts.contact_queries import Contact, Details

NO_VALUES: Mapping[str, str] = {}


class Rendered(NamedTuple):
    """A mail that is ready to be sent, and the template that it was made of."""

    subject: str
    text: str
    html: str
    template_id: int
    language: str


def render(
    store: Store,
    template: str | int,
    contact_id: int,
    *,
    deal_id: int | None = None,
    quote_id: int | None = None,
    user: str = "",
    values: Mapping[str, str] = NO_VALUES,
    campaign_id: int | None = None,
    dunned: "Dunned | None" = None,
    settings: config.Config | None = None,
) -> Rendered:
    """Return the mail that a template makes for a contact, in the language of the contact.

    ``settings`` are read from their file unless given. Raises MissingValueError for a field of the
    contact that is empty, UsageError for what else is missing, and NotFoundError.
    """
    from cardcrm.mail.template_data import About

    about = About(deal_id, quote_id, user, values=values, campaign_id=campaign_id, dunned=dunned)
    about = name_sender(about, settings or config.load({}))
    variants = templates.find_variants(store, template)
    details = contact_queries.details(store, contact_id)
    return fill_in(store, variants, details, about)


def name_sender(about: "About", settings: config.Config) -> "About":
    """Return what a mail is about with the sender, its name and the firm of the settings."""
    sender, firm = find_sender(settings), load_firm(settings)
    return about._replace(sender=sender, sender_name=settings.get("mail.name"), firm=firm)


def require_subject(made: Rendered, template: str) -> Rendered:
    """Return a mail as it is. Raises UsageError for one without a subject."""
    if not made.subject:
        raise UsageError(
            f"the template {template} has no subject",
            f"Add it: cardcrm template edit {template} --subject TEXT",
        )
    return made


def fill_in(
    store: Store, variants: list[StoredTemplate], details: "Details", about: "About"
) -> Rendered:
    """Return the mail that one of the languages of a template makes for a contact."""
    from cardcrm.mail.template_data import gather

    chosen = templates.choose_language(variants, details.contact.language)
    if not chosen.text:
        raise UsageError(
            f"the template {chosen.label} has no text",
            f"Add it: cardcrm template edit {chosen.label} --text FILE",
        )
    language = chosen.language or "en"
    given = gather(store, details, about, language)
    subject, text, html = (
        _fill_part(store, chosen, part, given, details.contact) for part in templates.PARTS
    )
    return Rendered(
        normalize_line(subject), normalize_block(text), normalize_block(html), chosen.id,
        chosen.language,
    )  # fmt: skip


def _fill_part(
    store: Store, template: StoredTemplate, part: str, given: Mapping[str, Any], to: "Contact"
) -> str:
    source: str = getattr(template, part)
    if "{" not in source:
        return source
    snippets = templates.check_part(store, template, part)
    where = f"template {template.label} for {to.id} {to.name}"
    return fill_source(source, snippets, given, where, is_html=part == "html")


def fill_source(
    source: str,
    snippets: Mapping[str, str],
    given: Mapping[str, Any],
    where: str,
    *,
    is_html: bool = False,
) -> str:
    """Return a checked source with its fields filled in; ``where`` names it in an error."""
    from jinja2.exceptions import TemplateError

    from cardcrm.records.mail.template_language import EmptyFieldError, compile_template, fill_in

    compiled = compile_template(source, tuple(snippets.items()), is_html=is_html)
    try:
        return fill_in(compiled, given)
    except EmptyFieldError as error:
        raise _explain_empty(str(error), where, given) from error
    except TemplateError as error:
        raise UsageError(f"{where}: {error.message or error}", "Correct the template.") from error


# The objects that a mail may be about, with the way to name each.
_OBJECTS = {
    "deal": ("a deal", "Name it with --deal NUMBER."),
    "quote": ("a quote", "Name it with --quote NUMBER."),
    "invoice": ("an invoice", "Use it for a step: cardcrm dunning add NAME --template …"),
    "case": ("a case", "Use it in an answer: cardcrm answer add NAME"),
}


def _explain_empty(field: str, where: str, given: Mapping[str, Any]) -> UsageError:
    """Return the error for a field without a value."""
    from cardcrm.records.mail.template_language import Fields

    start, _, name = field.partition(".")
    if start in _OBJECTS and not isinstance(given[start], Fields):
        noun, remedy = _OBJECTS[start]
        return UsageError(f"{where} needs {noun}", remedy)
    if start == "campaign":
        return _explain_campaign(field, where, given)
    if start == "values":
        return UsageError(f"{where} needs the value {name}", f'Give it with --set {name}="…"')
    if start == "firm":
        return UsageError(f"{where}: {field} is not set", f'Set it: cardcrm config set {field} "…"')
    return MissingValueError(
        f"{where}: {field} is empty",
        f'Fill it in, or write {{{{ {field} | default("…") }}}} in the template.',
        field,
    )


def _explain_campaign(field: str, where: str, given: Mapping[str, Any]) -> UsageError:
    """Return the error for a mail outside campaigns, or of one without a promotion."""
    from cardcrm.records.mail.template_language import Fields

    campaign = given["campaign"]
    if not isinstance(campaign, Fields):
        return UsageError(
            f"{where} needs a campaign", "Send it by `cardcrm campaign send`, not to one contact."
        )
    return UsageError(
        f"{where}: {field} is empty",
        "Add a promotion: cardcrm promotion add CODE --campaign NAME",
    )
