"""Suggestions for a command line that makes no sense; loaded only to report the mistake."""

from collections.abc import Collection, Mapping

from cardcrm import config
from cardcrm.cli.commands import REPORTS, all_commands
from cardcrm.text import find_similar

# Words that other programs and people use, by what they are here.
SYNONYMS = {
    "add": "new create insert add-contact person customer client contact company",
    "find": "list ls search query grep contacts customers cards people lookup filter get-contacts",
    "show": "view open get info card cat display details whois print less",
    "brief": "summary tldr",
    "edit": "update change set modify mod rename alter mv move fix",
    "tag": "label labels tags group groups categorize untag",
    "rm": "delete remove del erase drop trash purge unlink",
    "dupes": "dedupe dedup duplicates duplicate doubles dups double twins",
    "merge": "join combine unite unify",
    "log": "note notes met visit email meeting jot record memo comment"
    " interact activity touch phone spoke chat comm",
    "due": "todo todos today agenda tasks reminders next birthdays upcoming overdue cal"
    " now week followups",
    "remind": "task plan promise followup follow-up schedule nudge event appointment",
    "done": "complete finish close tick resolve completed",
    "snooze": "postpone defer delay later reschedule",
    "sell": "sold order buy refund purchase bill pay payment charge",
    "sale list": "sales orders purchases payments",
    "interaction list": "interactions logs visits meetings mails",
    "reminder list": "promises",
    "product list": "products catalog items sku",
    "answer list": "answers canned macro macros snippets",
    "article list": "articles",
    "article find": "knowledge kb faq wiki",
    "script list": "scripts callscript",
    "recording list": "recordings audio",
    "segment list": "segments lists filters saved views",
    "field list": "fields custom custom-fields columns attributes",
    "template list": "templates letters",
    "campaign list": "campaigns newsletter newsletters mailing mailings",
    "sequence list": "sequences drip drips automation cadences",
    "message list": "messages outbox sent",
    "partner list": "partners dealer dealers reseller resellers affiliate affiliates",
    "partner statement": "commission commissions",
    "testimonial suggest": "testimonials advocates advocate",
    "consent list": "consents permission permissions",
    "mail inbox": "inbox unanswered replies",
    "case list": "cases ticket tickets issue issues incidents complaints helpdesk help-desk queue",
    "sla list": "slas service-levels deadlines",
    "near": "nearby around closest radius distance",
    "route": "routes trip itinerary directions",
    "map": "maps geography atlas",
    "places load": "gazetteer geonames cities towns postcodes geocode",
    "places locate": "locate geolocate coordinates",
    "opt-out": "unsubscribe optout blocklist",
    "value": "stats top rank ranking ltv clv rfm vip",
    "report": "revenue turnover statistics reports income analytics dashboard",
    "demo": "learn tutorial tour sample example start",
    "journal": "history changes audit changelog blame diff versions",
    "tui": "screen ui gui app browse interactive board",
    "db backup": "backup dump save snapshot archive",
    "db restore": "restore recover rollback",
    "db check": "check verify fsck doctor integrity repair",
    "db info": "status database stat about",
    "db sql": "sql select sqlite shell",
    "db copy": "copy migrate clone",
    "config": "settings setup init preferences prefs configure conf setting",
    "undo": "revert unset-last back",
    "--version": "version ver",
    "--help": "man usage commands",
    "--install-completion": "completion completions autocomplete",
    "import": "load read restore-csv import-csv import-vcard ingest upload",
    "export": "write save-as csv vcard download export-csv",
}

# Words that people use for the commands of a group, by what they are here.
GROUP_SYNONYMS = {
    "add": "new create insert record",
    "list": "ls all find search query index",
    "show": "view get open info display cat",
    "edit": "update change set modify rename mv",
    "rm": "delete remove del drop erase",
    "export": "dump write save",
    "import": "load read",
    "open": "new create add",
    "reply": "answer respond",
    "solve": "resolve done finish",
    "reopen": "unsolve",
    "locate": "geocode",
    "backup": "save snapshot dump",
    "restore": "recover",
    "info": "status stat about",
    "check": "verify fsck doctor",
    "sql": "query select",
    "copy": "migrate clone move cp",
    "unset": "clear reset rm",
    "path": "file where location",
    "revenue": "sales turnover income",
    "lost-reasons": "lost losses",
    "pipeline": "board funnel",
}

# Names of options of other programs, by what they are here, the likelier first.
OPTION_SYNONYMS = {
    "on": "date when day at time",
    "due": "date when day at on by deadline until",
    "kind": "type category channel as",
    "to": "output out file outfile path",
    "tag": "tags label labels category",
    "org": "company organization organisation employer firm",
    "phone": "tel telephone mobile cell phones number",
    "email": "mail e-mail emails",
    "web": "website url homepage",
    "title": "job position job-title",
    "note": "notes comment text description",
    "birthday": "dob birthdate born birth",
    "postcode": "zip postal-code zipcode plz",
    "region": "state county province",
    "street": "address",
    "family": "last surname last-name family-name lastname",
    "given": "first first-name given-name forename firstname",
    "every": "repeat cadence recur recurring interval frequency",
    "columns": "fields cols select",
    "sort": "order orderby order-by sort-by sortby",
    "limit": "top max head first count-max n",
    "where": "filter query match search if",
    "with": "who participant participants attendees and",
    "minutes": "duration min length mins",
    "outcome": "result",
    "done": "reminder reminders complete completed finish",
    "next": "followup follow-up todo then",
    "yes": "y force no-confirm assume-yes confirm",
    "force": "overwrite replace f clobber",
    "dry-run": "simulate preview pretend try test check noop",
    "days": "within horizon ahead week month",
    "qty": "quantity count amount units pieces",
    "product": "item sku article",
    "cost": "costs purchase-price",
    "owner": "assigned assignee user",
    "set": "field",
    "format": "output-format out-format fmt",
    "by": "group group-by groupby per",
    "social": "handle twitter linkedin mastodon",
}


def suggest_command(word: str, *, is_help: bool = False) -> str:
    """Return a hint for an unknown command, also where its help is wanted.

    The hint is a similar command, or how to show a contact.
    """
    found = (
        _find_report(word)
        or _find_synonym(word, SYNONYMS)
        or _find_near(word, all_commands())
        or _find_synonym(_find_near(word, _long_synonyms(word)), SYNONYMS)
    )
    if found:
        return f"Did you mean `cardcrm {found}`?"
    return "See `cardcrm --help`." + (f" To show a contact: `cardcrm show {word}`." * (not is_help))


def _find_report(word: str) -> str:
    """Return the command of the report of a name such as ``forecast``, or an empty text."""
    name = word.lower()
    return f"report {name}" if name.replace("-", "_") in REPORTS else ""


def suggest_in_group(word: str, path: str, known: Collection[str]) -> str:
    """Return a hint for an unknown command of the group at a path, such as ``cardcrm sale``."""
    if path == "cardcrm config" and word in config.SETTINGS:
        return f"To change it: `{path} set {word} VALUE`. To show it: `{path} get {word}`."
    synonym = _find_synonym(word, {name: GROUP_SYNONYMS.get(name, "") for name in known})
    found = synonym or _find_near(word, known)
    return f"Did you mean `{path} {found}`?" if found else f"See `{path} --help`."


def suggest_option(name: str, known: Collection[str]) -> str:
    """Return the option of a command that an unknown one may mean, or an empty text."""
    synonym = _find_synonym(name, {each: OPTION_SYNONYMS.get(each, "") for each in known})
    return synonym or _find_near(name, known)


def _long_synonyms(word: str) -> list[str]:
    """Return the synonyms that are long enough to be recognized when they are mistyped.

    A word of up to 4 letters is likelier a first name than what is left of a longer word.
    """
    if len(word) < 5:
        return []
    return [each for words in SYNONYMS.values() for each in words.split() if len(each) > 5]


def _find_near(word: str, known: Collection[str]) -> str:
    """Return the name that is mistyped, or an empty text: two thirds of the letters must agree."""
    return next(iter(find_similar(word, known, limit=1, least=0.66)), "")


def _find_synonym(word: str, synonyms: Mapping[str, str]) -> str:
    """Return the name that has a word among its synonyms, or an empty text."""
    wanted = word.lower()
    return next((name for name, words in synonyms.items() if wanted in words.split()), "")
