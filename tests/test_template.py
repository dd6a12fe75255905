"""The `format` option."""

import pytest

from opencredits import template

VALUES = {
    "label": "OpenRouter",
    "amount": "$5.20",
    "notes": None,
    "rate": None,
    "today": "$1.00",
    "age": "3m",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (template.DEFAULT, "OpenRouter: $5.20"),
        ("{amount} ({rate})", "$5.20"),
        ("{amount} [{rate}, {notes}]!", "$5.20!"),
        ("{amount} ({rate}, {today})", "$5.20 (-, $1.00)"),
        ("{amount} {rate}", "$5.20 -"),
        ("{{{amount}}} (left)", "{$5.20} (left)"),
        ("({notes}) {amount}", " $5.20"),
    ],
)
def test_a_bracket_of_unknown_names_vanishes(text, shown):
    """It goes with the space before it; outside of brackets an unknown name is a dash."""
    assert template.render(template.check(text), VALUES) == shown


def test_brackets_inside_of_values_are_left_alone():
    """A label may hold anything."""
    assert (
        template.render("{label} ({notes})", {"label": "a ({amount}) %", "notes": "b)"})
        == "a ({amount}) % (b))"
    )


@pytest.mark.parametrize(("text", "said"), [("{cost}", "unknown name {cost}"), ("{", "lone"), ("a}", "lone")])
def test_an_unknown_name_is_refused_with_those_that_are_known(text, said):
    """The message lists what one may write."""
    with pytest.raises(ValueError, match=said.replace("{", "\\{")) as raised:
        template.check(text)
    if "unknown" in said:
        assert all(name in str(raised.value) for name in template.NAMES)
