"""The nouns: what the database holds, and the functions that read and change it."""

from cardcrm.records import registry as registry
