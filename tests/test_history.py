"""What was spent in each hour, day, week or month."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencredits.history import sparkline


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([None, None], "··"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([None, "0.001", 100], "·▂█"),
    ],
)
def test_a_sparkline_has_one_block_a_value(values, shown):
    """As high as it is beside the highest; a little is more than nothing, and not known is neither."""
    assert sparkline([None if value is None else Decimal(value) for value in values]) == shown


@given(st.lists(st.none() | st.integers(0, 10**12), max_size=30))
def test_a_sparkline_is_as_long_as_its_values(values):
    """Whatever they are."""
    assert len(sparkline([None if value is None else Decimal(value) for value in values])) == len(values)
