from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm import query
from cardcrm.errors import UsageError
from cardcrm.query import ALL, MAX_DEPTH, And, Node, Not, Or, Term, Word, unparse
from cardcrm.records.contacts.query_fields import FILTERS as FIELDS


def parse(text: str, known: Collection[str] = FIELDS) -> Node:
    return query.parse(text, known)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", ALL),
        ("  ", ALL),
        ("plumber", Word("plumber")),
        ("joe plumber", And((Word("joe"), Word("plumber")))),
        ("joe and plumber", And((Word("joe"), Word("plumber")))),
        ("joe OR ann", Or((Word("joe"), Word("ann")))),
        ("a b or c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a (b or c)", And((Word("a"), Or((Word("b"), Word("c")))))),
        ("-joe", Not(Word("joe"))),
        ("not joe", Not(Word("joe"))),
        ("-(a b)", Not(And((Word("a"), Word("b"))))),
        ("- joe", And((Word("-"), Word("joe")))),
        ("mary-jane", Word("mary-jane")),
        ('"jane doe"', Word("jane doe")),
        ('"or"', Word("or")),
        ('"a \\"b\\" c"', Word('a "b" c')),
        ('12" pipe', And((Word('12"'), Word("pipe")))),
        ("city:leeds", Term("city", ":", "leeds")),
        ("City:leeds", Term("city", ":", "leeds")),
        ("opted_out:yes", Term("opted-out", ":", "yes")),
        ('name:"jane doe"', Term("name", ":", "jane doe")),
        ("value>1000", Term("value", ">", "1000")),
        ("value>=1,000", Term("value", ">=", "1,000")),
        ("value:>1000", Term("value", ">", "1000")),
        ("last<2026-06-01", Term("last", "<", "2026-06-01")),
        ("name==jane", Term("name", "=", "jane")),
        ("stage!=lead", Not(Term("stage", "=", "lead"))),
        ("tag:vip,cold", Or((Term("tag", ":", "vip"), Term("tag", ":", "cold")))),
        ('tag:"a,b",c', Or((Term("tag", ":", "a,b"), Term("tag", ":", "c")))),
        ("tag:vip,", Term("tag", ":", "vip")),
        ("-tag:cold", Not(Term("tag", ":", "cold"))),
        ("email:", Term("email", ":", "")),
        ("email:none", Term("email", ":", "none")),
        ("jane@acme.org", Word("jane@acme.org")),
        ("https://acme.org/a?b=c", Word("https://acme.org/a?b=c")),
        ("mailto:jane@acme.org", Word("mailto:jane@acme.org")),
        ("14:00", Word("14:00")),
        ("+vip", Word("+vip")),
        ("due:14:00", Term("due", ":", "14:00")),
    ],
)
def test_reads(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    "number",
    [
        "0113 496 0123",
        "+44 113 496 0123",
        "+44 (0)113 496-0123",
        "(0113) 496 0123",
        "0113 / 496012",
    ],
)
def test_a_phone_number_is_one_word_however_it_is_spaced(number: str) -> None:
    assert parse(number) == Word(number)
    assert parse(f"jane {number} tag:vip") == And(
        (Word("jane"), Word(number), Term("tag", ":", "vip"))
    )
    assert parse(f"({number})") == Word(number)
    assert parse(f"phone:{number}") == Term("phone", ":", number)


def test_few_digits_are_words_of_their_own() -> None:
    assert parse("12 15") == And((Word("12"), Word("15")))
    assert parse("(12 or 15)") == Or((Word("12"), Word("15")))


def test_a_number_after_a_minus_is_excluded_not_joined() -> None:
    assert parse("0113 -496012") == And((Word("0113"), Not(Word("496012"))))


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a (b", 3),
        ("a) b", 2),
        ('name:"jane', 6),
        ('"', 1),
        ("a or", 3),
        ("or a", 1),
        ("and a", 1),
        ("a and or b", 3),
        ("(a or) b", 4),
        ("not", 1),
        ("joe ctiy:leeds", 5),
    ],
)
def test_says_where_it_is_wrong(text: str, position: int) -> None:
    with pytest.raises(UsageError, match=rf"position {position} "):
        parse(text)


def test_an_unknown_field_offers_near_names() -> None:
    with pytest.raises(UsageError) as caught:
        parse("ctiy:leeds")
    assert "“ctiy”" in caught.value.message
    assert "city" in caught.value.hint


def test_an_unknown_field_near_none_lists_them_all() -> None:
    with pytest.raises(UsageError) as caught:
        parse("zzzzqq:1")
    assert all(name in caught.value.hint for name in FIELDS)


def test_nodes_of_different_types_are_never_equal() -> None:
    a, b = Word("a"), Word("b")
    assert And((a, b)) != Or((a, b))
    assert Not(Not(a)) != And((Not(a),))


def test_custom_fields_are_the_callers() -> None:
    assert parse("shoe-size>42", [*FIELDS, "shoe-size"]) == Term("shoe-size", ">", "42")


@pytest.mark.parametrize("text", ["(" * 60 + ")" * 60, "-" * 60 + "a", "not " * 60 + "a"])
def test_nesting_has_an_end(text: str) -> None:
    with pytest.raises(UsageError, match=f"deeper than {MAX_DEPTH}"):
        parse(text)


def test_length_has_an_end() -> None:
    with pytest.raises(UsageError, match="10,001 characters"):
        parse("a" * 10_001)


def test_canonical_text_is_what_a_user_would_type() -> None:
    text = 'plumber city:leeds -tag:cold tag:vip,gold value>1000 (org:acme or name:"jane doe")'
    assert unparse(parse(text)) == text


# Text that is rich in what the grammar treats specially.
_PIECES = st.sampled_from(
    [
        *'()"-,:<>=!+/. \\\n0',
        "or",
        "and",
        "not",
        "tag:",
        "phone:",
        "value>",
        "012",
        "345",
        "jane",
        "é",
    ]
)
_QUERIES = st.one_of(st.text(), st.lists(_PIECES, max_size=25).map("".join))
_TEXTS = _QUERIES.filter(str.strip)
_TERMS = st.builds(
    Term,
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from([":", "=", "<", "<=", ">", ">="]),
    _QUERIES,
    st.just(value=False),
)
_NODES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(st.builds(Word, _TEXTS), _TERMS, st.just(ALL)),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=4).map(tuple).map(And),
        st.lists(inner, min_size=2, max_size=4).map(tuple).map(Or),
    ),
    max_leaves=12,
)


def read_or_refused(text: str) -> Node | UsageError:
    try:
        return parse(text)
    except UsageError as error:
        return error


@given(_QUERIES)
def test_any_text_is_read_or_refused_with_a_clear_error(text: str) -> None:
    answer = read_or_refused(text)
    if isinstance(answer, UsageError):
        assert "position " in answer.message
        assert answer.hint
    else:
        assert parse(unparse(answer)) == answer


@given(_NODES)
def test_canonical_text_means_the_same(node: Node) -> None:
    assert parse(unparse(node)) == node


@pytest.mark.parametrize("word", ["none", "any", "None"])
def test_none_and_any_in_quotes_are_values(word: str) -> None:
    node = query.parse(f'tag:"{word}"', {"tag"})
    assert node == Term("tag", ":", word, is_literal=True)
    assert query.unparse(node) == f'tag:"{word}"'
    assert query.parse(f"tag:{word}", {"tag"}) == Term("tag", ":", word)
