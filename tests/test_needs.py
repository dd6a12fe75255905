"""A missing program is seen: as a skip where one develops, as a failure where everything must run."""

import pytest

from needs import need


def test_a_program_that_is_here():
    """Its path is returned."""
    assert need("python3").endswith("python3")


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip), ("1", pytest.fail)])
def test_a_missing_program(monkeypatch, required, outcome):
    """The reason names it in both cases."""
    monkeypatch.setenv("OPENCREDITS_REQUIRE_EDITORS", required)
    # Both are caught: a skip where a failure is due would else skip this very test.
    both = (pytest.skip.Exception, pytest.fail.Exception)
    with pytest.raises(both, match="no-such-program is not installed") as seen:
        need("no-such-program")
    assert seen.type is outcome.Exception
