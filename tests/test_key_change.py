"""What is checked before a key is stored, against the simulator."""

import pytest

from opencredits import key_change
from opencredits.config import AccountSettings
from opencredits.errors import ConfigError, KeyMissing, KeyRejected, KeyUnusable, ServerFault, Unreachable
from opencredits.keyring_store import KeyringAnswer
from opencredits.simulator import Fault, Simulator


@pytest.fixture
def sim():
    """A steady account."""
    with Simulator("steady") as simulator:
        yield simulator


def identified(sim, secret, wanted=None, **options):
    """Of which kind the simulator says that a key is."""
    return key_change.identified(AccountSettings("default", base_url=sim.base_url), secret, wanted, **options)


@pytest.mark.parametrize("wanted", [None, "ordinary"])
def test_openrouter_tells_which_kind_a_key_is(sim, wanted):
    assert identified(sim, sim.key, wanted) == "ordinary"
    assert identified(sim, sim.management_key, wanted) == "management"


def test_an_ordinary_key_is_no_management_key(sim):
    assert identified(sim, sim.management_key, "management") == "management"
    with pytest.raises(KeyUnusable, match="not stored as a management key"):
        identified(sim, sim.key, "management")


def test_a_wrong_key_is_refused(sim):
    wrong = "sk-or-v1-wrong0123456789"
    with pytest.raises(KeyRejected, match="not stored") as refused:
        identified(sim, wrong)
    assert wrong not in refused.value.sentence()


def test_a_key_that_cannot_be_checked_is_not_stored(sim):
    """The error stays the one it was, with another way to go on where there is one."""
    sim.fault("/key", Fault(status=503), times=1)
    with pytest.raises(ServerFault, match="could not be checked") as refused:
        identified(sim, sim.key)
    assert refused.value.action == "Try again later."
    sim.close()
    with pytest.raises(Unreachable) as refused:
        identified(sim, sim.key, or_else="use --force")
    assert (refused.value.kind, refused.value.action) == ("refused", "Try again later, or use --force.")


def test_a_key_is_not_sent_where_the_address_is_wrong(sim):
    account = AccountSettings("default", base_url=sim.base_url, fault="base_url cannot be used.")
    with pytest.raises(ConfigError):
        key_change.identified(account, sim.key, None)
    assert sim.count() == 0


def test_without_a_keyring_nobody_needs_to_type_a_key():
    class NoKeyring:
        def read(self, *accounts):
            return KeyringAnswer(absent="There is none.", way_out="Install one.")

    with pytest.raises(KeyMissing) as refused:
        key_change.check_keyring(NoKeyring(), "default")
    assert (refused.value.kind, refused.value.action) == ("no_keyring", "Install one.")
