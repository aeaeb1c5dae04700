"""Declare the answers about duplicates."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "reasons": Key("[text]", "evidence in words, what speaks for it first"),
    "ids": Key("[integer]", "numbers of both contacts, the lower one first"),
    "names": Key("[text]", "names of both contacts"),
    "different": Key("boolean", "the contacts are recorded as different ones"),
    "key": Key("text", "field of a contact, or what is counted"),
    "first": Key("text", "value of the contact to keep"),
    "second": Key("text", "value of the duplicate"),
    "merged": Key("text", "value after the merge"),
}

ANSWERS = {
    "dupes": Answer(
        ("[{score ids names reasons}]", "[{ids names different}]"),
        "the second form with `--not` and `--maybe`",
    ),
    "merge": Answer(("contact", "[{key first second merged}]"), "an array with `--dry-run`"),
}
