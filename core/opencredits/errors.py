"""Everything that OpenCredits raises on purpose.

CreditsError
├── ConfigError              an option or a command line value cannot be used
├── KeyProblem
│   ├── KeyMissing           no source has a key
│   ├── KeyUnusable          what was given cannot be a key, or may not be sent there
│   ├── KeyCommandFailed     `key_command` brought no key
│   └── KeyringSilent        the keyring did not answer: locked, silent or late
├── ProviderError            one part of a poll brought no value
│   ├── Unreachable          offline
│   ├── RateLimited          rate limited
│   ├── ServerFault          server error
│   ├── Blocked              blocked
│   ├── UnexpectedAnswer     unexpected answer
│   ├── KeyRejected          invalid key
│   └── PermissionRefused    the key is good, but not for this question
├── RefreshRefused           a manual refresh has to wait
├── SetupRefused             an adapter cannot be put in place, or does not show
├── NotOffered               an action that nobody offers, or no longer
├── StoreError
│   ├── StoreUnusable        the file cannot be read or written
│   └── StoreTooNew          a newer OpenCredits wrote it
└── ProtocolError            what an editor sent cannot be answered
    ├── NotJson              no JSON
    ├── NotARequest          no request
    ├── UnknownMethod        a method that does not exist
    ├── BadParams            params of a wrong form
    ├── NotInitialized       `initialize` comes first
    ├── ProtocolUnsupported  a version of the protocol that is not known here
    ├── Busy                 too much is waiting already
    └── InternalFault        our own mistake
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it; importing typing would cost more than all the rest
if TYPE_CHECKING:
    from datetime import datetime


class CreditsError(Exception):
    """Base of all errors of OpenCredits.

    `str(error)` says what happened, `action` what to do next, both one plain sentence without secrets.
    `kind` is a fine, stable word for programs; `shown` the short word of the status bar; `code` the number
    by which editors know the class, see docs/bridge.md.
    """

    code = -32010
    kind = "error"
    shown = "error"
    action = ""

    def __init__(self, message: str, *, action: str | None = None, kind: str | None = None) -> None:
        super().__init__(message)
        self.action = self.action if action is None else action
        self.kind = self.kind if kind is None else kind

    def sentence(self) -> str:
        """What happened and what to do next, for one line of a terminal."""
        return f"{self} {self.action}".strip()


class ConfigError(CreditsError):
    """An option, or a value given for it, cannot be used."""

    code = -32011
    kind = "config"
    shown = "config"


class KeyProblem(CreditsError):
    """There is no key to ask with."""

    code = -32020


class KeyMissing(KeyProblem):
    """No source has a key for this account."""

    code = -32021
    kind = "no_key"
    shown = "no key"
    action = "Run 'opencredits login' to store one."


class KeyUnusable(KeyProblem):
    """What was given cannot be an API key, or may not be sent to that address."""

    code = -32022
    kind = "unusable_key"
    shown = "invalid key"


class KeyCommandFailed(KeyProblem):
    """`key_command` or `management_key_command` brought no key."""

    code = -32023
    kind = "key_command"
    shown = "key command"
    action = "Run the command by hand; it has to print the key, and nothing before it."


class KeyringSilent(KeyProblem):
    """The system's keyring is there, but locked, silent or late."""

    code = -32024
    kind = "keyring"
    shown = "keyring"


class ProviderError(CreditsError):
    """A question to the provider brought no value.

    `retry_at` (UTC) is the time before which the provider does not want to be asked again.
    """

    code = -32030

    def __init__(
        self,
        message: str,
        *,
        action: str | None = None,
        kind: str | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(message, action=action, kind=kind)
        self.retry_at = retry_at


class Unreachable(ProviderError):
    """No complete answer arrived: DNS, refused, reset, time-out, TLS, proxy, body cut off."""

    code = -32031
    kind = "offline"
    shown = "offline"
    action = "Check the network connection; it is tried again by itself."


class RateLimited(ProviderError):
    """429."""

    code = -32032
    kind = "rate_limited"
    shown = "rate limited"
    action = "It is tried again by itself, later."


class ServerFault(ProviderError):
    """408 or 5xx."""

    code = -32033
    kind = "server_error"
    shown = "server error"
    action = "It is tried again by itself; see https://status.openrouter.ai."


class Blocked(ProviderError):
    """403 that does not come from the API itself: a firewall, a region block, a captive portal."""

    code = -32034
    kind = "blocked"
    shown = "blocked"
    action = "Check VPN, proxy and region; the key itself was not judged."


class UnexpectedAnswer(ProviderError):
    """An answer that is not what the API documents: a redirect, another status, not JSON, too large."""

    code = -32035
    kind = "unexpected_answer"
    shown = "unexpected answer"
    action = "Check 'base_url' and any proxy in between; run 'opencredits doctor'."


class KeyRejected(ProviderError):
    """401: the key is wrong, deleted or disabled."""

    code = -32036
    kind = "invalid_key"
    shown = "invalid key"
    action = "Check it at https://openrouter.ai/settings/keys, then run 'opencredits login'."


class PermissionRefused(ProviderError):
    """403 in the API's own words: the key may not ask this."""

    code = -32037
    kind = "no_permission"
    shown = "no permission"
    action = "The account balance needs a management key: 'opencredits login --management'."


class RefreshRefused(CreditsError):
    """The provider asked to be left alone for a while, and that time is not over."""

    code = -32040
    kind = "retry_after"
    shown = "rate limited"


class SetupRefused(CreditsError):
    """An adapter cannot be put in place or removed, or does not show anything."""

    code = -32042
    kind = "setup"


class NotOffered(CreditsError):
    """An action on something that is not there, or no longer."""

    code = -32041
    kind = "not_offered"
    action = "Look at the details again."


class StoreError(CreditsError):
    """The shared file of readings cannot be used."""

    code = -32050
    kind = "store"
    shown = "store"


class StoreUnusable(StoreError):
    """The file or its folder cannot be read or written."""

    code = -32051
    kind = "store_unusable"


class StoreTooNew(StoreError):
    """The file was written by a newer OpenCredits; it is left untouched."""

    code = -32052
    kind = "store_too_new"


class ProtocolError(CreditsError):
    """What an editor sent cannot be answered. The numbers are those of JSON-RPC where it has one."""

    code = -32060
    kind = "protocol"


class NotJson(ProtocolError):
    """A line that is not JSON, or not within what we read: depth, digits, NaN."""

    code = -32700
    kind = "not_json"


class NotARequest(ProtocolError):
    """JSON, but not one request."""

    code = -32600
    kind = "not_a_request"


class UnknownMethod(ProtocolError):
    """There is no such method."""

    code = -32601
    kind = "unknown_method"


class BadParams(ProtocolError):
    """The params are not of the method's form."""

    code = -32602
    kind = "bad_params"


class NotInitialized(ProtocolError):
    """Something was asked before `initialize`."""

    code = -32002
    kind = "not_initialized"


class ProtocolUnsupported(ProtocolError):
    """The editor's adapter speaks another version of the protocol."""

    code = -32061
    kind = "protocol_unsupported"


class Busy(ProtocolError):
    """More was asked than is worth waiting for."""

    code = -32062
    kind = "busy"
    action = "Ask again when the others are answered."


class InternalFault(ProtocolError):
    """Something unexpected went wrong here."""

    code = -32603
    kind = "internal"
    shown = "internal error"
    action = "The log says where: 'opencredits.log' in the state folder. Please report it."
