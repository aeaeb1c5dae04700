"""Recognize columns about consent to mail, and the words that give or refuse it.

Each mail program has its own: ``Unsubscribed``, ``EMAIL_BLACKLISTED``, ``Email Opt Out``, a status
of ``cleaned`` … No refusal may be missed, so the words are compared by their stems.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from cardcrm.errors import UsageError
from cardcrm.formats.csv.cell_words import NO, YES
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.headers import Target
from cardcrm.records.fields import parse_purpose
from cardcrm.records.mail.consent_status import GIVEN, PENDING, WITHDRAWN

# Stems of headers by their meaning; the values decide.
REFUSALS: Final = (
    "unsub", "optout", "optedout", "blacklist", "blocklist", "blocked", "donotcontact",
    "donotemail", "donotmail", "donotcall", "donotallow", "donottext", "donotsms", "dontcontact",
    "dontemail", "nomail", "noemail", "nocontact", "nonewsletter", "suppress", "complain",
    "complaint", "spamreport", "markedasspam", "isspam", "abgemeldet", "abmelde", "abmeldung",
    "gesperrt", "sperrvermerk", "keinewerbung", "werbesperre", "widerruf", "widerspruch",
    "desabon", "desinscri", "disiscri", "darsedebaja", "dadodebaja", "fechadebaja", "bajaboletin",
    "nocontactar", "noenviar", "descadastr", "cancelouinscricao", "naocontactar", "uitgeschreven",
    "afgemeld", "uitschrijf", "nietmailen", "avregistr", "avprenumer", "avanmal", "wypisan",
    "rezygnacja", "niewysylac",
)  # fmt: skip
FAILURES: Final = (
    "bounce", "cleantime", "cleancampaign", "cleaned", "invalidemail", "emailinvalid",
    "undeliverable", "unzustellbar", "quarantine", "hardfail",
)  # fmt: skip
CONSENTS: Final = (
    "optin", "optedin", "consent", "newsletter", "subscribed", "subscription", "accepts",
    "acceptsmarketing", "permission", "emailmarketing", "marketingallowed", "allowmarketing",
    "einwilligung", "zustimmung", "werbeerlaubnis", "consentement", "inscritnewsletter",
    "abonnenewsletter", "consenso", "consentimiento", "consentimento", "aceptamarketing",
    "aceitamarketing", "toestemming", "nieuwsbrief", "samtycke", "nyhetsbrev", "zgoda",
    "boletin", "infolettre", "bulletin", "rundbrief", "gdpr", "rgpd", "dsgvo", "mailable",
)  # fmt: skip
# Stems of headers in which a yes is a consent to marketing mail, beside those with a word for mail.
_MAILINGS: Final = (
    "optin", "optedin", "subscribed", "subscriber", "member", "marketing", "newsletter", "mail",
    "werbeerlaubnis", "nieuwsbrief", "nyhetsbrev", "boletin", "infolettre", "bulletin", "rundbrief",
)  # fmt: skip
_STATES: Final = frozenset(
    ("status", "state", "emailstatus", "mailstatus", "subscriberstatus", "memberstatus",
     "contactstatus", "marketingstatus", "emailmarketingstatus", "subscriptionstatus",
     "emailsubscriptionstatus", "permissionstatus", "emailpermissionstatus", "mailingstatus",
     "optstatus", "deliverystatus", "emailstate", "subscriberstate", "statut", "estado", "stato",
     "estadosuscripcion", "statutabonne", "statutabonnement", "subscribertype", "marketingstate",
     "newsletterstatus", "emailhealth", "emailvalidity", "verificationstatus", "emailquality",
     "suscripcion", "abonnement", "abostatus", "newsletterstatut", "stan", "statussubskrypcji")
)  # fmt: skip
# Headers of mail programs with how a subscriber signed up, which is the proof of the consent.
_SIGN_UPS: Final = frozenset(
    ("optinip", "confirmip", "confirmtime", "signupip", "subscribeip", "consentip", "ipoptin",
     "ipsignup", "ipsubscribe", "confirmdate", "doubleoptinip")
)  # fmt: skip
# Columns that are about something else, although they have such a word.
_OTHER: Final = (
    "link", "url", "count", "total", "number", "amount", "price", "plan", "title", "name", "mrr",
    "token", "rate", "campaign", "ip", "source", "list", "subscriptionid", "topic", "language",
    "frequency", "text", "version", "method", "interval", "page", "score",
)  # fmt: skip
_PHONE_WORDS: Final = ("sms", "phone", "call", "whatsapp", "telefon", "text", "appel", "anruf")

_NO_STATES: Final = (
    "unsub", "nonsubscri", "notsubscri", "neversubscri", "optout", "optedout", "blacklist",
    "blocklist", "blocked", "block", "donot", "dontcontact", "suppress", "complain", "spam",
    "abuse", "removed", "disabled", "declined", "denied", "rejected", "refused", "withdrawn",
    "revoked", "noconsent", "nopermission", "noemail", "unmailable", "abgemeldet", "ausgetragen",
    "gesperrt", "blockiert", "widerrufen", "abgelehnt", "desabonne", "desinscrit", "refuse",
    "debaja", "dadodebaja", "cancelosuscripcion", "rechazado", "disiscritto", "cancellato",
    "rifiutato", "descadastrado", "descadastrada", "recusado", "uitgeschreven", "afgemeld",
    "geblokkeerd", "geweigerd", "avregistrerad", "avslutad", "avanmald", "blockerad", "wypisany",
    "wypisana", "zablokowany", "odmowa", "niesubskryb",
)  # fmt: skip
_BAD_STATES: Final = (
    "clean", "bounc", "invalid", "undeliverable", "hardfail", "mailboxfull", "nonexistent",
    "notfound", "unzustellbar", "ungultig", "quarantine", "rebote", "rebond", "rejet", "dead",
    "deactivatedmailbox", "erreur", "niedostarcz",
)  # fmt: skip
_NOT_BAD: Final = ("notbounc", "nobounc", "neverbounc", "notinvalid", "notclean", "unblock",
                   "notblock", "notunsub", "notsuppress", "notoptedout", "deadline")  # fmt: skip
# Words for no beside those of `headers.NO`, folded.
_NO_WORDS: Final = frozenset(map(fold_header, NO)) | frozenset(
    ("none", "na", "null", "nil", "notset", "nie", "nej", "nao", "niet", "off", "f", "unset",
     "unknown", "neverbounced", "ne", "wrong", "falso", "unwahr", "onwaar", "nepravda", "falskt",
     "falsz", "keine", "notapplicable")
)  # fmt: skip
_YES_WORDS: Final = frozenset(map(fold_header, YES)) | frozenset(
    ("tak", "sim", "on", "t", "verdadero", "vero", "verdadeiro", "sant", "prawda", "j")
)

_PENDING_STATES: Final = (
    "pending", "unconfirmed", "notconfirmed", "nonconfirm", "awaiting", "waiting", "requested",
    "ausstehend", "unbestatigt", "angefragt", "enattente", "pendiente", "sinconfirmar", "inattesa",
    "pendente", "inafwachting", "onbevestigd", "vantar", "oczekuj", "niepotwierdz",
)  # fmt: skip
_GIVEN_STATES: Final = (
    "subscribed", "optin", "optedin", "confirmed", "given", "granted", "consented", "accepted",
    "angemeldet", "abonniert", "bestatigt", "erteilt", "abonne", "inscrit", "suscrito", "confirmad",
    "iscritt", "inscrito", "aangemeld", "ingeschreven", "prenumererar", "zapisan", "potwierdz",
)  # fmt: skip
# Words after “consent” that tell more of it, and do not name a purpose.
PARTS: Final = {
    **dict.fromkeys(("date", "day", "time", "on", "since", "at", "datum"), "at"),
    "source": "source", "basis": "basis", "proof": "proof", "ip": "proof",
    "status": "status", "state": "status", "given": "status",
}  # fmt: skip
_NO_PURPOSES: Final = frozenset(
    (*PARTS, "to", "for", "email", "mail", "emails", "marketing", "sms", "phone", "gdpr", "dsgvo",
     "rgpd", "text", "form", "method", "version", "type", "id", "management", "legal",
     "data", "processing", "expiry", "expires", "code", "by", "required", "opt", "in", "withdrawn")
)  # fmt: skip
PERMIT: Final = "permit "  # and a part: the target of a column of a consent with a purpose
NEWSLETTER: Final = "newsletter"  # the purpose of a yes where a column names none

Verdict = Literal["", "no", "bad"]


def find_consent(words: Sequence[str]) -> Target | None:
    """Return the target of a header about consent; None if it is about something else."""
    key = "".join(words)
    if key in _SIGN_UPS:
        return ("signup", "email")
    if key in _STATES or "doubleopt" in key:
        return ("mailstate", "email")
    if words[:1] == ["consent"] and not _NO_PURPOSES.issuperset(words[1:]):
        return parse_permit(words[1:])
    is_other = any(word in words or key.endswith(word) for word in _OTHER)
    if is_other and not any(stem in key for stem in ("reason", "time", "date")):
        return None
    channel = "phone" if any(word in key for word in _PHONE_WORDS) else "email"
    for meaning, stems in (("optout", REFUSALS), ("invalid", FAILURES), ("consent", CONSENTS)):
        if any(stem in key for stem in stems):
            return (meaning, channel)
    return None


def parse_permit(words: Sequence[str]) -> Target | None:
    """Return the target of a consent that some words name: a purpose, then perhaps a part."""
    names = [word for word in words if word not in ("to", "for")]
    part = PARTS.get(names[-1], "") if len(names) > 1 else ""
    try:
        purpose = parse_purpose("-".join(names[:-1] if part else names))
    except UsageError:
        return None
    return (f"{PERMIT}{part or 'status'}", purpose)


def is_about_mailings(header: str) -> bool:
    """Return whether a yes in a column of consent is one to marketing mail."""
    key = fold_header(header)
    return any(stem in key for stem in _MAILINGS)


@lru_cache(maxsize=2048)
def read_consent(text: str) -> str:
    """Return the status of the consent that a cell states; empty if it says something else."""
    key = fold_header(text)
    if is_no(text) or read_state(text) == "no":
        return WITHDRAWN
    if any(stem in key for stem in _PENDING_STATES):
        return PENDING
    if is_yes(text) or any(stem in key for stem in _GIVEN_STATES):
        return GIVEN
    return ""


@lru_cache(maxsize=2048)  # files repeat a few words
def read_state(text: str) -> Verdict:
    """Return whether a state, such as ``Unsubscribed`` or ``cleaned``, refuses mail."""
    key = fold_header(text)
    if any(stem in key for stem in _NOT_BAD):
        return ""
    if any(stem in key for stem in _NO_STATES):
        return "no"
    return "bad" if any(stem in key for stem in _BAD_STATES) else ""


@lru_cache(maxsize=2048)
def is_no(text: str) -> bool:
    """Return whether a cell says no; also an empty date or a count of nothing."""
    key = fold_header(text)
    return key in _NO_WORDS or not key or bool(re.fullmatch(r"0+", key))


@lru_cache(maxsize=2048)
def is_yes(text: str) -> bool:
    """Return whether a cell says yes, and nothing more."""
    return fold_header(text) in _YES_WORDS
