"""Call scripts: what is refused, what loops, and which answer a typed text stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.records.knowledge.script_tree import (
    MAX_STEPS,
    check_fields,
    choose,
    parse_tree,
)

TREE = """
title = "Wilted"
start = "hello"

[later]
say = "Call again."

[hello]
say = "When, {{ contact.first_name }}?"
answers = { week = { text = "Within a week", to = "day" }, older = "later", 3 = "hello" }

[day]
ask = "Which day?"
to = "later"
"""


def test_a_tree_has_its_steps_in_the_order_of_the_file():
    tree = parse_tree(TREE)
    assert (tree.title, tree.start, [*tree.steps]) == ("Wilted", "hello", ["later", "hello", "day"])
    assert tree.steps["later"].is_end
    assert [tuple(each) for each in tree.steps["hello"].choices] == [
        ("week", "Within a week", "day"), ("older", "older", "later"), ("3", "3", "hello"),
    ]  # fmt: skip
    assert tree.loops == ("hello",)
    check_fields(tree)


def test_the_first_step_is_the_start_unless_named():
    assert parse_tree("[b]\nsay = 'x'\nto = 'a'\n[a]\nsay = 'y'").start == "b"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a", "not valid TOML"),
        ("", "there are no steps"),
        ("title = 1\n[a]\nsay = 'x'", "title of the script must be a text"),
        ("nope = 'x'\n[a]\nsay = 'x'", "unknown key “nope”"),
        ("start = 'b'\n[a]\nsay = 'x'", "start goes to the unknown step “b”"),
        ("[hello]\nsay = 'x'\nto = 'helo'", "unknown step “helo”, did you mean hello"),
        ("[a]\nsey = 'x'", "step a has the unknown key “sey”, did you mean say"),
        ("[a]\noutcome = 'x'", "step a has nothing to say"),
        ("[a]\nsay = 'x'\nask = 'y'", "step a asks a question, so it needs the step"),
        ("[a]\nsay = 'x'\nanswers = 'y'", "answers of step a must be a table"),
        ("[a]\nsay = 'x'\nanswers = { y = 1 }", "answer “y” of step a needs a step"),
        ("[a]\nsay = 'x'\nanswers = { '<' = 'b' }\n[b]\nsay = 'y'", "< goes back a step"),
        ("[a]\nsay = 'x'\nanswers = { '!' = 'b' }\n[b]\nsay = 'y'", "! ends the call"),
        (
            "[a]\nsay = 'x'\nto = 'b'\nanswers = { y = 'b' }\n[b]\nsay = 'z'",
            "cannot have ask or to",
        ),
        ("[a]\nsay = 'x'\nto = 'b'\noutcome = 'o'\n[b]\nsay = 'z'", "cannot have an outcome"),
        ("[a]\nsay = 'x'\n[b]\nsay = 'y'", "step b is never reached"),
        ("[a]\nsay = 'x'\nto = 'b'\n[b]\nsay = 'y'\nto = 'a'", "step a never leads to an end"),
        (f"[a]\nsay = '{'x' * 2001}'", "longer than 2,000 characters"),
        ("".join(f"[a{n}]\nsay = 'x'\n" for n in range(MAX_STEPS + 1)), "more than 500 steps"),
    ],
)
def test_a_tree_that_no_call_can_follow_is_refused(text, problem):
    with pytest.raises(UsageError, match=problem):
        parse_tree(text)


def test_a_text_may_only_name_known_fields():
    tree = parse_tree("[a]\nsay = '{{ contact.nope }}'")
    with pytest.raises(UsageError, match=r"unknown field contact\.nope"):
        check_fields(tree)
    with pytest.raises(UsageError, match="cannot include"):
        check_fields(parse_tree("[a]\nsay = '{% include \"x\" %}'"))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("week", "week"), ("W", "week"), ("within", "week"), ("1", "week"), ("2", "older"),
        ("3", "3"), ("o", "older"), ("", None), ("0", None), ("9", None), ("x", None),
    ],
)  # fmt: skip
def test_an_answer_is_typed_by_its_key_number_or_beginning(typed, key):
    found = choose(parse_tree(TREE).steps["hello"], typed)
    assert (found and found.key) == key


def test_a_beginning_of_two_answers_names_neither():
    step = parse_tree("[a]\nsay = 'x'\nanswers = { abc = 'b', abd = 'b' }\n[b]\nsay = 'y'").steps[
        "a"
    ]
    assert choose(step, "ab") is None
    assert choose(step, "abd") is not None


# The search for dead ends against all calls of a few steps.

NAMES = "abcd"
TREES = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(NAMES), max_size=2, unique=True) for name in NAMES}
)


def write(tree):
    lines = ["start = 'a'"]
    for name, targets in tree.items():
        lines += [f"[{name}]", "say = 'x'"]
        if targets:
            lines.append("answers = { " + ", ".join(f"{to} = '{to}'" for to in targets) + " }")
    return "\n".join(lines)


def follow(tree, name, most):
    """Return the steps that calls of at most that many steps visit from a step."""
    if most == 0:
        return {name}
    return {name}.union(*(follow(tree, to, most - 1) for to in tree[name]))


@given(TREES)
def test_dead_ends_and_loops_are_those_of_all_calls(tree):
    visited = {name: follow(tree, name, len(NAMES)) for name in NAMES}
    is_sound = visited["a"] == set(NAMES) and all(
        any(not tree[each] for each in seen) for seen in visited.values()
    )
    try:
        found = parse_tree(write(tree))
    except UsageError:
        assert not is_sound
        return
    assert is_sound
    loops = [
        name for name in tree if any(name in follow(tree, to, len(NAMES)) for to in tree[name])
    ]
    assert list(found.loops) == loops
