"""Bytes to requests and answers to bytes: whatever the pieces, whatever is in them."""

import contextlib
import json
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opencredits import wire
from opencredits.errors import CreditsError, NotARequest, NotJson

IDS = st.none() | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
# Few letters, so that line ends and lines that are too long are frequent.
STREAMS = st.lists(st.sampled_from([b"\n", b"\r", b"a", b"\xff", b"abcdef"])).map(b"".join)


def lines(*pieces, most=10):
    """What comes out of these pieces."""
    found = wire.Lines(most)
    return [line for piece in pieces for line in found.feed(piece)]


def line(**fields):
    """A line of JSON-RPC."""
    return json.dumps({"jsonrpc": "2.0", **fields}).encode()


def split(data, cuts):
    """The same bytes in several pieces, some of them empty."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(edges)]


class TestLines:
    """Pieces to lines."""

    @given(STREAMS, st.lists(st.integers(0, 1000)))
    def test_any_split_gives_the_same_lines(self, stream, cuts):
        assert lines(*split(stream, cuts)) == lines(stream)

    @given(STREAMS)
    def test_lines_are_what_stands_between_line_feeds(self, stream):
        """None for each that is too long; what has no end yet is no line."""
        whole = stream.split(b"\n")[:-1]
        assert lines(stream) == [each if len(each) <= 10 else None for each in whole]

    def test_a_line_may_have_exactly_so_many_bytes(self):
        assert lines(b"0123456789\n", b"0123456789a\n") == [b"0123456789", None]

    def test_what_is_too_long_is_not_kept(self):
        """A line without an end takes no memory."""
        found = wire.Lines(10)
        assert [*found.feed(b"x" * 100), *found.feed(b"y" * 100)] == []
        assert len(found._begun) == 0
        assert [*found.feed(b"\nnext\n")] == [None, b"next"]


class TestParse:
    """A line to a value."""

    @given(VALUES)
    def test_any_json_is_read(self, value):
        assert wire.parse(json.dumps(value).encode()) == value

    @given(VALUES)
    def test_unescaped_unicode_is_read(self, value):
        try:
            data = json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # half a surrogate has no UTF-8
            data = json.dumps(value).encode()
        assert wire.parse(data + b"\r") == value

    @given(st.binary())
    @example(b"\xef\xbb\xbf{}")
    def test_any_bytes_are_a_value_or_no_json(self, data):
        with contextlib.suppress(NotJson):
            wire.parse(data)

    @pytest.mark.parametrize(
        "data",
        [
            *(
                b"",
                b"{",
                b"[1,]",
                b"{} {}",
                b"\xff",
                b'"\xed\xa0\x80"',
                b"\xef\xbb\xbf{}",
                "{}".encode("utf-16"),
            ),
            *(b"NaN", b"-Infinity", b"[Infinity]", b"1e999", b"-1e999", b'{"id": 1e400}', b"9" * 5000),
            *(b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000),
        ],
        ids=lambda data: repr(data[:12]),
    )
    def test_what_is_no_json_is_refused(self, data):
        """Also where Python would read it."""
        with pytest.raises(NotJson):
            wire.parse(data)


class TestRequest:
    """A value to a request."""

    @given(st.text(), st.dictionaries(st.text(), VALUES), IDS)
    def test_all_its_parts_arrive(self, method, params, id):
        found = wire.request(wire.parse(line(method=method, params=params, id=id)))
        assert (found.method, found.params, found.id) == (method, params, id)
        assert found.expects_answer

    def test_without_an_id_nobody_waits(self):
        """An id of null is an id."""
        assert not wire.request(wire.parse(line(method="a"))).expects_answer
        assert wire.request(wire.parse(line(method="a", id=None))).expects_answer

    @given(VALUES)
    def test_any_value_is_a_request_or_none(self, value):
        with contextlib.suppress(NotARequest):
            wire.request(value)

    @pytest.mark.parametrize(
        "value",
        [
            *(None, True, 1, "status", [], [{"jsonrpc": "2.0", "id": 1, "method": "status"}], {}),
            *({"jsonrpc": "2.0"}, {"jsonrpc": "2.0", "id": 1, "result": None}, {"id": 1, "method": "status"}),
            *({"jsonrpc": version, "id": 1, "method": "status"} for version in (None, 2, 2.0, "1.0", "2.00")),
            *({"jsonrpc": "2.0", "id": 1, "method": method} for method in (None, 1, [], {}, True)),
            *({"jsonrpc": "2.0", "id": id, "method": "status"} for id in (True, False, [], {})),
            *({"jsonrpc": "2.0", "method": "status", "params": params} for params in (None, 1, "a", True)),
        ],
        ids=repr,
    )
    def test_what_is_no_request_is_refused(self, value):
        with pytest.raises(NotARequest):
            wire.request(value)

    @given(VALUES)
    def test_the_id_of_what_is_no_request_is_found_where_there_is_one(self, value):
        """By it the refusal is answered."""
        found = wire.id_of({"id": value})
        is_scalar = isinstance(value, str | int | float) and not isinstance(value, bool)
        assert found == (value if is_scalar else None)
        assert wire.id_of([{"id": value}]) is None


class TestAnswers:
    """Answers to lines."""

    @given(IDS, VALUES)
    @example("\ud800", "\ud800\n")
    def test_each_is_one_line_that_says_it_all(self, id, value):
        for data, said in (
            (wire.answer(id, value), {"id": id, "result": value}),
            (wire.notification("a", {"b": value}), {"method": "a", "params": {"b": value}}),
        ):
            (text,) = lines(data, most=len(data))
            assert json.loads(text) == {"jsonrpc": "2.0", **said}

    def test_an_error_has_its_number_what_happened_and_what_to_do(self):
        error = CreditsError("It broke.", action="Mend it.", kind="broken")
        assert json.loads(wire.refusal(7, error)) == {
            "jsonrpc": "2.0",
            "id": 7,
            "error": {
                "code": CreditsError.code,
                "message": "It broke.",
                "data": {"kind": "broken", "action": "Mend it."},
            },
        }
