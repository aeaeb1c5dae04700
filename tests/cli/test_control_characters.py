"""Texts from outside cannot reach a terminal as commands: not typed, not imported, not exported.

An escape sequence may hide text, retitle a window, or write to the clipboard (OSC 52).
"""

import contextlib
import json
import re

import pytest

from cardcrm.store import open_store, table_registry
from cardcrm.store.stored_values import is_block, is_line

CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

HOSTILE = (
    "\x1b[31m", "\x1b]52;c;cm0K\x07", "\x1b]0;title\x1b\\", "\x1bP1$r\x1b\\", "\x1b", "\x07",
    "\x08", "\x9b31m", "\x9d52;c;cm0K\x9c", "\x90q\x9c", "\x7f", "\x85", "\x0b", "\x0c", "\r",
    "\t", "\n", "\u202e", "\u2066", "\u2028",
)  # fmt: skip

TYPED = (
    ["add", "Ann {} Lee", "--social", "@ann{}", "--street", "1 High{} St",
     "--city", "Lee{}ds", "--region", "York{}shire", "--postcode", "LS1{} 1AA",
     "--country", "United{} Kingdom", "--tag", "v{}ip", "--org", "Ac{}me", "--title", "Bu{}yer",
     "--note", "li{}kes tea", "--nick", "An{}nie", "--source", "fa{}ir", "--owner", "ja{}ne",
     "--day", "wed{}ding=2010-06-05", "--prefix", "D{}r", "--suffix", "M{}D",
     "--sort-as", "l{}ee"],
    ["edit", "Ann", "--email", "ann{}@example.com"],
    ["edit", "Ann", "--phone", "07700 900123{}"],
    ["edit", "Ann", "--web", "https://example.com/{}"],
    ["add", "Bob {}", "--relation", "spo{}use=Ann Lee"],
    ["edit", "Ann", "--middle", "Ma{}ry", "--set", "title=Head {} of"],
    ["field", "add", "Shoe{} size"],
    ["field", "add", "Hat", "--choices", "b{}ig,sma{}ll"],
    ["edit", "Ann", "--set", "hat=b{}ig", "--set", "shoe size=4{}2"],
    ["tag", "Ann", "+y{}es", "+gr{}eat"],
    ["log", "Ann", "said {} hello", "--outcome", "so{}ld", "--next", "se{}nd", "--due", "fri"],
    ["remind", "Ann", "ca{}ll", "--due", "fri", "--for", "ja{}ne"],
    ["product", "add", "Ro{}se", "--sku", "R{}1", "--price", "2.50"],
    ["sell", "Ann", "10", "ros{}es", "--ref", "X{}1"],
    ["sell", "Ann", "--line", "2 x Tu{}lip @ 3"],
    ["segment", "add", "V{}IPs", "tag:v{}ip"],
    ["config", "set", "user", "Pet{}al"],
)  # fmt: skip


def _find_stored(location):
    """Return every text of the database that has a control character, with its table."""
    tables = (*table_registry.all_tables(), "setting", "step", "change")
    with contextlib.closing(open_store(location)) as store:
        texts = [
            (table, value)
            for table in tables
            for row in store.rows(f"SELECT * FROM {table}")
            for value in tuple(row)
            if isinstance(value, str)
        ]
    return [(table, text) for table, text in texts if CONTROLS.search(_decode(text))]


def _decode(text: str) -> str:
    """Return a text of the journal without the escapes of JSON; another text as it is."""
    if not text.startswith(("{", "[")):
        return text.replace("\n", "").replace("\t", "")
    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
        text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return text


@pytest.mark.parametrize("controls", HOSTILE, ids=ascii)
def test_no_control_character_is_stored_from_the_command_line(
    typed, cli_location, controls, monkeypatch
):
    monkeypatch.setenv("CARDCRM_USER", f"o{controls}wner")
    for words in TYPED:
        code, out, err = typed(*(word.replace("{}", controls) for word in words))
        is_address = {"--email", "--phone", "--web"} & {*words}
        assert code == 0 or (code == 2 and is_address), (words, err)
        assert not CONTROLS.search((out + err).replace("\n", "")), words
    assert _find_stored(cli_location) == []
    code, out, _ = typed("db", "check")
    assert (code, out) == (0, ""), out


VCARD = """BEGIN:VCARD
VERSION:3.0
FN:An{}n Lee
N:Le{}e;An{}n;Ma{}ry;D{}r;M{}D
ORG:Ac{}me
TITLE:Bu{}yer
NICKNAME:An{}nie
EMAIL;TYPE=wo{}rk:ann@example.com
X-ABLabel:ho{}t
TEL;TYPE=ce{}ll:07700 900123 (Mu{}m)
ADR;TYPE=home:;;1 High{} St;Le{}eds;Yo{}rks;LS1{} 1AA;UK{}
URL:https://example.com/{}x
X-SOCIALPROFILE;TYPE=ma{}stodon:@a{}nn
item1.X-ABDATE:2010-06-05
item1.X-ABLabel:wed{}ding
item2.X-ABRELATEDNAMES:Bo{}b
item2.X-ABLabel:spo{}use
CATEGORIES:v{}ip,fr{}iend
NOTE:li{}kes tea
X-SHOE-SIZE:4{}2
X-CARDCRM-SOURCE:fa{}ir
X-CARDCRM-OWNER:ja{}ne
UID:u{}id
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Mo=[]ss;Ka=[]te
NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:so=[]ft
END:VCARD
"""

CSV = """Full Name,Company,Email,Phone,City,Tags,Notes,Nickname,"Wed{}ding Day","Shoe{} size"
"An{}n Lee","Ac{}me",a@x.com,"07700 900123 (Mu{}m)","Lee{}ds","v{}ip;b","a{}b","A{}n","x{}y","4{}2"
""" + "".join(f"Contact {number}\n" for number in range(50))  # else it would not pass for text

NOUNS = {
    "interaction": 'with,kind,on,text,outcome\n1,call,2026-11-20,"sa{}id","so{}ld"\n',
    "reminder": 'contact,due,text,for\n1,2026-12-20,"ca{}ll","ja{}ne"\n',
    "sale": 'contact,amount,what,ref\n1,10 GBP,"ro{}ses","X{}1"\n',
    "product": 'name,sku,price\n"Ro{}se","R{}1",2.50 GBP\n',
    "segment": 'name,query\n"V{}IPs","tag:v{}ip"\n',
}


@pytest.mark.parametrize("controls", HOSTILE, ids=ascii)
def test_no_control_character_is_stored_from_a_file(typed, cli_location, controls, tmp_path):
    quoted = "".join(f"={octet:02X}" for octet in controls.encode())
    files = {"a.vcf": VCARD.replace("=[]", quoted), "b.csv": CSV, **NOUNS}
    typed("add", "Ann")
    for name, text in files.items():
        file = tmp_path / (name if "." in name else f"{name}.csv")
        file.write_text(text.replace("{}", controls), encoding="utf-8", newline="")
        code, out, err = typed(*([] if "." in name else [name]), "import", str(file))
        assert code in (0, 1), err
        assert not CONTROLS.search((out + err).replace("\n", ""))
    assert _find_stored(cli_location) == []
    code, out, _ = typed("db", "check")
    assert (code, out) == (0, ""), out


SHOWN = (
    ["find"], ["find", "--columns", "name,sort_as,title,source,owner,note,street,region,tags"],
    ["show", "1"], ["show", "2"], ["show", "A"], ["brief", "1"], ["due", "--days", "365"],
    ["value"], ["value", "1"], ["journal"], ["journal", "1"], ["journal", "3"], ["config", "list"],
    ["sale", "list"], ["reminder", "list"], ["interaction", "list"], ["product", "list"],
    ["sale", "show", "1"], ["reminder", "show", "1"], ["interaction", "show", "1"],
    ["segment", "list"], ["field", "list"], ["report", "overview"], ["db", "info"],
    ["db", "sql", "SELECT * FROM contact, address, tag, yearly_day"],
)  # fmt: skip
FORMATS = ("table", "json", "csv", "tsv", "ids", "markdown", "html")
EXPORTS = (
    ["export"], ["export", "--format", "vcard"],
    ["export", "--format", "vcard", "--vcard-version", "4"],
    ["export", "--columns", "name,email,city,org,owner,tags"],
    ["db", "check"],
    *([noun, "export", f"{{}}/{noun}{ending}"]
      for noun in NOUNS for ending in (".csv", ".jsonl")),
)  # fmt: skip
STORED = "\x1b[31m\x1b]52;c;cm0K\x07\x9b1m\x08\r\u202e"


@pytest.fixture
def unclean(typed, cli_location):
    """A database in which an earlier version has stored control characters, in every text."""
    for words in TYPED:
        typed(*(word.replace("{}", "") for word in words))
    fixed = (
        "kind",
        "currency",
        "name_order",
        "stage",
        "type",
        "query",
        "rule",
        "time_zone",
        "every",
    )
    with contextlib.closing(open_store(cli_location)) as store:
        engine = store.engine
        for table in table_registry.all_tables().values():
            for column, test in table.load_checks().items():
                if test in (is_line, is_block) and column not in fixed:
                    sql = f"UPDATE {table.name} SET {column} = {column} || :s WHERE {column} <> ''"
                    engine.execute(sql, {"s": STORED})
        engine.execute(
            "UPDATE step SET command = command || :s, author = author || :s", {"s": STORED}
        )
    return cli_location


def test_no_control_character_is_shown_or_exported(unclean, typed, tmp_path):
    for words in SHOWN:
        for form in FORMATS:
            _, out, err = typed(*words, "--format", form)
            assert not CONTROLS.search(_text(out + err)), (words, form)
    for words in EXPORTS:
        _, out, err = typed(*(word.replace("{}", str(tmp_path)) for word in words))
        assert not CONTROLS.search(_text(out + err)), words
    files = [*tmp_path.glob("*.csv"), *tmp_path.glob("*.jsonl")]
    assert len(files) == 10
    for file in files:
        assert not CONTROLS.search(_text(file.read_bytes().decode())), file


def _text(output):
    """Return output without the line ends that CSV and vCard have."""
    return output.replace("\r\n", "").replace("\n", "")
