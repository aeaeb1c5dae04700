"""The migration to interactions that know the mail they came from.

A Message-ID is stored once. The thread of a mail is the Message-ID of its first message, and the
mail that it answers is kept so that a reply can be found.
"""

MAIL_IDS = """
ALTER TABLE interaction ADD COLUMN message_id {key};
ALTER TABLE interaction ADD COLUMN thread_id {key};
ALTER TABLE interaction ADD COLUMN reply_to_id {key};
CREATE UNIQUE INDEX interaction_message ON interaction (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX interaction_thread ON interaction (thread_id) WHERE thread_id IS NOT NULL;
"""
