"""Several editors open at once, on one home: they show the same, ask once, and a key is for all of them."""

import pytest

import adapters
from adapters import FULL, together


@pytest.fixture(
    params=[
        together(("neovim", "0.10"), ("vim", "9.0")),
        together(("sublime", "3.8"), ("vim", "9.2")),
        together(("vscode", "1.139"), ("neovim", "0.12"), ("vim", "9.2")),
    ]
)
def homes(cli, request):
    """See adapters.open_homes."""
    with adapters.open_homes(request, *request.param) as homes:
        yield homes


def test_all_show_the_same_and_ask_once(homes):
    """One poll is two requests, whoever makes it; and all show what one of them has asked for."""
    sim = homes[0].sim
    editors = [home.open() for home in homes]
    assert {editor.wait_text(FULL) for editor in editors} == {FULL}
    assert (sim.count("/key"), sim.count("/credits"), sim.count()) == (1, 1, 2)
    homes[0].spend("2")
    editors[-1].run("refresh")
    assert {editor.wait_text("OpenRouter: $23.00") for editor in editors} == {"OpenRouter: $23.00"}
    assert sim.count() == 4
    assert [len(editor.cores()) for editor in editors] == [1] * len(editors)


def test_a_key_that_is_entered_in_one_is_used_by_the_others(homes):
    """By a real keyring; in the environment there is none."""
    variables = homes[0].use_keyring()
    for home in homes:
        home.env |= variables
    editors = [home.open() for home in homes]
    for editor in editors:
        editor.wait_text("OpenRouter: Set API key")
    editors[0].enter_key(homes[0].sim.key)
    assert {editor.wait_text(FULL) for editor in editors} == {FULL}
