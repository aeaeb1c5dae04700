"""Compare the headers of tables without case, accents, spaces and punctuation."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)  # an import looks for the header several times, in the first 30 lines
def fold_header(header: str) -> str:
    """Return a header without case, accents, spaces and punctuation, for comparison."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return _LETTERS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))
