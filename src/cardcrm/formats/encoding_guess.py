"""Guess the encoding of text that is neither marked nor UTF-8.

Bytes that are not ASCII are decoded by the encodings that are usual in the user's part of the
world, by those of Windows, Mac and DOS, and by what charset-normalizer finds. The one whose words
look most like words of a language wins: a word has letters of one script, and no capital letter
after a small one. Of equal ones the usual one wins.
"""

import locale
import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final

_SAMPLE_WORDS: Final = 2000
# By region, and by language where no region is set: the encoding of Windows there.
_USUAL: Final = {
    "cp1250": "PL CZ SK HU SI HR RO BA AL ME pl cs sk hu sl hr ro bs sq",
    "cp1251": "RU UA BG BY RS MK KZ KG MN ru uk bg be sr mk kk",
    "cp1253": "GR CY el",
    "cp1254": "TR AZ tr az",
    "cp1255": "IL he",
    "cp1256": "EG SA AE IQ IR SY JO LB MA DZ TN PK ar fa ur",
    "cp1257": "LT LV EE lt lv et",
    "cp1258": "VN vi",
    "cp932": "JP ja",
    "gb18030": ("CN SG zh"),
    "big5": ("TW HK MO"),
    "cp949": "KR ko",
    "cp874": "TH th",
}
_CODECS: Final = (
    "cp1252", "cp1250", "mac_roman", "cp850", "cp1251", "cp1254", "cp1253", "cp1257", "iso8859_15",
    "iso8859_2", "koi8_r", "cp852", "cp866", "mac_latin2", "mac_cyrillic", "cp1255", "cp1256",
    "gb18030", "cp932", "euc_jp", "cp949", "big5", "cp874",
)  # fmt: skip
_WIDE: Final = frozenset(("gb18030", "cp932", "euc_jp", "cp949", "big5"))
_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff'-]*[\x80-\xff][A-Za-z\x80-\xff'-]*")
# The letters beyond ASCII of languages, by the weight of such a finding. Names of several countries
# meet in one list, so groups of languages count a little less.
_WEST: Final = "àâæçéèêëîïôœùûüäöüßáíñóúãõåøìòªº"
_CENTRAL: Final = "ąćęłńóśźżáčďéěíňřšťúůýžäĺľôŕöőüűßăâîşţđ"
_ALPHABETS: Final[tuple[tuple[frozenset[str], float], ...]] = tuple(
    (frozenset(letters), weight)
    for letters, weight in (
        ("àâæçéèêëîïôœùûü", 1), ("äöüß", 1), ("áéíñóúü", 1), ("áâãàçéêíóôõú", 1), ("àèéìòóù", 1),
        ("åäöé", 1), ("æøåé", 1), ("áðéíóúýþæö", 1), ("éëïóöüè", 1), ("ąćęłńóśźż", 1),
        ("áčďéěíňóřšťúůýž", 1), ("áäčďéíĺľňóôŕšťúýž", 1), ("áéíóöőúüű", 1), ("ăâîşţ", 1),
        ("čćđšž", 1), ("çğıöşüâî", 1), ("ąčęėįšųūž", 1), ("āčēģīķļņšūž", 1), ("äõöüšž", 1),
        (_WEST, 0.9), (_CENTRAL, 0.85),
    )
)  # fmt: skip
_NEUTRAL: Final = frozenset("“”„‘’‚–—…·•™®©«»‹›\xa0")
_SIGNS: Final = frozenset("€£§°½¼¾²³¿¡")  # neutral where they stand alone
# Frequent characters of names and addresses, which tell Chinese and Japanese encodings apart.
_IDEOGRAPHS: Final = {
    "gb18030": (
        "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐北京上海广"
        "州市区省县路街号中国公司有限小明大文华朝阳"
    ),
    "big5": (
        "王李張劉陳楊黃趙吳周徐孫馬朱胡林郭何高羅鄭梁謝宋唐臺台灣北市"
        "區縣鄉路街號中國公司有限小明大文華正"
    ),
    "cp932": "東京都道府県市区町村田中山本佐藤鈴木高橋伊渡辺小林加吉川井太郎子美株式会社谷大阪",
}
_NAMES: Final = {
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850 (Western European)",
    "cp852": "DOS 852 (Central European)",
}


def name_codec(codec: str) -> str:
    """Return the name of an encoding for people."""
    return _NAMES.get(codec, codec)


def guess_codec(data: bytes, region: str = "") -> str:
    """Return the encoding that fits some bytes best; ``region`` is that of the database."""
    words = _WORD.findall(data)[:_SAMPLE_WORDS]
    usual = find_usual_codec(region)
    order = dict.fromkeys((usual, *_CODECS, *_detect_by_statistics(data)))
    best, codec = -1.0, usual
    for name in order:
        rank = _rate(words, name) if name not in _WIDE else _rate_wide(data, name)
        if rank > best + 0.02:  # a better guess than a more usual one, not by chance
            best, codec = rank, name
    return codec


@cache
def find_usual_codec(region: str) -> str:
    """Return the encoding of Windows in a region, or else in the language of the environment."""
    language, _, country = (locale.getlocale()[0] or "").partition("_")
    for key in filter(None, (region.upper(), country, language)):
        found = next((codec for codec, keys in _USUAL.items() if key in keys.split()), "")
        if found or key == region.upper():
            return found or "cp1252"
    return "cp1252"


def _detect_by_statistics(data: bytes) -> list[str]:
    """Return the encodings that charset-normalizer finds, the best first."""
    from charset_normalizer import from_bytes

    found = [each.encoding for each in from_bytes(data, threshold=0.3)]
    return [name for name in found if name.startswith(("cp125", "iso8859", "koi8", "mac_"))]


def _rate(words: Iterable[bytes], codec: str) -> float:
    """Return how many of some words, from 0 to 1, look like those of a language; -1 for none."""
    try:
        texts = [word.decode(codec) for word in words]
    except (UnicodeDecodeError, LookupError):
        return -1
    plain = ["".join(char for char in text if char not in _NEUTRAL) for text in texts]
    letters = ["" if word in _SIGNS else word for word in plain]
    looks = [_look(word) for word in letters if not word.isascii()]
    if not looks:
        return 0.8 if texts else 0.0
    others = [
        frozenset(char.lower()[0] for char in word if not char.isascii())
        for word in letters
        if not word.isascii()
    ]
    scripts = {_script(char) for word in others for char in word}
    unity = 1 if len(scripts) == 1 else 0.7
    return (
        unity
        * max(
            weight
            * sum(look for look, odd in zip(looks, others, strict=True) if _fits(odd, alphabet))
            for alphabet, weight in _ALPHABETS
        )
        / len(looks)
    )


def _fits(letters: frozenset[str], alphabet: frozenset[str]) -> bool:
    letters = frozenset(char for char in letters if not char.isascii())
    return letters <= alphabet or all(char > "\u036f" for char in letters)


def _look(word: str) -> float:
    """Return how much a word looks like a word, from 0 to 1."""
    letters = [char for char in word if char not in "'-"]
    if not all(map(str.isalpha, letters)) or len({_script(char) for char in letters}) > 1:
        return 0
    pairs = pairwise(letters)
    if any(second.isupper() and first.islower() for first, second in pairs):
        return 0
    others = sum(not char.isascii() for char in letters)
    if _script(letters[0]) == "latin" and others * 5 > len(letters) * 3 and len(letters) > 2:
        return 0.1  # mostly accents, as in no language
    if letters[0].islower():
        return 0.8  # names have a capital
    return 0.85 if len(letters) > 1 and all(map(str.isupper, letters)) else 1


def _script(char: str) -> str:
    code = ord(char)
    if code < 0x250:
        return "latin"
    if code < 0x400:
        return "greek"
    if code < 0x530:
        return "cyrillic"
    return "hebrew" if code < 0x600 else "arabic" if code < 0x700 else "other"


def _rate_wide(data: bytes, codec: str) -> float:
    """Return how well bytes read as an encoding of several bytes a character, from 0 to 1."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return -1
    others = [char for char in text if not char.isascii()]
    if not others:
        return 0
    if codec == "cp949":
        common = sum("\uac00" <= char <= "\ud7af" for char in others)
    else:
        known = _IDEOGRAPHS["cp932" if codec == "euc_jp" else codec]
        common = sum(char in known or "\u3040" <= char <= "\u30ff" for char in others)
    return min(1.0, 1.5 * common / len(others))
