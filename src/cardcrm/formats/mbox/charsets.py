"""Decode the text of mails, whose character sets are often wrong, unknown or missing."""

import codecs
from typing import Final

# Names that mail programs write, and those under which Python knows the character set, or one that
# has more characters: as on the web, Latin-1 stands for Windows-1252.
_ALIASES: Final = {
    "ascii": "", "us-ascii": "", "ansi_x3.4-1968": "", "iso-646-us": "",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "chinesebig5": "big5hkscs", "big5": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_3", "cp50220": "iso2022_jp_3",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "iso-2022-kr": "iso2022_kr",
    "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8",
    "macintosh": "mac-roman", "x-mac-roman": "mac-roman", "x-macroman": "mac-roman",
    "x-user-defined": "", "x-unknown": "", "unknown-8bit": "", "unknown": "", "8bit": "",
    "binary": "", "default": "", "_autodetect": "",
}  # fmt: skip
# Codecs that no mail means, and which can take quadratic time or run out of the range of text.
_REFUSED: Final = frozenset(
    ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem")
)


def decode(data: bytes, charset: str) -> str:
    """Return bytes as text.

    Where the character set is unknown or does not fit, the text is UTF-8 if that fits, else
    Windows-1252.
    """
    codec = _find_codec(charset)
    if codec and codec != "utf-8":
        text = _try(data, codec)
        if text is not None and not _is_misread(data, codec):
            return text
    text = _try(data, "utf-8")
    if text is None and codec:
        text = _try_mostly(data, codec)
    return data.decode("cp1252", "replace") if text is None else text


def _find_codec(charset: str) -> str:
    """Return the Python codec of a character set; empty for an unknown one."""
    name = charset.strip().strip("'\"").partition("*")[0].lower()
    name = name if name in _ALIASES else name.removeprefix("x-").replace("cp-", "cp")
    name = _ALIASES.get(name, name)
    if not name or not name.isascii() or len(name) > 40 or "\0" in name:
        return ""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    return "" if found.replace("-", "_") in _REFUSED else found


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):  # LookupError: a codec that does not give text
        return None


def _try_mostly(data: bytes, codec: str) -> str | None:
    """Return a text with a few bytes that do not fit, such as a cut character at the end."""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, LookupError):
        return None
    return text if text.count("\ufffd") * 50 <= len(text) else None


def _is_misread(data: bytes, codec: str) -> bool:
    """Return whether bytes are UTF-8 though their character set says Windows-1252.

    Text in Windows-1252 is hardly ever valid UTF-8 by chance.
    """
    return codec == "cp1252" and not data.isascii() and _try(data, "utf-8") is not None
