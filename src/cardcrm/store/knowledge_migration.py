"""The migration to knowledge at the desk: canned answers, call scripts, articles, recordings."""

# An answer that a case was answered with, an article that was of use in a case, and whether an
# article helped: `case suggest` reads them. A run of a call script is only stored until it ends,
# when an interaction says what was answered; its ``answers`` are a list in JSON.
KNOWLEDGE = """
CREATE TABLE answer (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  name_key {key} NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE TABLE answer_use (
  id {identity},
  answer_id BIGINT NOT NULL REFERENCES answer (id),
  case_id BIGINT NOT NULL REFERENCES service_case (id),
  at {key} NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX answer_use_answer ON answer_use (answer_id);
CREATE INDEX answer_use_case ON answer_use (case_id);
CREATE TABLE article (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  title TEXT NOT NULL DEFAULT '',
  title_key {key} NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  product_id BIGINT REFERENCES product (id),
  version BIGINT NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE INDEX article_title ON article (title_key);
CREATE INDEX article_product ON article (product_id) WHERE product_id IS NOT NULL;
CREATE TABLE article_version (
  id {identity},
  article_id BIGINT NOT NULL REFERENCES article (id),
  version BIGINT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  at {key} NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX article_version_article ON article_version (article_id, version);
CREATE TABLE article_link (
  id {identity},
  article_id BIGINT NOT NULL REFERENCES article (id),
  case_id BIGINT NOT NULL REFERENCES service_case (id),
  at {key} NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX article_link_article ON article_link (article_id);
CREATE INDEX article_link_case ON article_link (case_id);
CREATE TABLE article_vote (
  id {identity},
  article_id BIGINT NOT NULL REFERENCES article (id),
  case_id BIGINT REFERENCES service_case (id),
  helped INTEGER NOT NULL DEFAULT 0,
  at {key} NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX article_vote_article ON article_vote (article_id, helped);
CREATE INDEX article_vote_case ON article_vote (case_id) WHERE case_id IS NOT NULL;
CREATE TABLE script (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  name_key {key} NOT NULL DEFAULT '',
  tree TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
CREATE TABLE script_run (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  script_id BIGINT NOT NULL REFERENCES script (id),
  contact_id BIGINT NOT NULL REFERENCES contact (id),
  case_id BIGINT REFERENCES service_case (id),
  step TEXT NOT NULL DEFAULT '',
  answers TEXT NOT NULL DEFAULT '',
  started_at {key} NOT NULL,
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT ''
);
CREATE INDEX script_run_script ON script_run (script_id);
CREATE INDEX script_run_contact ON script_run (contact_id);
CREATE INDEX script_run_case ON script_run (case_id) WHERE case_id IS NOT NULL;
CREATE TABLE recording (
  id {identity},
  uid {key} NOT NULL UNIQUE,
  name {key} NOT NULL UNIQUE,
  name_key {key} NOT NULL DEFAULT '',
  path TEXT NOT NULL DEFAULT '',
  link TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '',
  text_key {key} NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  author_key {key} NOT NULL DEFAULT '',
  created_at {key} NOT NULL
);
"""
