"""The simulator's answers: as the OpenAPI document describes them, and as the API was seen to behave."""

import json
import os
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from opencredits.simulator import SCENARIOS, Simulator
from opencredits.simulator.key import Key
from opencredits.simulator.routes import ROUTES

BESIDE = Path(__file__).parents[2] / "shared" / "openrouter" / "openapi.yaml"
UNKNOWN = "0df9e665-d932-5740-b2c7-b52af166bc11"  # a workspace of somebody else
DAY = 86_400


class Clock:
    """A time that stands still until it is moved; it begins on a Friday at noon."""

    def __init__(self):
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sim(clock):
    """A steady account; what the simulator itself stumbles over fails the test."""
    with Simulator("steady", clock=clock) as sim:
        yield sim
    assert sim.errors == []


class Answer:
    """What came back."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        self.json = json.loads(self.body, parse_float=Decimal)
        self.data = self.json.get("data")
        self.message = self.json.get("error", {}).get("message")


def ask(sim, path, key=None, method="GET", **body):
    """One request on a connection of its own, without a proxy."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with closing(HTTPConnection(sim.host, sim.port)) as connection:
        connection.request(method, f"/api/v1{path}", json.dumps(body) if body else None, headers)
        return Answer(connection.getresponse())


def manage(sim, path, method="GET", **body):
    """The same with the management key."""
    return ask(sim, path, sim.management_key, method, **body)


def hash_of(sim, name):
    """What `/keys` calls a key."""
    return sim.account.key(name).hash


# the OpenAPI document


@cache
def document():
    """The saved document, read once: it is large."""
    path = Path(os.environ.get("OPENCREDITS_OPENAPI", BESIDE))
    if not path.exists():
        pytest.skip(f"The OpenAPI document is not at {path}; OPENCREDITS_OPENAPI may say where it is.")
    import yaml

    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def validate(answer, path, method="get"):
    """The answer is what the document promises for its status."""
    described = document()["paths"][path][method]["responses"][str(answer.status)]
    schema = described["content"]["application/json"]["schema"]
    # References begin at the document's root, so its shared part comes along.
    Draft202012Validator({**schema, "components": document()["components"]}).validate(json.loads(answer.body))


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("kind", ["key", "management_key"])
def test_figures_are_as_described(clock, name, kind):
    """`/key` and `/credits` in every scenario, for both kinds of key, whatever the answer is."""
    with Simulator(name, clock=clock) as sim:
        for path in ("/key", "/credits"):
            validate(ask(sim, path, getattr(sim, kind)), path)
        answer = ask(sim, "/auth/key", getattr(sim, kind))
        assert answer.status == 200
        validate(answer, "/key")


@pytest.mark.parametrize(
    "path", ["/keys", "/workspaces", "/activity", "/activity?group_by=workspace", "/models"]
)
def test_lists_are_as_described(sim, path):
    answer = manage(sim, path)
    assert (answer.status, answer.data != []) == (200, True)
    validate(answer, path.partition("?")[0])


def test_management_of_a_key_is_as_described(sim):
    """Made, read, changed and deleted."""
    made = manage(
        sim, "/keys", "POST", name="agent", limit=5, limit_reset="weekly", expires_at="2027-01-01T00:00:00Z"
    )
    validate(made, "/keys", "post")
    one = f"/keys/{made.data['hash']}"
    validate(manage(sim, one), "/keys/{hash}")
    validate(manage(sim, one, "PATCH", disabled=True), "/keys/{hash}", "patch")
    validate(manage(sim, one, "DELETE"), "/keys/{hash}", "delete")
    validate(manage(sim, one), "/keys/{hash}")


def test_a_generation_is_as_described(sim, clock):
    booking = sim.account.spend(Decimal("0.25"))
    clock.at += 1
    validate(ask(sim, f"/generation?id={booking.id}", sim.key), "/generation")


@pytest.mark.parametrize("path", ["/key", "/credits", "/keys", "/activity", "/generation", "/workspaces"])
def test_a_missing_key_is_refused_as_described(sim, path):
    answer = ask(sim, path)
    assert (answer.status, answer.message) == (401, "Missing Authentication header")
    validate(answer, path)


# who may ask


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic c2VjcmV0"])
def test_no_bearer_is_no_key(sim, header):
    with closing(HTTPConnection(sim.host, sim.port)) as connection:
        connection.request("GET", "/api/v1/key", headers={"Authorization": header})
        assert Answer(connection.getresponse()).message == "Missing Authentication header"


def test_an_unknown_key_is_refused(sim):
    """Also one that only begins like a known one."""
    for secret in (sim.key[:-1], sim.key + "0", "sk-or-v1-" + 64 * "0"):
        answer = ask(sim, "/key", secret)
        assert (answer.status, answer.message) == (401, "User not found.")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/keys", "Only management keys can perform this operation"),
        ("/keys/0", "Only management keys can perform this operation"),
        ("/workspaces", "Only management keys can perform this operation"),
        ("/activity", "Only management keys can fetch activity for an account"),
    ],
)
def test_an_ordinary_key_may_not_manage(sim, path, message):
    answer = ask(sim, path, sim.key)
    assert (answer.status, answer.message) == (403, message)


def test_a_management_key_has_no_generations(sim):
    assert manage(sim, "/generation?id=gen-1").status == 403


def test_models_need_no_key(sim):
    assert ask(sim, "/models").status == 200


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/key/", "/keys/", "/keys/*", "/keys/a/b", "/../key"])
def test_what_is_not_there_is_not_found(sim, path):
    answer = manage(sim, path)
    assert (answer.status, answer.message) == (404, "Resource not found")


def test_only_known_methods_are_carried_out(sim):
    """A key cannot be posted to, nor all keys deleted."""
    assert [manage(sim, "/key", "POST").status, manage(sim, "/keys", "DELETE").status] == [404, 404]


def test_every_route_is_known_to_these_tests():
    assert {path for _, path in ROUTES} == {
        *("/key", "/auth/key", "/credits", "/keys", "/keys/*"),
        *("/workspaces", "/activity", "/generation", "/models"),
    }


# figures


def test_the_balance_is_told_to_the_cent(sim):
    """All nine decimals of it, as JSON numbers without exponent."""
    sim.account.spend(Decimal("0.000000001"), key="ci")
    assert b'{"total_credits": 100, "total_usage": 75.000000001}' in ask(sim, "/credits", sim.key).body


def test_the_key_tells_its_own_spend(sim):
    """And the account's spend is more than that."""
    sim.account.spend(Decimal("0.25"))
    data = ask(sim, "/key", sim.key).data
    assert (data["usage"], data["usage_daily"]) == (Decimal("31.65"), Decimal("1.65"))


def test_a_management_key_has_spent_nothing(sim):
    data = ask(sim, "/key", sim.management_key).data
    assert (data["usage"], data["usage_monthly"]) == (0, 0)
    assert data["is_management_key"] is data["is_provisioning_key"] is True


def test_every_key_is_accepted(sim):
    """The keys on the list are different ones."""
    labels = {ask(sim, "/key", secret).data["label"] for secret in sim.keys}
    assert len(labels) == len(sim.keys) == 3
    assert sim.key == sim.keys[0]


def test_the_date_is_the_simulators(sim):
    assert ask(sim, "/key").headers["Date"] == "Fri, 20 Nov 2026 12:00:00 GMT"


# scenarios


@pytest.mark.parametrize(
    ("name", "credits", "usage"),
    [
        ("steady", "100", "75"),
        ("runaway", "100", "75"),
        ("empty", "770.8176", "770.893717902"),
        ("free", "0", "0"),
        ("capped", "100", "80"),
        ("ordinary-zeros", "0", "0"),
        ("rate-limited", "100", "75"),
        ("flaky", "100", "75"),
    ],
)
def test_what_an_ordinary_key_is_told_of_the_balance(clock, name, credits, usage):
    """True figures, but in one scenario zeros."""
    with Simulator(name, clock=clock) as sim:
        data = ask(sim, "/credits", sim.key).data
    assert data == {"total_credits": Decimal(credits), "total_usage": Decimal(usage)}


@pytest.mark.parametrize("name", ["ordinary-403", "ordinary-zeros"])
def test_a_management_key_is_told_the_truth(clock, name):
    with Simulator(name, clock=clock) as sim:
        assert manage(sim, "/credits").data == {"total_credits": 100, "total_usage": 75}


def test_an_ordinary_key_may_be_refused_the_balance(clock):
    """While it is told its own spend."""
    with Simulator("ordinary-403", clock=clock) as sim:
        answer = ask(sim, "/credits", sim.key)
        assert (answer.status, answer.message) == (403, "Only management keys can perform this operation")
        assert ask(sim, "/key", sim.key).data["usage"] == Decimal("31.40")


def test_free_requests_are_counted_down(clock):
    with Simulator("free", clock=clock) as sim:
        data = ask(sim, "/key", sim.key).data
    assert data["is_free_tier"] is True
    assert data["free_model_daily_requests"] == {"used": 2, "limit": 50, "remaining": 48}


def test_a_cap_is_told_twice(clock):
    """As the key's limit and as the budget that blocks first."""
    with Simulator("capped", clock=clock) as sim:
        data = ask(sim, "/key", sim.key).data
    assert (data["limit"], data["limit_remaining"], data["limit_reset"]) == (10, Decimal("3.1"), "daily")
    budget = data["effective_budget"]
    assert data["budgets"] == [budget]
    assert (budget["scope"], budget["remaining_usd"]) == ("key_limit", Decimal("3.1"))
    assert budget["resets_at"] == "2026-11-21T00:00:00Z"


@pytest.mark.parametrize("name", SCENARIOS)
def test_newer_fields_are_there_or_all_missing(clock, name):
    """Two scenarios answer as the saved document says, without what came later."""
    newer = {"free_model_daily_requests", "budgets", "effective_budget", "allowed_data_regions"}
    with Simulator(name, clock=clock) as sim:
        data = ask(sim, "/key", sim.key).data
    assert newer & set(data) == (set() if name in ("ordinary-403", "ordinary-zeros") else newer)


def test_without_a_cap_there_is_no_budget(sim):
    data = ask(sim, "/key", sim.key).data
    assert (data["budgets"], data["effective_budget"]) == ([], None)


def test_every_second_poll_is_one_too_many(clock):
    """`/key` and `/credits` are counted each for itself, so that a poll succeeds or fails as a whole."""
    with Simulator("rate-limited", clock=clock) as sim:
        polls = [(ask(sim, "/key", sim.key), ask(sim, "/credits", sim.key)) for _ in range(4)]
    assert [(key.status, money.status) for key, money in polls] == [(200, 200), (429, 429)] * 2
    headers = polls[1][0].headers
    assert (headers["Retry-After"], headers["X-RateLimit-Remaining"]) == ("30", "0")
    assert int(headers["X-RateLimit-Reset"]) == (clock.at + 30) * 1000


def test_a_scenario_has_a_name_and_a_sentence():
    for name, scenario in SCENARIOS.items():
        assert (scenario.name, scenario.help[-1]) == (name, ".")


def test_an_unknown_scenario_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="no scenario 'stead'; there are: steady, runaway"):
        Simulator("stead")


def test_a_scenario_for_who_spends_by_hand(clock):
    """It is not on the list."""
    with Simulator("idle", clock=clock) as sim:
        clock.at += DAY
        assert ask(sim, "/credits", sim.key).data["total_usage"] == 75


# keys


def test_a_new_key_is_accepted(sim):
    """Its secret is told once; what the list shows of it is its hash and a mask."""
    made = manage(
        sim, "/keys", "POST", name="agent", limit=2.5, limit_reset="daily", include_byok_in_limit=True
    )
    assert made.status == 201
    own = ask(sim, "/key", made.json["key"]).data
    assert (own["limit"], own["limit_reset"], own["include_byok_in_limit"]) == (Decimal("2.5"), "daily", True)
    assert made.json["key"] not in manage(sim, "/keys").body.decode()


def test_a_disabled_key_is_refused_until_it_is_enabled(sim):
    one = f"/keys/{hash_of(sim, 'laptop')}"
    assert manage(sim, one, "PATCH", disabled=True).data["disabled"] is True
    assert ask(sim, "/key", sim.key).status == 401
    manage(sim, one, "PATCH", disabled=False)
    assert ask(sim, "/key", sim.key).status == 200


def test_a_deleted_key_is_gone(sim):
    """For itself, and in the list."""
    one = f"/keys/{hash_of(sim, 'laptop')}"
    assert manage(sim, one, "DELETE").json == {"deleted": True}
    assert ask(sim, "/key", sim.key).status == 401
    assert [manage(sim, one, method).status for method in ("GET", "PATCH", "DELETE")] == [404] * 3
    assert [key["name"] for key in manage(sim, "/keys").data] == ["ci", "cline"]


def test_an_expired_key_is_refused(sim, clock):
    made = manage(sim, "/keys", "POST", name="agent", expires_at="2026-11-21T00:00:00Z")
    assert ask(sim, "/key", made.json["key"]).data["expires_at"] == "2026-11-21T00:00:00Z"
    clock.at += DAY
    assert ask(sim, "/key", made.json["key"]).status == 401


def test_a_limit_can_be_set_and_taken_back(sim):
    """It counts what was spent in its window before it was set."""
    one = f"/keys/{hash_of(sim, 'laptop')}"
    capped = manage(sim, one, "PATCH", limit=1, limit_reset="daily").data
    assert (capped["limit"], capped["limit_remaining"]) == (1, Decimal("-0.4"))
    assert capped["updated_at"] == "2026-11-20T12:00:00Z"
    free = manage(sim, one, "PATCH", limit=None, limit_reset=None).data
    assert (free["limit"], free["limit_remaining"], free["limit_reset"]) == (None, None, None)


def test_only_what_is_given_is_changed(sim):
    one = f"/keys/{hash_of(sim, 'laptop')}"
    before = manage(sim, one).data
    after = manage(sim, one, "PATCH", name="desktop").data
    assert {field for field in before if before[field] != after[field]} == {"name", "updated_at"}


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 1},
        {"name": ""},
        {"name": 1},
        {"name": "a", "limit": -1},
        {"name": "a", "limit": "1"},
        {"name": "a", "limit": True},
        {"name": "a", "limit": 1e12},
        {"name": "a", "limit": float("inf")},
        {"name": "a", "limit": float("nan")},
        {"name": "a", "limit_reset": "hourly"},
        {"name": "a", "limit_reset": []},
        {"name": "a", "include_byok_in_limit": 1},
        {"name": "a", "expires_at": "tomorrow"},
        {"name": "a", "expires_at": "2027-01-01T00:00:00+01:00"},
        {"name": "a", "expires_at": "2027-01-01T00:00:00"},
        {"name": "a", "workspace_id": UNKNOWN},
    ],
    ids=str,
)
def test_a_key_that_makes_no_sense_is_not_made(sim, body):
    answer = manage(sim, "/keys", "POST", **body)
    assert (answer.status, answer.message) == (400, "Invalid request parameters")
    validate(answer, "/keys", "post")
    assert len(sim.account.keys) == 3


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "[" * 100_000, '{"name": NaN}', "\xff"])
def test_a_body_that_is_no_object_is_refused(sim, body):
    with closing(HTTPConnection(sim.host, sim.port)) as connection:
        headers = {"Authorization": f"Bearer {sim.management_key}"}
        connection.request("POST", "/api/v1/keys", body.encode("latin-1"), headers)
        assert Answer(connection.getresponse()).status == 400


def test_keys_come_in_pages_newest_first(sim, clock):
    """A hundred at a time, none twice; the management key is not among them."""
    for n in range(200):
        sim.account.add_key(Key(f"agent {n}", clock.at))
    pages = [manage(sim, f"/keys?offset={offset}").data for offset in (0, 100, 200, 300)]
    assert [len(page) for page in pages] == [100, 100, 3, 0]
    names = [key["name"] for page in pages for key in page]
    assert names == [*(f"agent {n}" for n in reversed(range(200))), "ci", "cline", "laptop"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["ci", "laptop"]),
        ("?include_disabled=false", ["ci", "laptop"]),
        ("?include_disabled=true", ["ci", "cline", "laptop"]),
        (f"?workspace_id={UNKNOWN}", []),
    ],
)
def test_disabled_keys_are_listed_on_request(sim, query, names):
    """Keys of other workspaces are not listed."""
    manage(sim, f"/keys/{hash_of(sim, 'cline')}", "PATCH", disabled=True)
    assert [key["name"] for key in manage(sim, f"/keys{query}").data] == names


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=x", "offset=٣", "include_disabled=1", "workspace_id=here"]
)
def test_a_list_that_makes_no_sense_is_refused(sim, query):
    assert manage(sim, "/keys?" + quote(query, safe="=")).status == 400


def test_the_default_workspace_is_the_keys(sim):
    """Asked for by its id, it has them all."""
    (workspace,) = manage(sim, "/workspaces").data
    assert len(manage(sim, f"/keys?workspace_id={workspace['id']}").data) == 3
    assert manage(sim, "/workspaces?offset=1").json == {"data": [], "total_count": 1}


# activity


def test_activity_is_of_thirty_finished_days(sim):
    """Yesterday first; today is never in it."""
    days = list(dict.fromkeys(row["date"] for row in manage(sim, "/activity").data))
    assert (days[0], days[-1], len(days)) == ("2026-11-19", "2026-10-21", 30)
    assert days == sorted(days, reverse=True)


def test_activity_adds_up_to_the_keys(sim, clock):
    """Once its days are finished, a week's rows are what the counters said."""
    clock.at += 2 * DAY + DAY / 2 - 1  # the last second of Sunday
    keys = manage(sim, "/keys").data
    clock.at += 1
    rows = [row for row in manage(sim, "/activity").data if row["date"] >= "2026-11-16"]
    assert sum(row["usage"] for row in rows) == sum(key["usage_weekly"] for key in keys) > 10


def test_activity_of_one_key_is_its_own(sim):
    rows = manage(sim, f"/activity?api_key_hash={hash_of(sim, 'ci')}").data
    assert {row["model"] for row in rows} == {"qwen/qwen3-coder"}
    assert manage(sim, "/activity?api_key_hash=0").data == []


def test_activity_of_one_day(sim):
    """All keys of a model are in one row."""
    rows = manage(sim, "/activity?date=2026-11-19").data
    assert [row["model"] for row in rows] == [
        "qwen/qwen3-coder",
        "openai/gpt-5-mini",
        "anthropic/claude-sonnet-4.5",
    ]
    assert rows[2]["requests"] == 2


@pytest.mark.parametrize("date", ["2026-11-20", "2026-11-21", "2026-10-20"])
def test_activity_of_a_day_outside_is_refused(sim, date):
    """Today's above all."""
    answer = manage(sim, f"/activity?date={date}")
    assert (answer.status, answer.message) == (400, "Date must be within the last 30 (completed) UTC days")


@pytest.mark.parametrize(
    ("query", "status"), [("date=yesterday", 400), ("group_by=model", 400), (f"workspace_id={UNKNOWN}", 404)]
)
def test_activity_that_makes_no_sense_is_refused(sim, query, status):
    answer = manage(sim, f"/activity?{query}")
    assert answer.status == status
    validate(answer, "/activity")


def test_activity_names_the_workspace_on_request(sim):
    (workspace,) = manage(sim, "/workspaces").data
    assert "workspace_id" not in manage(sim, "/activity").data[0]
    assert manage(sim, "/activity?group_by=workspace").data[0]["workspace_id"] == workspace["id"]


def test_activity_of_other_users_is_not_there(sim):
    """The account has one user."""
    assert manage(sim, "/activity?user_id=user_of_another").data == []


# generations and models


def test_a_generation_is_not_ready_at_once(sim, clock):
    """Half a second later it is."""
    booking = sim.account.spend(Decimal("0.25"), model="example/model")
    path = f"/generation?id={booking.id}"
    assert ask(sim, path, sim.key).status == 404
    clock.at += 0.5
    data = ask(sim, path, sim.key).data
    assert (data["id"], data["model"], data["total_cost"]) == (booking.id, "example/model", Decimal("0.25"))


def test_a_generation_without_id_is_refused(sim):
    assert [ask(sim, f"/generation{query}", sim.key).status for query in ("", "?id=", "?id=gen-1")] == [
        400,
        400,
        404,
    ]


def test_models_come_whole_or_in_pages(sim):
    """The link leads from page to page."""
    whole = ask(sim, "/models").json
    assert whole["links"] == {"next": None}
    first = ask(sim, "/models?limit=3").json
    second = ask(sim, first["links"]["next"].removeprefix("/api/v1")).json
    assert first["data"] + second["data"] == whole["data"]
    assert second["links"] == {"next": None}


def test_a_model_is_about_to_disappear(sim):
    """Two weeks after the start; prices are strings."""
    models = {model["id"]: model for model in ask(sim, "/models").data}
    assert models["qwen/qwen3-coder"]["expiration_date"] == "2026-12-04"
    assert models["openai/gpt-5-mini"]["expiration_date"] is None
    assert models["openai/gpt-5-mini"]["pricing"] == {"prompt": "0.00000025", "completion": "0.000002"}
