"""Predicates of the filters by consent: whether an address of a contact may be mailed."""

from cardcrm.query import Term
from cardcrm.records.fields import normalize_purpose
from cardcrm.records.mail.consent_status import NEWEST
from cardcrm.records.query_sql.predicates import QueryContext, is_any, is_none


def consented(ctx: QueryContext, term: Term) -> str:
    """Filter by the purposes that an email address of the contact has consented to."""
    found = ctx.exists("point", f"x.kind = 'email' AND {_is_given(ctx, _read_purpose(term))}")
    return f"NOT {found}" if is_none(term) else found


def can_mail(ctx: QueryContext, term: Term) -> str:
    """Filter by an email address that may be mailed: for a purpose, or ``yes`` for one mail.

    A purpose that needs no consent is refused by a consent that is withdrawn or not confirmed.
    """
    word = term.value.strip().lower()
    condition = "x.kind = 'email' AND x.opted_out = 0 AND x.invalid = 0"
    if word not in ("yes", "no"):
        condition += f" AND {_is_allowed(ctx, _read_purpose(term))}"
    found = ctx.exists("point", condition)
    return f"NOT {found}" if word == "no" or is_none(term) else found


def _read_purpose(term: Term) -> str:
    """Return the purpose of a term, "" for any."""
    return "" if is_any(term) or is_none(term) else normalize_purpose(term.value)


def _is_allowed(ctx: QueryContext, purpose: str) -> str:
    """Return the condition that the address ``x`` may be mailed for a purpose."""
    from cardcrm.records.mail.required_consent import list_required

    if not purpose or purpose in list_required(ctx.store):
        return _is_given(ctx, purpose)
    return (
        "NOT EXISTS (SELECT 1 FROM consent k WHERE k.address = x.value_key AND "
        f"k.purpose = {ctx.param(purpose)} AND k.status <> 'given' AND {NEWEST.format('k')})"
    )


def _is_given(ctx: QueryContext, purpose: str) -> str:
    """Return the condition that the newest state of the address ``x`` is a consent."""
    wanted = f"k.purpose = {ctx.param(purpose)} AND " if purpose else ""
    return (
        "EXISTS (SELECT 1 FROM consent k WHERE k.address = x.value_key AND "
        f"{wanted}k.status = 'given' AND {NEWEST.format('k')})"
    )
