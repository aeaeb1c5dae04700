"""Every noun with the module that declares it; a declaration is loaded when it is first needed.

A quick command must not import the nouns that it does not touch, so the modules are listed as text.
Undo, `db check` and `db copy` need every table and load all of them.
"""

import importlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from cardcrm.errors import UsageError
from cardcrm.store import table_registry
from cardcrm.store.table_registry import FoldedKey, Link, Table

if TYPE_CHECKING:
    from cardcrm.records.record_type import RecordType
    from cardcrm.store.table_registry import Check

# Each table with the module that declares it, parents before their children: `db copy` writes them
# in this order.
MODULES: dict[str, str] = {
    "contact": "contacts.contact_type",
    "nickname": "contacts.contact_type",
    "point": "contacts.contact_type",
    "address": "contacts.contact_type",
    "tag": "contacts.contact_type",
    "yearly_day": "contacts.contact_type",
    "field": "contacts.contact_type",
    "field_value": "contacts.contact_type",
    "media": "contacts.contact_type",
    "vcard_line": "contacts.contact_type",
    "relation": "contacts.contact_type",
    "job": "contacts.job_type",
    "merged_id": "deduplication.merged_id_type",
    "distinct_pair": "deduplication.distinct_type",
    "interaction": "activity.interaction_type",
    "participant": "activity.interaction_type",
    "template": "mail.template_type",
    "template_file": "mail.template_type",
    "campaign": "campaigns.campaign_type",
    "holdout": "campaigns.campaign_type",
    "campaign_cost": "campaigns.campaign_type",
    "promotion": "promotions.promotion_type",
    "product": "sales.product_type",
    "sale": "sales.sale_type",
    "sale_line": "sales.sale_type",
    "pipeline": "deals.pipeline_type",
    "stage": "deals.pipeline_type",
    "deal": "deals.deal_type",
    "deal_line": "deals.deal_type",
    "deal_role": "deals.deal_type",
    "stage_change": "deals.deal_type",
    "lead": "leads.lead_type",
    "lead_change": "leads.lead_type",
    "lead_rule": "leads.lead_type",
    "quote": "quotes.quote_type",
    "quote_line": "quotes.quote_type",
    "invoice": "invoices.invoice_type",
    "payment": "invoices.invoice_type",
    "reminder": "activity.reminder_type",
    "asset": "assets.asset_type",
    "asset_entry": "assets.asset_entry_type",
    "contract": "assets.contract_type",
    "sla": "service.sla_type",
    "case": "service.case_type",
    "case_change": "service.case_type",
    "answer": "knowledge.answer_type",
    "answer_use": "knowledge.answer_type",
    "article": "knowledge.article_type",
    "article_version": "knowledge.article_type",
    "article_link": "knowledge.article_type",
    "article_vote": "knowledge.article_type",
    "script": "knowledge.script_type",
    "script_run": "knowledge.script_type",
    "recording": "knowledge.recording_type",
    "feedback": "feedback.feedback_type",
    "supporter": "feedback.feedback_type",
    "sequence": "sequences.sequence_type",
    "enrollment": "sequences.sequence_type",
    "enrollment_step": "sequences.sequence_type",
    "message": "mail.message_type",
    "message_file": "mail.message_type",
    "mailbox": "mail.mailbox_type",
    "mail_offer": "mail.mailbox_type",
    "mail_report": "mail.mailbox_type",
    "seen_mail": "mail.mailbox_type",
    "mail_text": "mail.mailbox_type",
    "received_mail": "mail.mailbox_type",
    "consent": "mail.consent_type",
    "claim": "teamwork.claim_type",
    "territory": "teamwork.territory_type",
    "team": "teamwork.team_type",
    "partner": "partners.partner_type",
    "payout": "partners.partner_type",
    "registration": "partners.registration_type",
    "testimonial": "partners.testimonial_type",
    "campaign_contact": "campaigns.campaign_contact_type",
    "dunning": "invoices.dunning_type",
    "dunning_notice": "invoices.invoice_type",
    "target": "targets.target_type",
    "rate": "sales.rate_type",
    "benefit": "mvc.benefit_type",
    "gift": "mvc.benefit_type",
    "dismissal": "sales.dismissal_type",
    "market_size": "sales.market_size_type",
    "lifetime_model": "sales.lifetime_model_type",
    "equity_snapshot": "sales.equity_snapshot_type",
    "segment": "query_sql.segment_type",
    "place_choice": "places.place_choice_type",
    "price": "quotes.price_type",
    "cadence_rule": "contacts.cadence_rule_type",
    "sync_folder": "syncing.sync_type",
    "sync_file": "syncing.sync_type",
    "import_column": "importing.import_column_type",
    "forgotten": "privacy.forgotten_type",
    "suppressed": "mail.suppressed_type",
}

# Tables whose noun has another name: CASE is a word of SQL.
_NOUNS_OF_TABLES = {"service_case": "case"}

_types: dict[str, "RecordType"] = {}
_added: dict[str, "RecordType"] = {}  # nouns that came by `register`, not from `MODULES`


def declare(type_: "RecordType") -> "RecordType":
    """Make a declaration known to the store and to the registry; return it.

    Raises UsageError where its options would clash.
    """
    type_.check_names()
    types = tuple(type_.with_parts())
    _types.update({each.name: each for each in types})
    table_registry.register(*map(_table, types))
    return type_


def register(type_: "RecordType") -> "RecordType":
    """Add a noun that the program does not bring itself; return it."""
    _added[type_.name] = declare(type_)
    return type_


def unregister(name: str) -> None:
    """Remove a noun that `register` has added."""
    for each in _added.pop(name).with_parts():
        del _types[each.name]
        table_registry.forget(each.table_name)


def record_type(name: str) -> "RecordType":
    """Return the declaration of a noun or table. Raises UsageError for an unknown one."""
    name = _NOUNS_OF_TABLES.get(name, name)
    if name not in _types and name in MODULES:
        importlib.import_module(f"cardcrm.records.{MODULES[name]}")
    if name not in _types:
        raise UsageError(f"unknown noun “{name}”", f"Nouns: {', '.join([*MODULES, *_added])}.")
    return _types[name]


def all_types() -> Iterator["RecordType"]:
    """Yield every declaration, parents before their children."""
    for name in MODULES:
        yield record_type(name)
    for type_ in _added.values():
        yield from type_.with_parts()


# The nouns that have a group of commands and a list on the screen; contacts have their own.
LISTED = (
    "interaction", "reminder", "lead", "deal", "quote", "invoice", "dunning", "sale", "product",
    "price", "case", "sla", "asset", "contract", "answer", "article", "script", "recording",
    "feedback", "partner", "registration", "testimonial", "segment", "job", "benefit", "gift",
    "target", "claim", "territory", "team", "template", "campaign", "promotion", "sequence",
    "enrollment", "message", "consent",
)  # fmt: skip


def listed_types() -> Iterator["RecordType"]:
    """Yield the nouns that are listed by themselves."""
    for name in (*LISTED, *_added):
        yield record_type(name)


def added() -> dict[str, "RecordType"]:
    """Return the nouns that the program does not bring itself."""
    return dict(_added)


def load_tables(name: str) -> None:
    """Load the declaration of a table, or of every table where the name is empty."""
    for each in [_NOUNS_OF_TABLES.get(name, name)] if name else MODULES:
        if each in MODULES and each not in _types:
            importlib.import_module(f"cardcrm.records.{MODULES[each]}")


def _table(type_: "RecordType") -> Table:
    """Return what the store has to know of a noun."""
    return Table(
        type_.table_name,
        type_.effects,
        tuple(Link(each.column, each.table) for each in type_.references),
        tuple(each.column for each in type_.fields if each.is_required and each.columns),
        keys=tuple(
            FoldedKey(each.column, each.non_ascii_key, each.fold_non_ascii)
            for each in type_.fields
            if each.non_ascii_key
        ),
        same_by=(type_.parent, *type_.same_by) if type_.parent else (),
        load_checks=partial(_load_checks, type_),
        explain_final=type_.explain_final,
    )


def _load_checks(type_: "RecordType") -> "dict[str, Check]":
    """Return the tests of the columns that a noun has."""
    return {name: test for each in type_.fields for name, test in each.checks().items()}


table_registry.set_loader(load_tables)
