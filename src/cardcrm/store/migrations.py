"""The tables of both engines, and the ordered migrations that create them.

The engines differ in the placeholders: ``{identity}`` is an integer primary key that is never
reused, ``{key}`` is text compared byte by byte. Booleans are 0 or 1, days are ISO dates in local
time, instants are UTC text, money is an integer of minor units, quantities are thousandths.
"""

from collections.abc import Sequence

from cardcrm.errors import StorageError
from cardcrm.store import schema_version
from cardcrm.store.alert_migration import ALERTS
from cardcrm.store.deduplication_migration import DEDUPLICATION
from cardcrm.store.lifetime_migration import LIFETIME_MODELS
from cardcrm.store.mail_migration import MAIL_IDS
from cardcrm.store.market_migration import MARKET_SIZES
from cardcrm.store.mvc_migration import MVC_PROGRAM
from cardcrm.store.privacy_migration import FOREIGN_KEYS, FORGOTTEN
from cardcrm.store.sale_migration import SALE_PAYMENTS
from cardcrm.store.sales_figures_migration import SALES_FIGURES
from cardcrm.store.sync_migration import SYNC
from cardcrm.store.tables_migration import IMPORT_COLUMNS
from cardcrm.store.touch_migration import TOUCHES
from cardcrm.store.value_migration import CONTACT_VALUES
from cardcrm.store.vcard_migration import VCARD_PARTS

REFOLDED = 3  # the first version with the keys of `store.refold`

CONTACTS = """
CREATE TABLE contact (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'org')),
  name TEXT NOT NULL,
  given TEXT NOT NULL DEFAULT '',
  family TEXT NOT NULL DEFAULT '',
  name_key {key} NOT NULL,
  sort_key {key} NOT NULL,
  org_id BIGINT REFERENCES contact (id),
  title TEXT NOT NULL DEFAULT '',
  title_key {key} NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  stage TEXT NOT NULL DEFAULT 'lead',
  owner TEXT NOT NULL DEFAULT '',
  cadence_days INTEGER,
  ref {key},
  created_at {key} NOT NULL,
  updated_at {key} NOT NULL,
  last_on {key},
  touch_on {key},
  bare INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX contact_bare ON contact (name_key) WHERE bare = 1;
CREATE INDEX contact_name ON contact (name_key);
CREATE INDEX contact_sort ON contact (sort_key);
CREATE INDEX contact_org ON contact (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX contact_ref ON contact (ref) WHERE ref IS NOT NULL;
CREATE INDEX contact_touch ON contact (touch_on) WHERE touch_on IS NOT NULL;
CREATE TABLE nickname (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  name TEXT NOT NULL,
  name_key {key} NOT NULL
);
CREATE INDEX nickname_contact ON nickname (contact_id);
CREATE INDEX nickname_name ON nickname (name_key);
CREATE TABLE point (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'web', 'social')),
  value TEXT NOT NULL,
  value_key {key} NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  opted_out INTEGER NOT NULL DEFAULT 0,
  invalid INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX point_contact ON point (contact_id);
CREATE INDEX point_value ON point (value_key);
CREATE TABLE address (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  label TEXT NOT NULL DEFAULT '',
  street TEXT NOT NULL DEFAULT '',
  city TEXT NOT NULL DEFAULT '',
  city_key {key} NOT NULL DEFAULT '',
  region TEXT NOT NULL DEFAULT '',
  postcode TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL DEFAULT ''
);
CREATE INDEX address_contact ON address (contact_id);
CREATE INDEX address_city ON address (city_key);
CREATE TABLE yearly_day (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  label TEXT NOT NULL,
  day {key} NOT NULL,
  month_day {key} NOT NULL
);
CREATE INDEX yearly_day_contact ON yearly_day (contact_id);
CREATE INDEX yearly_day_month_day ON yearly_day (month_day);
CREATE TABLE tag (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  name {key} NOT NULL,
  UNIQUE (contact_id, name)
);
CREATE INDEX tag_name ON tag (name, contact_id);
CREATE TABLE field (
  id {identity},
  name {key} NOT NULL UNIQUE,
  label TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('text', 'number', 'money', 'date', 'choice')),
  choices TEXT NOT NULL DEFAULT ''
);
CREATE TABLE field_value (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  field_id BIGINT NOT NULL REFERENCES field (id),
  text TEXT NOT NULL,
  text_key {key} NOT NULL,
  number DOUBLE PRECISION,
  UNIQUE (contact_id, field_id)
);
CREATE INDEX field_value_field ON field_value (field_id, text_key);
CREATE TABLE relation (
  id {identity},
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  kind TEXT NOT NULL,
  other_id BIGINT NOT NULL REFERENCES contact (id),
  UNIQUE (contact_id, kind, other_id)
);
CREATE INDEX relation_other ON relation (other_id);
"""

HISTORY = """
CREATE TABLE interaction (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('call', 'mail', 'meeting', 'visit', 'message', 'note')),
  direction TEXT NOT NULL DEFAULT '' CHECK (direction IN ('in', 'out', '')),
  on_date {key} NOT NULL,
  at {key},
  minutes INTEGER,
  outcome TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX interaction_on ON interaction (on_date);
CREATE TABLE participant (
  id {identity},
  interaction_id BIGINT NOT NULL REFERENCES interaction (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  UNIQUE (interaction_id, contact_id)
);
CREATE INDEX participant_contact ON participant (contact_id, interaction_id);
CREATE TABLE reminder (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  text TEXT NOT NULL,
  due_on {key} NOT NULL,
  due_at {key},
  rule TEXT NOT NULL DEFAULT '',
  promise INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '',
  created_at {key} NOT NULL,
  done_at {key}
);
CREATE INDEX reminder_contact ON reminder (contact_id, done_at, due_on);
CREATE INDEX reminder_open ON reminder (due_on, promise DESC, priority DESC, due_at)
  WHERE done_at IS NULL;
CREATE INDEX reminder_rank ON reminder (promise, priority, due_on, due_at) WHERE done_at IS NULL;
"""

SALES = """
CREATE TABLE product (
  id {identity},
  name TEXT NOT NULL,
  name_key {key} NOT NULL UNIQUE,
  sku TEXT NOT NULL DEFAULT '',
  price BIGINT,
  cost BIGINT,
  currency TEXT NOT NULL DEFAULT '',
  retired INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE sale (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  on_date {key} NOT NULL,
  currency {key} NOT NULL,
  amount BIGINT NOT NULL,
  cost BIGINT,
  text TEXT NOT NULL DEFAULT '',
  ref {key},
  author TEXT NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE UNIQUE INDEX sale_ref ON sale (ref) WHERE ref IS NOT NULL;
CREATE INDEX sale_contact ON sale (contact_id, currency, on_date, amount, cost);
CREATE INDEX sale_on ON sale (on_date);
CREATE TABLE sale_line (
  id {identity},
  sale_id BIGINT NOT NULL REFERENCES sale (id),
  product_id BIGINT NOT NULL REFERENCES product (id),
  quantity BIGINT NOT NULL,
  price BIGINT NOT NULL,
  cost BIGINT,
  discount INTEGER NOT NULL DEFAULT 0,
  amount BIGINT NOT NULL
);
CREATE INDEX sale_line_sale ON sale_line (sale_id);
CREATE INDEX sale_line_product ON sale_line (product_id);
CREATE TABLE contact_value (
  contact_id BIGINT NOT NULL,
  currency {key} NOT NULL,
  revenue BIGINT NOT NULL,
  margin BIGINT,
  orders BIGINT NOT NULL,
  first_on {key} NOT NULL,
  last_on {key} NOT NULL,
  PRIMARY KEY (contact_id, currency)
);
CREATE INDEX contact_value_revenue ON contact_value (currency, revenue);
CREATE INDEX contact_value_last ON contact_value (currency, last_on);
CREATE INDEX contact_value_orders ON contact_value (currency, orders, revenue);
CREATE INDEX contact_value_first ON contact_value (currency, first_on, revenue, margin, orders);
"""

JOURNAL = """
CREATE TABLE segment (
  id {identity},
  name {key} NOT NULL UNIQUE,
  query TEXT NOT NULL
);
CREATE TABLE setting (
  id {identity},
  name {key} NOT NULL UNIQUE,
  value TEXT NOT NULL
);
CREATE TABLE step (
  id {identity},
  at {key} NOT NULL,
  author TEXT NOT NULL,
  host TEXT NOT NULL,
  command TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
  target_id BIGINT,
  undone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE change (
  id {identity},
  step_id BIGINT NOT NULL REFERENCES step (id),
  op TEXT NOT NULL CHECK (op IN ('insert', 'load', 'update', 'delete', 'unload')),
  tbl TEXT NOT NULL,
  row_id BIGINT NOT NULL,
  old TEXT,
  new TEXT
);
CREATE INDEX change_step ON change (step_id);
"""

# The index finds the last contact with an organization without reading all people who work there.
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
