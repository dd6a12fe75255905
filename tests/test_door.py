"""The public door of the package."""

import pytest

import opencredits


@pytest.mark.parametrize("name", opencredits.__all__)
def test_everything_in_all_is_there(name):
    """Loaded when it is asked for."""
    assert getattr(opencredits, name)


def test_the_table_is_what_all_says():
    """Nothing is offered that is not listed, and the other way round."""
    assert sorted([*opencredits._WHERE, "__version__"]) == opencredits.__all__


def test_other_names_are_not_there():
    """As in any module."""
    with pytest.raises(AttributeError, match="nonsense"):
        opencredits.nonsense  # noqa: B018
