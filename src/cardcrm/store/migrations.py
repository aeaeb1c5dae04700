"""The tables of both engines, and the ordered migrations that create them.

The engines differ in the placeholders: ``{identity}`` is an integer primary key that is never
reused, ``{key}`` is text compared byte by byte. Booleans are 0 or 1, days are ISO dates in local
time, instants are UTC text, money is an integer of minor units, quantities are thousandths.
"""

from collections.abc import Sequence

from cardcrm.errors import StorageError
from cardcrm.store import schema_version
from cardcrm.store.alert_migration import ALERTS
from cardcrm.store.asset_migration import ASSETS, CONTRACTS
from cardcrm.store.backoffice_migration import CAMPAIGN_COSTS, DUNNING, FEEDBACK
from cardcrm.store.campaign_migration import CAMPAIGNS
from cardcrm.store.consent_migration import CONSENTS
from cardcrm.store.deal_migration import DEALS
from cardcrm.store.deduplication_migration import DEDUPLICATION
from cardcrm.store.desk_migration import DESK_INDEXES
from cardcrm.store.first_migration import CONTACTS, HISTORY, JOURNAL, SALES
from cardcrm.store.invoice_migration import INVOICES
from cardcrm.store.knowledge_migration import KNOWLEDGE
from cardcrm.store.lead_migration import LEADS
from cardcrm.store.lifetime_migration import LIFETIME_MODELS
from cardcrm.store.mail_migration import MAIL_IDS
from cardcrm.store.mailbox_migration import MAILBOXES
from cardcrm.store.market_migration import MARKET_SIZES
from cardcrm.store.mvc_migration import MVC_PROGRAM
from cardcrm.store.outbox_migration import MESSAGES, TEMPLATES
from cardcrm.store.partner_migration import PARTNERS
from cardcrm.store.places_migration import PLACES
from cardcrm.store.price_migration import PRICES
from cardcrm.store.privacy_migration import FOREIGN_KEYS, FORGOTTEN
from cardcrm.store.promotion_migration import PROMOTIONS
from cardcrm.store.quote_migration import QUOTES
from cardcrm.store.sale_migration import SALE_PAYMENTS
from cardcrm.store.sales_figures_migration import SALES_FIGURES
from cardcrm.store.sequence_migration import SEQUENCES
from cardcrm.store.service_migration import CASES, SERVICE_LEVELS
from cardcrm.store.sync_migration import SYNC
from cardcrm.store.tables_migration import IMPORT_COLUMNS
from cardcrm.store.target_migration import TARGETS
from cardcrm.store.teamwork_migration import TEAMWORK
from cardcrm.store.touch_migration import TOUCHES
from cardcrm.store.value_migration import CONTACT_VALUES
from cardcrm.store.vcard_migration import VCARD_PARTS

REFOLDED = 3  # the first version with the keys of `store.refold`
NAMED = 7  # the first version with the keys of `FOLDED_NAMES`
LOCATED = 7  # the first version with the locations of addresses

# The columns of folded texts that version 7 adds to tables of version 6.
NAMED_COLUMNS = {
    "template": ("name_key", "subject_key", "text_key"),
    "campaign": ("name_key",),
    "sequence": ("name_key",),
}

EMPLOYERS = """
DROP INDEX contact_org;
CREATE INDEX contact_org ON contact (org_id, last_on) WHERE org_id IS NOT NULL;
"""

# The occurrence of a recurring reminder, in local time, where it differs from the time it is due:
# after a snooze, or in the hour that daylight saving time leaves out.
SERIES = """
ALTER TABLE reminder ADD COLUMN series_at {key};
"""

# Folded values of texts that are not ASCII; `store.refold` fills them in older databases.
FOLDED_KEYS = "".join(
    f"ALTER TABLE {table} ADD COLUMN {column} {{key}} NOT NULL DEFAULT '';\n"
    for table, columns in (
        ("contact", "source_key owner_key"),
        ("contact", "prefix_key given_key middle_key family_key suffix_key"),
        ("point", "folded_key"),
        ("address", "street_key region_key postcode_key country_key"),
        ("interaction", "outcome_key author_key"),
        ("reminder", "text_key owner_key"),
        ("sale", "text_key ref_key author_key"),
        ("product", "sku_key"),
        ("segment", "query_key"),
    )
    for column in columns.split()
)

# Folded names and texts of mail; `store.refold` fills them in older databases.
FOLDED_NAMES = "".join(
    f"ALTER TABLE {table} ADD COLUMN {column} {{key}} NOT NULL DEFAULT '';\n"
    for table, columns in NAMED_COLUMNS.items()
    for column in columns
)

# Filters by the number and the days of sales look at all currencies.
ALL_CURRENCIES = """
CREATE INDEX contact_value_contact ON contact_value (contact_id, total, orders);
CREATE INDEX contact_value_last_on ON contact_value (last_on, contact_id, total);
CREATE INDEX contact_value_first_on ON contact_value (first_on, contact_id, total);
"""

# Unit prices may be finer than the minor unit: these columns have the ten-thousandths beyond it.
UNIT_PRICES = """
ALTER TABLE product ADD COLUMN price_rest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE product ADD COLUMN cost_rest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_line ADD COLUMN price_rest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_line ADD COLUMN cost_rest INTEGER NOT NULL DEFAULT 0;
"""

# One ``currency`` is worth ``rate``, a decimal number, in the ``base`` from the day on.
RATES = """
CREATE TABLE rate (
  id {identity},
  on_date {key} NOT NULL,
  currency {key} NOT NULL,
  rate {key} NOT NULL,
  base {key} NOT NULL,
  UNIQUE (currency, base, on_date)
);
"""

# Names keep the parts that a user or a file states; the others are read from the name. Parts that
# differ from what earlier versions read, the last word as the family name, were stated by a file.
NAMES = """
ALTER TABLE contact ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN middle TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN suffix TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN name_order TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN sort_as TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN vcard_n TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN stated TEXT NOT NULL DEFAULT '';
UPDATE contact SET stated = 'given family' WHERE kind = 'person' AND (given <> '' OR family <> '')
  AND (family LIKE '% %' OR given || CASE WHEN family = '' THEN '' ELSE ' ' END || family <> name);
"""

# A reminder need not have a contact. SQLite cannot drop NOT NULL from a column, so a column
# without it takes its place.
REMINDERS_WITHOUT_CONTACT = """
ALTER TABLE reminder ADD COLUMN optional_contact_id BIGINT REFERENCES contact (id);
UPDATE reminder SET optional_contact_id = contact_id;
DROP INDEX reminder_contact;
ALTER TABLE reminder DROP COLUMN contact_id;
ALTER TABLE reminder RENAME COLUMN optional_contact_id TO contact_id;
CREATE INDEX reminder_contact ON reminder (contact_id, done_at, due_on);
"""

# The local day on which a contact was added, from which a cadence counts; contacts that are older
# than the column count from the day in UTC. And when a recurring reminder was last done.
LOCAL_DAYS = """
ALTER TABLE contact ADD COLUMN created_on {key};
ALTER TABLE reminder ADD COLUMN last_done_at {key};
"""

# Further and former jobs of people; a day may be a year or a month.
JOBS = """
CREATE TABLE job (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  title TEXT NOT NULL DEFAULT '',
  title_key {key} NOT NULL DEFAULT '',
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  org_id BIGINT NOT NULL REFERENCES contact (id),
  from_on {key},
  to_on {key}
);
CREATE INDEX job_contact ON job (contact_id);
CREATE INDEX job_org ON job (org_id);
"""

# Tags keep their letters: the name is folded, and ``written`` is the tag as it was written where
# that differs. Older tags are folded.
WRITTEN_TAGS = """
ALTER TABLE tag ADD COLUMN written TEXT NOT NULL DEFAULT '';
"""

# The index tells which kinds of contact points a contact has: of a million contacts, `has:email`
# takes half the time.
KINDS_OF_POINTS = """
DROP INDEX point_contact;
CREATE INDEX point_contact ON point (contact_id, kind);
"""

MIGRATIONS: tuple[tuple[int, Sequence[str]], ...] = (
    (1, (CONTACTS, HISTORY, SALES, JOURNAL)),
    (2, (EMPLOYERS, SERIES)),
    (
        3,
        (
            REMINDERS_WITHOUT_CONTACT,
            NAMES,
            UNIT_PRICES,
            CONTACT_VALUES,
            RATES,
            FOLDED_KEYS,
            ALL_CURRENCIES,
            LOCAL_DAYS,
            JOBS,
            TOUCHES,
            WRITTEN_TAGS,
            KINDS_OF_POINTS,
        ),
    ),
    (
        4,
        (
            DEDUPLICATION,
            SALE_PAYMENTS,
            VCARD_PARTS,
            IMPORT_COLUMNS,
            MAIL_IDS,
            SYNC,
            FORGOTTEN,
            FOREIGN_KEYS,
        ),
    ),
    (
        5,
        (
            LIFETIME_MODELS,
            SALES_FIGURES,
            MVC_PROGRAM,
            ALERTS,
            MARKET_SIZES,
        ),
    ),
    (
        6,
        (
            DEALS,
            LEADS,
            QUOTES,
            INVOICES,
            PRICES,
            TARGETS,
            TEAMWORK,
            DESK_INDEXES,
            TEMPLATES,
            CAMPAIGNS,
            PROMOTIONS,
            SEQUENCES,
            MESSAGES,
            CONSENTS,
            MAILBOXES,
        ),
    ),
    (
        7,
        (
            SERVICE_LEVELS,
            CASES,
            ASSETS,
            CONTRACTS,
            PLACES,
            PARTNERS,
            KNOWLEDGE,
            DUNNING,
            CAMPAIGN_COSTS,
            FEEDBACK,
            FOLDED_NAMES,
        ),
    ),
)


def split_statements(script: str, **types: str) -> list[str]:
    """Return the statements of a script of plain DDL, with the engine's types filled in."""
    text = script.format(**types)
    return [part.strip() for part in text.split(";\n") if part.strip()]


def refuse_newer(location: str, version: int) -> None:
    """Raise StorageError for a database with a newer schema version."""
    if version > schema_version.VERSION:
        raise StorageError(
            f"{location} was written by a newer cardcrm (schema version {version}, this program "
            f"supports {schema_version.VERSION})",
            "Nothing was changed. Update cardcrm.",
        )
