"""Which call is answered by what, and for which kind of key."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .account import Account
from .activity import activity
from .call import Call
from .errors import MANAGEMENT_ONLY, Refusal
from .key import Key
from .manage import create_key, delete_key, get_key, list_keys, patch_key
from .reads import Answer, credits, generation, models, own_key, workspaces
from .scenario import Scenario


class Needs(Enum):
    """Who may call."""

    NOTHING = "no key"
    ANY = "any key"
    ORDINARY = "an ordinary key"
    MANAGEMENT = "a management key"


@dataclass(frozen=True)
class Route:
    """One line of the table below."""

    needs: Needs
    answer: Callable[[Call], Answer]
    status: int = 200
    refusal: str = MANAGEMENT_ONLY  # what the wrong kind of key is told


# How a management key is refused is documented nowhere; this sentence is made up.
_NOT_FOR_MANAGEMENT = "Management keys cannot perform this operation"
_NO_ACTIVITY = "Only management keys can fetch activity for an account"

ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/key"): Route(Needs.ANY, own_key),
    ("GET", "/auth/key"): Route(Needs.ANY, own_key),
    ("GET", "/credits"): Route(Needs.ANY, credits),
    ("GET", "/keys"): Route(Needs.MANAGEMENT, list_keys),
    ("POST", "/keys"): Route(Needs.MANAGEMENT, create_key, 201),
    ("GET", "/keys/*"): Route(Needs.MANAGEMENT, get_key),
    ("PATCH", "/keys/*"): Route(Needs.MANAGEMENT, patch_key),
    ("DELETE", "/keys/*"): Route(Needs.MANAGEMENT, delete_key),
    ("GET", "/workspaces"): Route(Needs.MANAGEMENT, workspaces),
    ("GET", "/activity"): Route(Needs.MANAGEMENT, activity, refusal=_NO_ACTIVITY),
    ("GET", "/generation"): Route(Needs.ORDINARY, generation, refusal=_NOT_FOR_MANAGEMENT),
    ("GET", "/models"): Route(Needs.NOTHING, models),
}


def find_route(method: str, path: str) -> tuple[Route, str]:
    """The route for a path, and the name at its end where the route has a place for one."""
    if route := ROUTES.get((method, path)):
        return route, ""
    folder, _, name = path.rpartition("/")
    if route := ROUTES.get((method, f"{folder}/*")):
        return route, name
    raise Refusal(404)


def admit(account: Account, secret: str | None, route: Route, now: float) -> Key | None:
    """The key that asks, if the route is open to it."""
    if route.needs is Needs.NOTHING:
        return None
    if secret is None:
        raise Refusal(401)
    if (key := account.authenticate(secret, now)) is None:
        raise Refusal(401, "User not found.")
    if route.needs is not Needs.ANY and key.management != (route.needs is Needs.MANAGEMENT):
        raise Refusal(403, route.refusal)
    return key


def answer(
    account: Account,
    scenario: Scenario,
    method: str,
    path: str,
    query: dict[str, str],
    secret: str | None,
    body: bytes,
) -> tuple[int, Answer]:
    """Status and JSON for a request; all its figures are of the same moment."""
    try:
        with account.lock:
            now = account.now()
            route, name = find_route(method, path)
            key = admit(account, secret, route, now)
            return route.status, route.answer(Call(account, scenario, key, now, query, body, name))
    except Refusal as refusal:
        return refusal.status, refusal.body
