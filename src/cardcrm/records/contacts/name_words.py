"""The words that tell the parts of a name apart: titles, particles and suffixes.

All are folded and without dots. The lists hold only words that are hardly ever names themselves.
"""

from collections.abc import Sequence
from typing import Final

from cardcrm.text import fold

# Titles and forms of address in front of a name.
TITLES: Final = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "dra", "prof", "professor", "profa", "doctor", "sir",
    "dame", "lord", "lady", "rev", "revd", "reverend", "hon", "capt", "cpt", "lt", "col", "sgt",
    "maj", "gen", "cmdr", "herr", "frau", "hr", "fr", "ing", "dipl-ing", "mag", "univ-prof",
    "priv-doz", "pd", "m", "mme", "mlle", "mmes", "madame", "monsieur", "mademoiselle", "me",
    "maitre", "sr", "sra", "srta", "senor", "senora", "senorita", "dna", "sig", "sigra", "signor",
    "signora", "signorina", "dott", "dottssa", "dottore", "avv", "arch", "dhr", "mevr", "mw",
    "mevrouw", "meneer", "drs", "ir", "pan", "pani", "mgr", "phdr", "judr", "mudr", "bc",
})  # fmt: skip
# Of these only the short form with a dot is a title: “M.”, “Gen.”; the bare word may be a name.
DOTTED_TITLES: Final = frozenset({
    "m", "me", "sr", "fr", "hr", "ing", "mag", "ir", "gen", "maj", "col", "hon", "pan", "lt",
    "arch", "bc", "pd",
})  # fmt: skip
# After these a single word is a given name: “Sir Elton”.
GIVEN_NAME_TITLES: Final = frozenset({
    "sir", "dame", "dna",
})  # fmt: skip
# Words between a title and the name: “Dr. med. dent. Anna Müller”.
DEGREE_WORDS: Final = frozenset({
    "med", "dent", "vet", "rer", "nat", "pol", "oec", "phil", "jur", "iur", "ing", "theol", "hc",
    "mult", "habil", "agr", "et",
})  # fmt: skip

# Words between two titles: “Herr und Frau Müller”.
AND_WORDS: Final = frozenset({
    "&", "and", "und", "et", "y", "e", "og", "och", "en",
})  # fmt: skip

# Words that begin a family name, in lower case: “van der Berg”, “de la Cruz”.
PARTICLES: Final = frozenset({
    "van", "von", "vom", "vander", "de", "der", "den", "del", "della", "dello", "dei", "degli",
    "delle", "da", "dal", "di", "do", "dos", "das", "du", "des", "d'", "la", "le", "les", "lo",
    "las", "los", "el", "al", "bin", "ibn", "bint", "abu", "ben", "ter", "ten", "te", "tot", "'t",
    "op", "in", "'s", "zu", "zum", "zur", "am", "auf", "af", "av", "uit", "uijt", "ver", "st",
    "san", "santa", "y", "e", "i", "und",
})  # fmt: skip
# These begin one also with a capital: “Vincent Van Gogh”.
CAPITAL_PARTICLES: Final = frozenset({
    "van", "von", "vander", "de", "der", "den", "del", "della", "di", "du", "dos", "das",
})  # fmt: skip
# A family name has these inside, but does not begin with them.
JOINING: Final = frozenset({
    "y", "e", "i", "und", "in", "op", "te",
})  # fmt: skip

GENERATIONS: Final = frozenset({
    "jr", "sr", "jnr", "snr", "junior", "senior", "ii", "iii", "iv",
})  # fmt: skip
# Suffixes that need no comma in front.
DEGREES: Final = frozenset({
    "md", "phd", "dphil", "dds", "dmd", "dvm", "mba", "mbe", "obe", "cbe", "kbe", "dbe", "esq",
    "esquire", "cpa", "jd", "llb", "llm", "msc", "bsc", "rn", "edd", "psyd", "pharmd", "frcs",
    "frs", "mrcp", "rip",
})  # fmt: skip
# Orders, offices and professions in capitals behind a name that is not in capitals: “Ian McKellen
# CH CBE”. Those that are family names as well (“MA”, “DO”) need a comma, and “KG” is a company.
POST_NOMINALS: Final = frozenset({
    "ac", "afc", "aia", "am", "ao", "bart", "bds", "bem", "bsn", "bt", "cb", "cc", "ceng", "cfa",
    "cfp", "ch", "cmg", "cnm", "cvo", "dbe", "dcb", "dcmg", "dcvo", "dfc", "dl", "dpt", "dsc",
    "dso", "faia", "fba", "fca", "fcca", "fnp", "frcp", "freng", "frics", "frsa", "frse", "frsl",
    "gbe", "gc", "gcb", "gcmg", "gcvo", "gm", "jp", "kbe", "kc", "kcb", "kcmg", "kcvo", "lcsw",
    "lvo", "mbbs", "mbchb", "mc", "mep", "mla", "mp", "mph", "mpp", "mrics", "msn", "msp", "mvo",
    "oam", "oc", "om", "osb", "pc", "pe", "pmp", "qc", "qpm", "ret", "sj", "td", "vc",
    "usaf", "usmc", "usn",
})  # fmt: skip
# Suffixes only after a comma and in capitals: without that they may be names (“Yo-Yo Ma”).
COMMA_SUFFIXES: Final = frozenset({
    "ma", "ba", "bs", "ms", "do", "pe", "od", "mp", "qc", "kc", "sc", "sj", "osb", "bed", "med",
    "mph", "mpa", "cfa", "cfp", "pmp", "aia", "faia", "ra", "csc", "ceng", "feng", "mrics",
    "frics", "aca", "acca", "fca", "lcsw", "lpc", "np", "pa", "pac", "dc", "dpt", "otr", "ccc",
    "slp", "cnm", "fnp", "bsn", "msn", "ret", "emeritus", "deceased", "bart", "mep", "mla", "mpp",
    "gp", "gcb", "gbe", "kcb", "cb", "cmg", "lvo", "mvo", "bem", "ddiv", "dmin", "rnp", "fache",
    "mbbs", "mbchb", "mcse", "cissp", "dipl", "ing", "be", "btech", "mtech",
})  # fmt: skip
# A part after a comma with one of these words is an organization and no given name.
COMPANY_WORDS: Final = frozenset({
    "ltd", "limited", "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp",
    "plc", "gmbh", "ag", "kg", "ohg", "ug", "ev", "sa", "sas", "sarl", "srl", "spa", "bv", "nv",
    "oy", "oyj", "ab", "as", "aps", "sl", "lda", "pty", "group", "holdings", "partners",
    "associates", "sons", "bank", "university", "school",
})  # fmt: skip

# Regions where a family name comes first, in writing and in speech.
FAMILY_FIRST_REGIONS: Final = frozenset({
    "CN", "TW", "JP", "KR", "KP", "VN", "HU", "KH",
})  # fmt: skip
# Regions where lists are sorted by the given name.
GIVEN_SORTED_REGIONS: Final = frozenset({
    "IS", "TH", "ET", "ER",
})  # fmt: skip
# Regions where lists leave the particles of a family name out: “van Persie” is under P.
BARE_SORTED_REGIONS: Final = frozenset({
    "NL", "PT", "BR",
})  # fmt: skip


def fold_word(word: str) -> str:
    """Return a word of a name without case, accents, dots and commas."""
    key = word.lower() if word.isascii() else fold(word)
    return key.replace(".", "").strip(",")


def is_title(word: str) -> bool:
    """Return whether a word is a title or a form of address."""
    key = fold_word(word)
    return key in TITLES and (key not in DOTTED_TITLES or word.rstrip(",").endswith("."))


def count_titles(words: Sequence[str]) -> int:
    """Return how many words in front of a name are titles; at least one word is none."""
    at = 0
    while at < len(words) - 1 and (
        is_title(words[at])
        or (at and fold_word(words[at]) in DEGREE_WORDS)
        or (at and fold_word(words[at]) in AND_WORDS and is_title(words[at + 1]))
    ):
        at += 1
    return at
