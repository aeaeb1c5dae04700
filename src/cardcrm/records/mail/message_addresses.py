"""Find messages by their addresses, which are stored as they were typed."""

from collections.abc import Iterable

from cardcrm.domains import decode_domains, is_encoded
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks


def list_writings(store: Store, keys: Iterable[str]) -> set[str]:
    """Return what SQL gives for ``lower(address)`` of messages to addresses with some keys.

    A domain may be written in the form of the DNS or as people do: then those of the contact
    points count, as the SQL of an engine may leave other letters than ASCII as they are.
    """
    wanted = set(keys)
    international = sorted(each for each in wanted if is_encoded(each) or not each.isascii())
    wanted.update(map(decode_domains, international))
    sql = "SELECT DISTINCT lower(value) FROM point WHERE kind = 'email' AND value_key IN ({})"
    for marks, params in chunks(international):
        wanted.update(row[0] for row in store.rows(sql.format(marks), **params))
    return wanted
