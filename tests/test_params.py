"""What an editor sent along, read with its form checked."""

import pytest

from opencredits.errors import BadParams
from opencredits.session import params

SECRET = "sk-or-v1-0123456789abcdef"
NOT_TEXTS = (None, True, 1, 1.5, [], {}, ["a"])


def test_what_has_the_right_form_is_given_back():
    given = {"a": "text", "b": True, "c": {"d": 1}, "kind": "management"}
    assert params.text(given, "a") == params.text_or_none(given, "a") == "text"
    assert params.flag(given, "b") is True
    assert params.table(given, "c") == {"d": 1}
    assert params.kind(given) == "management"


def test_what_may_be_left_out_may_also_be_null():
    for given in ({}, dict.fromkeys(("a", "kind", "keys"))):
        assert params.text_or_none(given, "a") is None
        assert params.table(given, "a") == {}
        assert params.kind(given) is None
        assert params.keys(given) == {}


@pytest.mark.parametrize("found", NOT_TEXTS, ids=repr)
def test_what_is_no_text_is_refused(found):
    with pytest.raises(BadParams, match="'a' has to be a text"):
        params.text({"a": found}, "a")


@pytest.mark.parametrize("found", [None, 0, 1, "true", [], {}], ids=repr)
def test_what_is_no_flag_is_refused(found):
    with pytest.raises(BadParams, match="'a' has to be true or false"):
        params.flag({"a": found}, "a")


@pytest.mark.parametrize("found", [True, 0, "", "a", []], ids=repr)
def test_what_is_no_object_is_refused(found):
    with pytest.raises(BadParams, match="'a' has to be an object"):
        params.table({"a": found}, "a")


@pytest.mark.parametrize("found", [*NOT_TEXTS[1:], "", "Ordinary", "key"], ids=repr)
def test_other_kinds_are_refused(found):
    with pytest.raises(BadParams, match="'kind' has to be"):
        params.kind({"kind": found})


def test_keys_are_read_as_a_flat_table():
    """Kinds that are left out, null or unknown are not in it."""
    handed = {
        "default": {"ordinary": SECRET, "management": None, "other": 5},
        "work": {"management": "m"},
        "b": {},
    }
    assert params.keys({"keys": handed}) == {("default", "ordinary"): SECRET, ("work", "management"): "m"}


@pytest.mark.parametrize(
    "handed",
    [SECRET, [SECRET], {"default": SECRET}, {"default": [SECRET]}, {"default": {"ordinary": [SECRET]}}],
)
def test_keys_of_another_form_are_refused_without_being_repeated(handed):
    with pytest.raises(BadParams) as refused:
        params.keys({"keys": handed})
    assert SECRET not in f"{refused.value!r}{refused.value.sentence()}"
