"""The migration to mail that is fetched: state of the mailboxes, offers, reports and full texts."""

# A mailbox has a row for the account, without a folder, and one for each folder that was read: the
# UIDs up to ``last_uid`` are known, as long as the server states the same UIDVALIDITY. Of a Maildir
# these are the inode of the folder and the change time of its newest file. The journal does not
# record them, nor what was counted of bounces and unknown correspondents. A mail report was acted
# on, and is not when it is read again: its address may have been opted in since. A request to
# unsubscribe an address of someone else, by its ``sender``, waits for a decision. An absence lasts
# ``until`` a day. A seen mail was read and not logged: it is not counted again when its file is
# moved. A mail text is the text of a mail with the quoted parts and the signature, which its
# interaction leaves out. A received mail is what else is known of a mail of a person; it is done if
# it needs no answer.
MAILBOXES = """
CREATE TABLE mailbox (
  id {identity},
  account {key} NOT NULL,
  login {key} NOT NULL,
  folder {key} NOT NULL DEFAULT '',
  validity BIGINT NOT NULL DEFAULT 0,
  last_uid BIGINT NOT NULL DEFAULT 0,
  ran_at {key},
  succeeded_at {key},
  error TEXT NOT NULL DEFAULT '',
  UNIQUE (login, folder)
);
CREATE TABLE mail_offer (
  id {identity},
  address {key} NOT NULL UNIQUE,
  name TEXT NOT NULL DEFAULT '',
  messages BIGINT NOT NULL DEFAULT 0,
  subject TEXT NOT NULL DEFAULT '',
  seen_on {key} NOT NULL,
  status {key} NOT NULL CHECK (status IN ('offered', 'taken', 'ignored'))
);
CREATE TABLE mail_report (
  id {identity},
  message_id {key} NOT NULL,
  address {key} NOT NULL,
  kind {key} NOT NULL CHECK (kind IN ('bounce', 'complaint', 'unsubscribe', 'request', 'absence')),
  permanent INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  sender {key} NOT NULL DEFAULT '',
  until {key},
  at {key} NOT NULL,
  UNIQUE (message_id, address)
);
CREATE TABLE seen_mail (
  id {identity},
  digest {key} NOT NULL UNIQUE
);
CREATE INDEX mail_report_address ON mail_report (address, at);
CREATE TABLE mail_text (
  id {identity},
  interaction_id BIGINT NOT NULL UNIQUE REFERENCES interaction (id),
  text TEXT NOT NULL
);
CREATE TABLE received_mail (
  id {identity},
  interaction_id BIGINT NOT NULL UNIQUE REFERENCES interaction (id),
  address TEXT NOT NULL,
  subject TEXT NOT NULL DEFAULT '',
  account TEXT NOT NULL DEFAULT '',
  done_at {key}
);
CREATE INDEX interaction_received ON interaction (on_date)
  WHERE kind = 'mail' AND direction = 'in' AND message_id IS NOT NULL;
CREATE INDEX message_reply ON message (reply_to_id) WHERE reply_to_id IS NOT NULL;
"""
