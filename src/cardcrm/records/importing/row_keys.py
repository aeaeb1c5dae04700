"""The keys of rows without a reference, by which a second import knows them again."""

import hashlib
from collections.abc import MutableMapping


def complete_key(key: str, prefix: str, seen: MutableMapping[bytes, int]) -> str:
    """Return a key that is made of values with the number of the row among equal ones.

    Such a key begins with “?”; others stay as they are. ``seen`` counts the rows by the hash of
    their values.
    """
    if not key.startswith("?"):
        return key
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16)
    number = seen[digest.digest()] = seen.get(digest.digest(), 0) + 1
    return f"{prefix}:{digest.hexdigest()}:{number}"
