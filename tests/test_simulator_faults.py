"""The simulator misbehaving on demand, its log, and requests that misbehave."""

import json
import socket
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from threading import Thread

import pytest

from opencredits.simulator import REMOVE, SCENARIOS, SHAPE_2025, Fault, Simulator

NOON = 1_795_176_000.0  # a Friday in November
PASSING = 30  # seconds; for what hangs, not a measure


@pytest.fixture
def sim():
    """A steady account at a time that stands still; what the simulator stumbles over fails the test."""
    with Simulator("steady", clock=lambda: NOON) as sim:
        yield sim
    assert sim.errors == []


def connect(sim):
    """A connection to the simulator, without a proxy."""
    return closing(HTTPConnection(sim.host, sim.port, timeout=PASSING))


def ask(sim, path="/key", method="GET", key=None):
    """Status, headers and body of the answer to one request."""
    with connect(sim) as connection:
        headers = {"Authorization": f"Bearer {key or sim.key}"}
        connection.request(method, f"/api/v1{path}", headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def status(sim, *args):
    """The status of the answer to one request."""
    return ask(sim, *args)[0]


def data(sim, path="/key", key=None):
    """`data` of a good answer."""
    return json.loads(ask(sim, path, key=key)[2])["data"]


def say(sim, *lines):
    """All that comes back for raw bytes, up to the end of the connection."""
    with socket.create_connection((sim.host, sim.port), timeout=PASSING) as connection:
        connection.sendall(b"\r\n".join(lines))
        return b"".join(iter(lambda: connection.recv(65_536), b""))


# which request is hit


def test_a_fault_lasts_until_it_is_cleared(sim):
    """And hits its own path only."""
    sim.fault("/credits", Fault(status=500))
    assert [status(sim, "/credits"), status(sim, "/credits"), status(sim, "/key")] == [500, 500, 200]
    sim.clear()
    assert status(sim, "/credits") == 200


def test_counted_faults_come_first_and_in_order(sim):
    """They are used up; what lasts is under them."""
    sim.fault("/key", Fault(status=500), times=1)
    sim.fault("/key", Fault(status=503))
    sim.fault("/key", Fault(status=429), times=2)
    assert [status(sim) for _ in range(5)] == [500, 429, 429, 503, 503]


def test_the_newer_of_two_lasting_faults_counts(sim):
    sim.fault("*", Fault(status=500))
    sim.fault("/key", Fault(status=503))
    assert [status(sim, "/key"), status(sim, "/credits")] == [503, 500]


def test_a_fault_may_be_for_a_pattern_or_a_method(sim):
    """Each key of the list, but not the list; deleting, but not reading."""
    key = sim.account.key("ci").hash
    sim.fault("/keys/*", Fault(status=502), method="DELETE")
    answers = [ask(sim, f"/keys/{key}", method, sim.management_key)[0] for method in ("DELETE", "GET")]
    assert [*answers, status(sim, "/keys")] == [502, 200, 403]
    assert len(sim.account.keys) == 3


def test_a_fault_of_a_test_goes_before_the_scenarios(sim):
    with Simulator("flaky", clock=lambda: NOON) as flaky:
        flaky.fault("*", Fault(status=418))
        assert [status(flaky) for _ in range(3)] == [418] * 3


def test_flaky_is_flaky_in_a_fixed_pattern():
    """Two good answers, an error, (a slow one,) a cut-off one, a good one."""
    with Simulator("flaky", clock=lambda: NOON) as sim:
        assert [status(sim) for _ in range(3)] == [200, 200, 500]
        assert sim.scenario.trouble(3, NOON).delay
        sim.fault("/key", Fault(), times=1)
        assert status(sim) == 200
        with pytest.raises(IncompleteRead):
            ask(sim)
        assert status(sim) == 200


# what is answered


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "Invalid request parameters"),
        (402, "Insufficient credits. Add more using https://openrouter.ai/credits"),
        (408, "Request timed out. Please try again later."),
        (429, "Rate limit exceeded"),
        (500, "Internal Server Error"),
        (529, "Provider returned error"),
    ],
)
def test_a_status_has_openrouters_message(sim, code, message):
    """And its JSON."""
    sim.fault("/key", Fault(status=code))
    answered, headers, body = ask(sim)
    assert (answered, headers["Content-Type"]) == (code, "application/json")
    assert json.loads(body)["error"] == {"code": code, "message": message, "metadata": None}


def test_headers_are_added_or_replaced(sim):
    sim.fault("/key", Fault(status=429, headers={"Retry-After": "30", "Date": "yesterday"}))
    _, headers, _ = ask(sim)
    assert (headers["Retry-After"], headers.get_all("Date")) == ("30", ["yesterday"])


@pytest.mark.parametrize("body", ["<html>blocked</html>", b"<html>blocked</html>"])
def test_a_body_can_be_anything(sim, body):
    sim.fault("/key", Fault(status=403, body=body, content_type="text/html"))
    answered, headers, received = ask(sim)
    assert (answered, headers["Content-Type"], received) == (403, "text/html", b"<html>blocked</html>")


def test_a_body_alone_is_a_good_status(sim):
    sim.fault("/key", Fault(body=""))
    answered, headers, body = ask(sim)
    assert (answered, headers["Content-Length"], body) == (200, "0", b"")


def test_a_good_status_has_the_good_answer(sim):
    """Here one that nobody expects."""
    sim.fault("/key", Fault(status=206))
    answered, _, body = ask(sim)
    assert (answered, json.loads(body)["data"]["usage"]) == (206, 31.4)


@pytest.mark.parametrize("code", [204, 304])
def test_a_status_without_body_has_none(sim, code):
    """The connection is still good for another request."""
    sim.fault("/key", Fault(status=code), times=1)
    with connect(sim) as connection:
        answers = []
        for _ in range(2):
            connection.request("GET", "/api/v1/key", headers={"Authorization": f"Bearer {sim.key}"})
            response = connection.getresponse()
            answers.append((response.status, response.read() == b""))
    assert answers == [(code, True), (200, False)]


def test_a_redirect_leads_elsewhere(sim):
    sim.fault("/key", Fault(redirect="http://127.0.0.1:9/key"))
    answered, headers, _ = ask(sim)
    assert (answered, headers["Location"]) == (302, "http://127.0.0.1:9/key")


def test_an_echo_gives_the_key_away(sim):
    """In OpenRouter's own JSON."""
    sim.fault("/key", Fault(echo=True, status=400))
    answered, _, body = ask(sim)
    assert answered == 400
    assert f"Bearer {sim.key}" in json.loads(body)["error"]["message"]


def test_a_patch_changes_and_removes_fields(sim):
    """All others are as they were."""
    sim.fault("/key", Fault(patch={"usage": "31.4", "label": REMOVE, "brand_new": [1]}), times=1)
    bent, good = data(sim), data(sim)
    assert {*bent} ^ {*good} == {"label", "brand_new"}
    assert {field for field in {*bent} & {*good} if bent[field] != good[field]} == {"usage"}
    assert (bent["usage"], bent["brand_new"]) == ("31.4", [1])


def test_a_patch_changes_each_item_of_a_list(sim):
    sim.fault("/keys", Fault(patch={"limit": 7}))
    assert [key["limit"] for key in data(sim, "/keys", sim.management_key)] == [7, 7, 7]


def test_a_patch_leaves_errors_alone(sim):
    sim.fault("/keys", Fault(patch={"limit": 7}))
    answered, _, body = ask(sim, "/keys")
    assert (answered, "data" in json.loads(body)) == (403, False)


def test_raw_numbers_are_put_in_verbatim(sim):
    """What no JSON writer would print."""
    sim.fault("/key", Fault(raw={"usage": "1e400", "limit": "NaN"}))
    body = ask(sim)[2]
    assert b'"usage": 1e400,' in body
    assert b'"limit": NaN,' in body


def test_the_shape_of_2025_has_six_fields(sim):
    sim.fault("/key", Fault(patch=SHAPE_2025))
    assert set(data(sim)) == {"label", "usage", "limit", "limit_remaining", "is_free_tier", "rate_limit"}


# how it is answered


def test_a_hanging_answer_comes_never(sim):
    """The request is in the log, unanswered; when the simulator closes, the connection ends."""
    sim.fault("/key", Fault(hang=True))
    with connect(sim) as connection:
        connection.request("GET", "/api/v1/key")
        assert sim.wait("/key")
        assert sim.requests[0].status is None
        sim.close()
        with pytest.raises((HTTPException, ConnectionError)):
            connection.getresponse()


def test_others_are_answered_while_one_hangs(sim):
    sim.fault("/credits", Fault(hang=True))
    with connect(sim) as connection:
        connection.request("GET", "/api/v1/credits")
        assert sim.wait("/credits")
        assert status(sim, "/key") == 200


def test_a_delayed_answer_is_waited_for(sim):
    """It is the good one; without waiting, the closing simulator ends it."""
    sim.fault("/key", Fault(delay=0.001), times=1)
    assert status(sim) == 200
    sim.fault("/key", Fault(delay=3600))
    with connect(sim) as connection:
        connection.request("GET", "/api/v1/key")
        assert sim.wait("/key", count=2)
        sim.close()
        with pytest.raises((HTTPException, ConnectionError)):
            connection.getresponse()


def test_a_reset_is_a_reset(sim):
    """Not a polite end of the connection."""
    sim.fault("/key", Fault(reset=True))
    with pytest.raises(ConnectionResetError):
        say(sim, b"GET /api/v1/key HTTP/1.1", b"Host: x", b"", b"")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_cut_off_body_is_shorter_than_announced(sim, chunked):
    sim.fault("/key", Fault(cut_off=True, chunked=chunked), times=1)
    with pytest.raises(IncompleteRead):
        ask(sim)
    assert status(sim) == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_still_json(sim, chunked):
    """Who reads all of it finds the good answer at its end."""
    sim.fault("/key", Fault(size=3_000_000, chunked=chunked))
    _, headers, body = ask(sim)
    assert (len(body), headers["Content-Length"]) == (3_000_000, None if chunked else "3000000")
    assert json.loads(body)["data"]["usage"] == 31.4


def test_who_stops_reading_does_not_hurt(sim):
    """A body of a gigabyte is not made before it is sent."""
    sim.fault("/key", Fault(size=1 << 30), times=1)
    with connect(sim) as connection:
        connection.request("GET", "/api/v1/key")
        assert connection.getresponse().read(1000) == b" " * 1000
    assert status(sim) == 200


def test_a_dripping_body_comes_byte_by_byte(sim):
    sim.fault("/key", Fault(body="drop", drip=0.001, chunked=True))
    answer = say(sim, b"GET /api/v1/key HTTP/1.1", b"Host: x", b"Connection: close", b"", b"")
    assert answer.endswith(b"1\r\nd\r\n1\r\nr\r\n1\r\no\r\n1\r\np\r\n0\r\n\r\n")


# requests that misbehave


@pytest.mark.parametrize(
    "lines",
    [
        [b"nonsense", b"", b""],
        [b"GET / HTTP/9.9", b"", b""],
        [b"BREW /api/v1/key HTTP/1.1", b"Host: x", b"", b""],
        [b"GET /" + 65_532 * b"x"],  # exactly as much as is read of it
        [b"GET / HTTP/1.1", *200 * [b"X: x"], b"", b""],
        [b"GET / HTTP/1.1", b"Content-Length: -1", b"", b""],
        [b"GET / HTTP/1.1", b"Content-Length: \xb2", b"", b""],
        [b"GET / HTTP/1.1", b"Content-Length: 2000000", b"", b""],
        [b"GET / HTTP/1.1", b"Content-Length: " + 5000 * b"9", b"", b""],
        [b"POST /api/v1/keys HTTP/1.1", b"Transfer-Encoding: chunked", b"", b"0", b"", b""],
    ],
    ids=lambda lines: lines[0][:12].decode(),
)
def test_what_is_no_request_is_refused(sim, capfd, lines):
    """In JSON, with the end of the connection; nothing is printed, and the next one is answered."""
    head, _, body = say(sim, *lines).partition(b"\r\n\r\n")
    assert json.loads(body)["error"]["code"] >= 400
    assert b"Connection: close" in head
    assert status(sim) == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "lines",
    [
        [b"GET http://[ HTTP/1.1", b"Connection: close", b"", b""],
        [b"GET /api/v1/?%ff&&==& HTTP/1.1", b"Connection: close", b"", b""],
        [b"GET \xff HTTP/1.1", b"Connection: close", b"", b""],
        [b"GET /api/v1/nothing HTTP/1.1", b"Authorization: \xff\xfe \x00", b"Connection: close", b"", b""],
        [b"PUT /api/v1/key HTTP/1.1", b"Connection: close", b"Content-Length: 2", b"", b"{}"],
    ],
    ids=lambda lines: ascii(lines[0][:24]),
)
def test_strange_requests_find_nothing(sim, capfd, lines):
    assert b" 404 Not Found" in say(sim, *lines)
    assert capfd.readouterr() == ("", "")


def test_who_hangs_up_does_not_hurt(sim, capfd):
    """Before, within, or after the request."""
    for part in (b"", b"GET /api/v1/k", b"POST /api/v1/keys HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"):
        with socket.create_connection((sim.host, sim.port)) as connection:
            connection.sendall(part)
    assert status(sim) == 200
    assert capfd.readouterr() == ("", "")


def test_a_mistake_of_the_simulator_is_kept_and_not_printed(capfd):
    """The connection ends, the next one is answered."""

    def broken(n, now):
        return Fault() if n else 1 / 0

    with Simulator(replace(SCENARIOS["steady"], trouble=broken)) as sim:
        with pytest.raises(RemoteDisconnected):
            ask(sim)
        assert status(sim) == 200
        assert [type(error) for error in sim.errors] == [ZeroDivisionError]
    assert capfd.readouterr() == ("", "")


# the log


def test_requests_are_logged_as_they_came(sim):
    ask(sim, "/keys?offset=5", key=sim.management_key)
    (request,) = sim.requests
    assert (request.method, request.path, request.query) == ("GET", "/keys", {"offset": "5"})
    assert (request.status, request.at, request.key) == (200, NOON, sim.management_key)
    assert request.headers["accept-encoding"] == "identity"


def test_a_logged_request_does_not_show_its_key(sim):
    ask(sim)
    assert sim.key[12:-4] not in repr(sim.requests)


def test_requests_are_counted_by_path(sim):
    for path in ("/key", "/credits", "/key", "/nothing"):
        ask(sim, path)
    assert (sim.count("/key"), sim.count("/credits"), sim.count("/activity"), sim.count()) == (2, 1, 0, 4)
    assert (sim.count(method="POST"), sim.count("/key", "GET")) == (0, 2)


def test_one_connection_has_one_number(sim):
    """So that it can be seen who reuses theirs."""
    with connect(sim) as connection:
        for _ in range(2):
            connection.request("GET", "/api/v1/models")
            connection.getresponse().read()
    ask(sim)
    first, second, third = (request.connection for request in sim.requests)
    assert first == second != third


def test_what_is_not_below_the_api_is_another_path(sim):
    """A wrong base URL is not answered, and is not counted as the right one."""
    for path in (b"/key", b"/api/key", b"/api/v1key", b"/api/v1"):
        answer = say(sim, b"GET %b HTTP/1.1" % path, b"Connection: close", b"", b"")
        assert b" 404 Not Found" in answer
    assert (sim.count("/key"), sim.count("/../../api/key"), sim.count()) == (0, 1, 4)


def test_a_proxy_is_asked_in_another_form(sim):
    """The simulator may stand in for one."""
    say(sim, b"GET http://example.invalid/api/v1/key HTTP/1.1", b"Connection: close", b"", b"")
    assert sim.requests[0].path == "/key"


def test_many_may_ask_at_once(sim):
    """Nobody is lost, in the log neither."""
    answers = []
    threads = [Thread(target=lambda: answers.append(status(sim))) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 50
    assert [request.status for request in sim.requests] == answers


def test_what_did_not_come_is_not_waited_for(sim):
    assert sim.wait("/key", timeout=0) is False


# start and close


def test_a_closed_simulator_refuses_and_can_come_back():
    """On the same port, with the same keys, account and log."""
    sim = Simulator("steady", clock=lambda: NOON)
    with sim:
        address, _ = sim.base_url, ask(sim)
    with pytest.raises(ConnectionRefusedError):
        ask(sim)
    with sim:
        assert (sim.base_url, status(sim), sim.count()) == (address, 200, 2)


def test_a_taken_port_is_an_error(sim):
    with pytest.raises(OSError, match=r"(?i)address"):
        Simulator(port=sim.port).start()


def test_two_simulators_have_different_keys(sim):
    with Simulator(clock=lambda: NOON) as other:
        assert not {*sim.keys, sim.management_key} & {*other.keys, other.management_key}
        assert status(other, "/key", "GET", sim.key) == 401
