"""The tables of the first version; see `migrations` for the placeholders."""

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
