"""The language of templates: what it refuses, how it fills in, and that nothing gets out of it."""

import random

import pytest
from jinja2.exceptions import TemplateError, UndefinedError

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.mail import template_language
from cardcrm.records.mail.template_language import (
    MAX_OUTPUT,
    EmptyFieldError,
    Fields,
    check,
    compile_template,
    fill_in,
    make_empty_field,
)

LINE = Fields("line", {"product": "Lamp <3", "price": "5.00 EUR"}, "product")
GIVEN = {
    "contact": Fields("contact", {"name": "Jane <b>", "first_name": "Jane", "city": "", "tags":
                                  ("vip", "a&b"), "fields": Fields("contact.fields", {"size": 7})}),
    "organization": make_empty_field("organization"),
    "deal": make_empty_field("deal"),
    "quote": Fields("quote", {"number": "Q-1", "lines": (LINE, LINE)}, "number"),
    "values": Fields("values", {"coupon": "X1"}),
    "firm": Fields("firm", {"name": "Roofs"}),
    "user": Fields("user", {"name": "Al"}),
    "message": Fields("message", {"date": "today"}, "date"),
}  # fmt: skip


def fill(source, snippets=None, *, is_html=False):
    known = snippets or {}
    found = check(source, "template x, text", known.__getitem__, is_html=is_html)
    compiled = compile_template(source, tuple(found.items()), is_html=is_html)
    return fill_in(compiled, GIVEN)


def refusal(source, snippets=None):
    with pytest.raises(UsageError) as caught:
        fill(source, snippets)
    return f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Dear {{ contact.first_name }},", "Dear Jane,"),
        ("{{ contact }} {{ quote }}", "Jane <b> Q-1"),
        ('{{ contact.city | default("there") }}', "there"),
        ('{{ contact.city | fallback("there") | upper }}', "THERE"),
        ('{{ contact.tags | join(", ") }}', "vip, a&b"),
        ("{% if contact.city %}a{% else %}b{% endif %}", "b"),
        ('{% if "vip" in contact.tags %}a{% endif %}', "a"),
        ('{% if contact.city == "Leeds" %}a{% else %}b{% endif %}', "b"),
        ("{% if deal %}a{% elif quote %}b{% endif %}", "b"),
        ('{{ deal.title | default("none") }}', "none"),
        ("{% if deal is defined %}a{% else %}b{% endif %}", "b"),
        ("{% for l in quote.lines %}{{ loop.index }} {{ l.product }};{% endfor %}",
         "1 Lamp <3;2 Lamp <3;"),
        ("{{ contact.fields.size }} {{ contact['first_name'] }} {{ contact.tags[0] }}",
         "7 Jane vip"),
        ("{{ values.coupon }}{{ values.none | default('-') }}", "X1-"),
        ("{# a remark #}{{ 'a' ~ contact.first_name }}", "aJane"),
        ("{{ firm.name | lines }}", "Roofs"),
    ],
)  # fmt: skip
def test_a_template_shows_chooses_and_repeats(source, text):
    assert fill(source) == text


def test_an_empty_list_is_replaced_by_the_fallback(monkeypatch):
    monkeypatch.setitem(GIVEN, "contact", Fields("contact", {"tags": ()}))
    assert fill('{{ contact.tags | join(", ") | fallback("none") }}') == "none"


def test_html_is_escaped_and_text_is_not():
    source = "{{ contact.name }} {{ contact.tags | join('<br>') }}"
    assert fill(source) == "Jane <b> vip<br>a&b"
    assert fill(source, is_html=True) == "Jane &lt;b&gt; vip&lt;br&gt;a&amp;b"
    assert fill("{{ contact.name | lines }}", is_html=True) == "Jane &lt;b&gt;"


def test_snippets_are_included_and_see_the_loop():
    snippets = {"sign": "-- {{ user.name }}{% include 'ps' %}", "ps": "!"}
    assert fill("Hi {% include 'sign' %}", snippets) == "Hi -- Al!"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a\n{{ contact.frist_name }}", "line 2: unknown field contact.frist_name Did you mean "
         "contact.first_name"),
        ("{{ contct.name }}", "unknown name “contct” Did you mean contact?"),
        ("{{ name }}", "unknown name “name”"),
        ("a\n\n{% if %}", "template x, text, line 3"),
        ("{{ contact.name | uper }}", "unknown filter “uper” Did you mean upper?"),
        ("{{ contact.name | truncate(2) }}", "truncate needs a length of 3 or more"),
        ("{% include 'a' %}", "includes “a” within itself"),
        ("{% for contact in contact.tags %}{% endfor %}", "cannot be a loop variable"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_line_and_a_remedy(source, words):
    assert words in refusal(source, {"a": "{% include 'b' %}", "b": "{% include 'a' %}"})


@pytest.mark.parametrize("field", ["contact.city", "values.none", "deal.title", "organization"])
def test_an_empty_field_without_a_fallback_is_an_error(field):
    for source in (f"{{{{ {field} }}}}", f"{{{{ {field} | upper }}}}", f"{{{{ 'a' ~ {field} }}}}"):
        with pytest.raises(EmptyFieldError, match=field):
            fill(source)
    with pytest.raises(EmptyFieldError, match=field):
        fill(f"{{% for x in {field} %}}{{% endfor %}}")


def test_an_argument_that_a_filter_refuses_is_an_error_of_the_template():
    with pytest.raises(UndefinedError, match="expected length >= 5"):
        fill("{{ contact.name | truncate(4, true, '[...]') }}")


ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ contact.__class__ }}",
    "{{ contact['__class__'] }}",
    "{{ contact['__cla' ~ 'ss__'] }}",
    "{{ contact.find('name') }}",
    "{{ contact.values }}",
    "{{ contact | attr('values') }}",
    "{{ contact.tags | map(attribute='__class__') | list }}",
    "{{ '{0.__class__}'.format(contact) }}",
    "{{ '%999999999d' | format(1) }}",
    "{{ 'a' * 10 ** 9 }}",
    "{{ 2 ** 99999999 }}",
    "{{ 'a' | center(10 ** 9) }}",
    "{{ lipsum(n=100000) }}",
    "{{ lipsum.__globals__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner }}", "{{ namespace() }}", "{{ dict(a=1) }}", "{{ range(10 ** 9) }}",
    "{{ self }}", "{{ self.__init__ }}", "{{ caller }}", "{{ varargs }}", "{{ loop }}",
    "{{ contact.tags.append(1) }}", "{{ contact.tags.__len__ }}", "{{ contact.name.upper }}",
    "{% set a = 'a' %}", "{% set a %}x{% endset %}", "{% with a = 1 %}{% endwith %}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{% filter upper %}x{% endfilter %}",
    "{% block a %}{{ self.a() }}{% endblock %}", "{% extends 'a' %}", "{% import 'a' as b %}",
    "{% from 'a' import b %}", "{% include contact.name %}", "{% include ['a', 'b'] %}",
    "{% for a in contact.tags recursive %}{{ loop(contact.tags) }}{% endfor %}",
    "{% for a in contact.tags %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in contact.tags %}{{ loop.cycle }}{% endfor %}",
    "{% for a in contact.tags %}{{ a.__class__ }}{{ a['__class__'] }}{% endfor %}",
    "{% for a in quote.lines %}{{ a.find }}{% endfor %}",
    "{% for a in quote.lines %}{{ a['_' ~ '_class__'] }}{% endfor %}",
    "{{ contact.fields.__class__ }}", "{{ contact.name | safe }}", "{{ contact | tojson }}",
    "{{ contact.name | join(contact.name) }}", "{{ contact.name | replace('a', 'aa') }}",
    "{{ contact.name | xmlattr }}", "{{ contact.tags | random }}", "{{ contact | pprint }}",
    "{% for a in contact.tags %}" * 3 + "{% endfor %}" * 3,
    "{% if 1 %}" * 60 + "{% endif %}" * 60,
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ " + "not " * 5000 + "1 }}",
    "{{ " + "-" * 5000 + "1 }}",
    "a" * (template_language.MAX_SOURCE + 1),
)  # fmt: skip


@pytest.mark.parametrize("source", ESCAPES, ids=[each[:40] for each in ESCAPES])
def test_nothing_gets_out_of_the_sandbox(source):
    for is_html in (False, True):
        with pytest.raises((UsageError, TemplateError)):
            fill(source, {"a": "x", "b": "y"}, is_html=is_html)


def test_snippets_cannot_multiply_beyond_a_limit():
    many = {f"s{n}": f"{{% include 's{n + 1}' %}}" * 2 for n in range(30)} | {"s30": ""}
    assert "includes too many" in refusal("{% include 's0' %}", many)


def test_a_mail_cannot_grow_beyond_a_limit():
    letters = "x" * 100_000
    loops = "{% for a in quote.lines %}{% for b in quote.lines %}" + letters
    source = loops + "{% endfor %}{% endfor %}"
    assert "too many" not in fill(source)[:10]
    big = Fields("quote", {"lines": (LINE,) * 100}, "lines")
    compiled = compile_template(source, (), is_html=False)
    with pytest.raises(UsageError, match=f"{MAX_OUTPUT:,}"):
        fill_in(compiled, GIVEN | {"quote": big})


WORDS = (
    "{{", "}}", "{%", "%}", "{#", "#}", " ", "\n", "contact", ".", "name", "tags", "|", "join", "(",
    ")", "'", '"', "if", "else", "endif", "for", "in", "endfor", "include", "x", "__class__", "[",
    "]", "0", "~", "*", "+", "not", "loop", "default", "self", "set", "=", "range", ",", "raw",
)  # fmt: skip


def test_random_sources_are_refused_or_filled_in():
    """Random texts raise only the errors that a user reads."""
    generator = random.Random(15)
    filled = 0
    for _ in range(2000):
        source = "".join(generator.choice(WORDS) for _ in range(generator.randrange(1, 25)))
        try:
            text = fill(source)
            assert "<class" not in text
            assert " object at " not in text
            filled += 1
        except (CardcrmError, TemplateError, KeyError):
            continue
    assert filled > 150


MISFITS = (
    "contact.name < 1", "contact.tags < contact.name", "1 in 2", "'s' in none", "contact.city in 1",
    "contact.name | truncate('x')", "contact.name | truncate(5, 1, 2, 3, 4, 5)", "1 | length",
    "contact | length", "contact.name | default(a=1)", "contact.name | upper(1)", "1 | first",
    "contact.name | trim(1)", "contact.name is eq", "contact.name is eq(1, 2, 3)", "1" + "0" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("expression", MISFITS, ids=[each[:40] for each in MISFITS])
def test_a_filter_that_does_not_fit_its_value_is_an_error_in_words(expression):
    for source in (f"{{{{ {expression} }}}}", f"{{% if {expression} %}}{{% endif %}}"):
        with pytest.raises((UsageError, TemplateError)) as caught:
            fill(source)
        assert "object at" not in str(caught.value)


@pytest.mark.parametrize("loop", ["for a, b in contact.tags", "for a in contact", "for a in 5"])
def test_a_loop_over_what_is_not_a_list_is_an_error_in_words(loop):
    with pytest.raises((UsageError, TemplateError)):
        fill(f"{{% {loop} %}}{{{{ a }}}}{{% endfor %}}")


OPERANDS = (
    "contact", "contact.name", "contact.tags", "contact.city", "quote.lines", "values.a", "1", "-1",
    "1.5", "'x'", "none", "true", "(", ")", "[", "]", ",", "~", "<", "==", "in", "not", "and", "if",
    "else", "is", "defined", "eq", "|", "upper", "truncate", "default", "first", "join", "lines",
    "length", "trim", "loop", "x", "=", ":", "*",
)  # fmt: skip


def test_random_expressions_are_refused_or_filled_in():
    generator = random.Random(16)
    filled = 0
    for number in range(4000):
        words = " ".join(generator.choices(OPERANDS, k=generator.randrange(1, 7)))
        looped = f"{{% for x in {words} %}}{{{{ x }}}}{{% endfor %}}"
        source = looped if number % 3 == 0 else f"{{{{ {words} }}}}"
        try:
            fill(source, is_html=bool(number % 2))
            filled += 1
        except (CardcrmError, TemplateError):
            continue
    assert filled > 60


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.name ~ [contact] }}", "{{ [contact] }}", "{{ (contact, quote) }}",
        '{{ [contact] | default("x") }}', "{{ [contact] | upper }}", "{{ [[contact]] | first }}",
        "{{ [contact] if contact }}", "{% if [contact] %}a{% endif %}",
    ],
)  # fmt: skip
def test_a_list_is_not_shown(source):
    assert "a list is for the words “for” and “in”, and for join" in refusal(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{{ [contact, firm.name] | join(" of ") }}', "Jane <b> of Roofs"),
        ('{% if contact.first_name in ["Jane", "Joan"] %}a{% endif %}', "a"),
        ("{% for each in [contact, firm] %}{{ each }}; {% endfor %}", "Jane <b>; Roofs; "),
    ],
)
def test_a_list_is_joined_repeated_or_looked_into(source, text):
    assert fill(source) == text
