"""Files of records that another program wrote in its own way, or that are damaged."""

import json

import pytest


@pytest.fixture
def load(typed, tmp_path):
    """Import the bytes of a file of a noun; return the exit code and the errors."""

    def load_(noun, name, data):
        (tmp_path / name).write_bytes(data)
        code, _, err = typed(noun, "import", str(tmp_path / name))
        return code, err

    return load_


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "name\nCafé crème\n"), ("a.jsonl", '{"name": "Café crème"}\n')]
)
@pytest.mark.parametrize("codec", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_file_in_another_encoding_is_read(typed, load, name, text, codec):
    code, err = load("product", name, text.encode(codec))
    assert (code, "which is a guess" in err, "--encoding" in err) == (0, codec == "cp1252", False)
    assert [each["name"] for each in json.loads(typed("product", "list", "--json")[1])] == [
        "Café crème"
    ]


def test_a_long_cell_is_read(typed, load):
    note = "y" * 140_000
    assert load("product", "a.csv", f"name,note\nBig,{note}\n".encode())[0] == 0


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"name": ' + b"[" * 100_000])
def test_json_that_is_nested_deeply_is_refused(load, line):
    code, err = load("product", "a.jsonl", b'{"name": "A"}\n' + line + b"\n")
    assert (code, err.split("\n")[0]) == (2, "error: line 2 is not a JSON object")


def test_lines_that_are_no_list_are_refused(load):
    code, err = load("deal", "a.jsonl", b'{"title": "A", "lines": 5}\n')
    assert (code, err.split("\n")[0]) == (2, "error: line 1: its lines are not JSON objects")
