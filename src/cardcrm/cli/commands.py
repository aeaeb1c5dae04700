"""The list of commands: where each one lives, and its line in the list of commands.

`cardcrm --help` shows this list without loading a command; a test compares each summary with the
command's own help.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cardcrm.records import registry

CONTACTS = "Contacts"
DAILY = "Daily work"
SALES = "Sales"
IMPORT_EXPORT = "Import and export"
DATABASE = "Database"


class Command(NamedTuple):
    """A command or group: its panel in the help, its module in `cardcrm.cli`, and its summary.

    A command may have ``further`` commands behind its name, by their summaries. They are in the
    module with the ending ``_further``, so that the command itself does not load them. The
    ``quick`` commands of a group are in modules of their own, and load nothing else of it. A group
    may have a ``default``: the command that the words are for if the first one names none.
    """

    panel: str
    module: str
    summary: str
    is_group: bool = False
    further: Mapping[str, str] = {}
    quick: Mapping[str, str] = {}
    default: str = ""


COMMANDS: dict[str, Command] = {
    "add": Command(CONTACTS, "contact", "Add a person or an organization."),
    "find": Command(CONTACTS, "find", "Find contacts by words and filters."),
    "near": Command(CONTACTS, "near", "List the contacts near a place, the nearest first."),
    "route": Command(DAILY, "route", "Find a short route for visits."),
    "map": Command(CONTACTS, "map", "Show contacts on a map, or write it as a page."),
    "show": Command(CONTACTS, "show", "Show the card of a contact."),
    "brief": Command(CONTACTS, "show", "Show a short summary to read before a call."),
    "edit": Command(CONTACTS, "edit", "Edit one contact, or many at once."),
    "tag": Command(CONTACTS, "tag", "Add tags to contacts, or remove them."),
    "rm": Command(CONTACTS, "delete", "Remove contacts and everything recorded about them."),
    "forget": Command(
        CONTACTS,
        "forget",
        "Erase a contact for good, also from the journal and from texts about others.",
    ),
    "dupes": Command(CONTACTS, "dupes", "Find contacts that are likely to be stored twice."),
    "merge": Command(CONTACTS, "merge", "Merge a duplicate into another contact."),
    "log": Command(
        DAILY, "log", "Log an interaction: a call, mail, meeting, visit, message or note."
    ),
    "log-mail": Command(
        DAILY, "log_mail", "Log mail from a pipe, an mbox file or a Maildir folder."
    ),
    "remind": Command(
        DAILY, "remind", "Add a reminder to follow up with a contact, or without one."
    ),
    "calls": Command(DAILY, "calls", "List whom to ring now, with the reasons."),
    "call": Command(
        DAILY, "call", "Record a call by its outcome: it is logged, and the next step is planned."
    ),
    "interaction": Command(
        DAILY, "interaction", "Add, list, show, edit and remove interactions.", is_group=True
    ),
    "reminder": Command(
        DAILY, "reminder", "Add, list, show, edit and remove reminders.", is_group=True
    ),
    "due": Command(DAILY, "due", "Show what is due: reminders, overdue contacts and birthdays."),
    "claim": Command(
        DAILY,
        "claim",
        "Claim a contact for some days, so that no work is done twice.",
        is_group=True,
        default="add",
    ),
    "mail": Command(
        DAILY,
        "mail",
        "Write mail to contacts, send what is queued, and fetch mail.",
        is_group=True,
        quick={
            "send": "mail_send",
            "run": "mail_run",
            "fetch": "mail_fetch",
            "inbox": "mail_inbox",
            "reply": "mail_reply",
            "done": "mail_inbox",
            "offers": "mail_offers",
        },
        default="send",
    ),
    "message": Command(
        DAILY, "message", "List, show, cancel and retry the mail that was queued.", is_group=True
    ),
    "case": Command(
        DAILY,
        "case",
        "Manage cases of customers: open, answer and solve them.",
        is_group=True,
        quick={"reply": "case_reply"},
    ),
    "sla": Command(
        DAILY,
        "sla",
        "Manage service levels: response and solution times of cases.",
        is_group=True,
    ),
    "asset": Command(
        DAILY,
        "asset",
        "Manage assets: what customers have, its readings and maintenance.",
        is_group=True,
    ),
    "contract": Command(
        DAILY,
        "contract",
        "Manage contracts: add, renew and end them.",
        is_group=True,
    ),
    "answer": Command(
        DAILY,
        "answer",
        "Canned answers with fields that are filled in: add, use and edit them.",
        is_group=True,
    ),
    "article": Command(
        DAILY, "article", "Knowledge articles: write, find and link them to cases.", is_group=True
    ),
    "script": Command(DAILY, "script", "Call scripts: add, check and run them.", is_group=True),
    "recording": Command(
        DAILY,
        "recording",
        "Recorded help: audio files that are played, or sent as a link.",
        is_group=True,
    ),
    "feedback": Command(
        DAILY, "feedback", "Manage wishes and complaints about products.", is_group=True
    ),
    "campaign": Command(
        DAILY,
        "campaign",
        "Send mail or letters to a segment, or plan calls and visits.",
        is_group=True,
    ),
    "sequence": Command(
        DAILY, "sequence", "Send timed steps of mail and tasks to contacts.", is_group=True
    ),
    "enrollment": Command(
        DAILY, "enrollment", "List, show and stop contacts in sequences.", is_group=True
    ),
    "consent": Command(
        DAILY, "consent", "Record what contacts consent to be mailed for.", is_group=True
    ),
    "opt-out": Command(
        DAILY,
        "opt_out",
        "Opt addresses out: they are not mailed any more.",
        is_group=True,
        default="add",
    ),
    "template": Command(DAILY, "template", "Manage the templates of mail.", is_group=True),
    "done": Command(DAILY, "done", "Mark reminders as done; a recurring one moves on."),
    "snooze": Command(DAILY, "done", "Move reminders, or the touch of a contact, to another date."),
    "sell": Command(SALES, "sell", "Record a sale or a refund."),
    "sale": Command(SALES, "sale", "Add, list, show, edit and remove sales.", is_group=True),
    "promotion": Command(
        SALES, "promotion", "Manage codes and offers, and show what they brought.", is_group=True
    ),
    "lead": Command(SALES, "lead", "Manage leads: add, assign and convert them.", is_group=True),
    "deal": Command(
        SALES,
        "deal",
        "Manage deals: add, move, win and lose them.",
        is_group=True,
        quick={"move": "deal_move"},
    ),
    "quote": Command(
        SALES, "quote", "Manage quotes: write, send, revise and accept them.", is_group=True
    ),
    "invoice": Command(
        SALES, "invoice", "Manage invoices: what contacts owe, and what they paid.", is_group=True
    ),
    "dunning": Command(
        SALES, "", "Manage the steps that remind customers of overdue invoices.", is_group=True
    ),
    "pipeline": Command(SALES, "pipeline", "Manage pipelines and their stages.", is_group=True),
    "value": Command(
        SALES,
        "value",
        "Rank customers by value, or show the figures of one.",
        further={
            "model": "Show the models that predict purchases and amounts.",
            "equity": "Show the discounted future value of all customers, and how it changes.",
            "backtest": "Test the models: fit them to the first part of history, predict the rest.",
        },
    ),
    "alert": Command(
        SALES,
        "alert",
        "Show what to do about customers and products, as the sales suggest.",
        is_group=True,
    ),
    "suggest": Command(SALES, "suggest", "Suggest products to offer to a contact, with reasons."),
    "report": Command(SALES, "report", "Show reports about all contacts.", is_group=True),
    "target": Command(SALES, "target", "Manage sales targets of users by month.", is_group=True),
    "territory": Command(
        SALES, "territory", "Manage territories: whose contacts are whose.", is_group=True
    ),
    "team": Command(SALES, "team", "Manage teams of users, for reports.", is_group=True),
    "partner": Command(
        SALES,
        "partner",
        "Manage partners: dealers, their leads and their commission.",
        is_group=True,
    ),
    "registration": Command(
        SALES, "", "Manage the leads that partners have registered.", is_group=True
    ),
    "testimonial": Command(
        SALES, "testimonial", "Ask loyal customers for testimonials, once.", is_group=True
    ),
    "mvc": Command(SALES, "mvc", "Care for the most valuable customers (MVC).", is_group=True),
    "benefit": Command(SALES, "", "Manage the benefits of MVC members.", is_group=True),
    "gift": Command(SALES, "", "Manage benefits that were given.", is_group=True),
    "price": Command(
        SALES, "", "Manage price lists and discounts of contacts and segments.", is_group=True
    ),
    "product": Command(SALES, "", "Manage the catalog of products.", is_group=True),
    "import": Command(IMPORT_EXPORT, "import_files", "Import contacts and other rows from files."),
    "export": Command(
        IMPORT_EXPORT, "export", "Export contacts to a CSV, XLSX or vCard file, or to a folder."
    ),
    "warehouse": Command(
        IMPORT_EXPORT,
        "warehouse",
        "Query the star schema that `export --star` has written.",
        is_group=True,
    ),
    "sync": Command(
        IMPORT_EXPORT,
        "sync",
        "Keep a folder of contacts or reminders in step with the database.",
    ),
    "calendar": Command(
        IMPORT_EXPORT,
        "calendar",
        "Write calendars of reminders and anniversaries.",
        is_group=True,
    ),
    "segment": Command(
        CONTACTS, "segment", "Manage segments, which are saved queries.", is_group=True
    ),
    "job": Command(CONTACTS, "", "Manage further and former jobs of people.", is_group=True),
    "places": Command(
        CONTACTS,
        "places",
        "Locate addresses by lists of towns and postal codes.",
        is_group=True,
    ),
    "field": Command(CONTACTS, "field", "Manage custom fields.", is_group=True),
    "tui": Command(DAILY, "tui", "Open the full-screen interface."),
    "hand-over": Command(
        CONTACTS, "hand_over", "Hand over the open records of one user to others."
    ),
    "undo": Command(DATABASE, "journal", "Undo your last command, or the last N."),
    "redo": Command(DATABASE, "journal", "Redo the last command that you undid, or the last N."),
    "journal": Command(DATABASE, "journal", "Show what was changed, when and by whom."),
    "db": Command(
        DATABASE, "db", "Back up, restore, check, copy or query the database.", is_group=True
    ),
    "config": Command(DATABASE, "config", "Show and change settings.", is_group=True),
    "demo": Command(DATABASE, "demo", "Create a sample database to experiment with."),
}


# The reports: their modules in `cardcrm.cli.reports`.
REPORTS = (
    "accountant", "activity", "at_risk", "baskets", "channels", "clusters", "cohorts",
    "conversion", "drivers", "feedback", "forecast", "lost_reasons", "margins", "market",
    "partners", "performance", "pipeline", "pricing", "products", "month", "referrals", "regions",
    "repeat", "responses", "retention", "revenue", "rfm", "service", "slippage", "sources",
    "stage_times", "subscriptions", "touches", "velocity", "winrate",
)  # fmt: skip


def all_commands() -> dict[str, Command]:
    """Return every command; the groups of nouns that were added to the registry come last."""
    added = {
        name: Command(CONTACTS, "", type_.summary or f"Manage {type_.plural}.", is_group=True)
        for name, type_ in registry.added().items()
    }
    return COMMANDS | added


def find_command(name: str) -> Command | None:
    """Return the command of that name, or None."""
    return COMMANDS.get(name) or all_commands().get(name)
