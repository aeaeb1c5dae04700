"""What both engines make of a word alike: the shortest ones, and numbers in any writing.

Loaded only by those who search, as every command opens a box.
"""


def beginning_cards(word: str, key: str) -> tuple[str, dict[str, str]]:
    """SQL for the ids of contacts found by a word too short for the index of parts of names.

    Names are found by their beginning alone, tags as a whole.
    """
    return (
        f"SELECT id FROM contact WHERE name_key >= :{key}a AND name_key < :{key}z "
        f"UNION SELECT id FROM contact WHERE sort_key >= :{key}a AND sort_key < :{key}z "
        f"UNION SELECT contact_id FROM tag WHERE name = :{key}a",
        {f"{key}a": word, f"{key}z": word + "\U0010ffff"},
    )


def digits_of(word: str) -> list[str]:
    """The digits of a word that looks like a phone number, if they are some.

    The index holds numbers in international form, so the zeros or the (0) of national writing go.
    """
    plain = word.replace("(0)", "")
    if plain.strip("0123456789+()-./ "):
        return []
    number = "".join(filter(str.isdigit, plain)).lstrip("0")
    return [number] if len(number) >= 3 else []
