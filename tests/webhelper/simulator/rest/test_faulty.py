"""These tests check the faults that answers meet."""

import socket

import pytest
from simulated_api import Api

from webhelper.simulator.sandbox.faults import Fault

TOKENS = {"tokenId": ["token-0001"]}


def register(api: Api) -> None:
    """Register one token id, whatever comes of it."""
    api.call("POST", "/submission/tokens", json=TOKENS)


def count(api: Api) -> int:
    """Return how many token ids are registered."""
    return api.sandbox.token_ids.count("abc123de45")


def test_status_is_answered_instead(api: Api) -> None:
    """A status fault answers with its status, and nothing is done; the next request is as always."""
    api.sandbox.faults.add(Fault(where="rest", kind="status", status=502, retry_after="3"))
    answer = api.call("POST", "/submission/tokens", json=TOKENS)
    assert (answer.status_code, answer.headers["Retry-After"], count(api)) == (502, "3", 0)
    logged = api.logged
    assert (logged.fault, logged.status, logged.pid) == ("status", None, "abc123de45")
    assert logged.answer == b""
    assert api.call("POST", "/submission/tokens", json=TOKENS).status_code == 200


def test_fault_may_come_after_the_request_was_done(api: Api) -> None:
    """With ``after``, the request is done although its answer says otherwise."""
    api.sandbox.faults.add(Fault(where="rest", kind="status", after=True))
    answer = api.call("POST", "/submission/tokens", json=TOKENS)
    assert (answer.status_code, count(api)) == (503, 1)
    assert "Retry-After" not in answer.headers
    assert (api.logged.fault, api.logged.status) == ("status", 200)


def test_reset_breaks_the_connection_without_an_answer(api: Api) -> None:
    """A WSGI server closes the connection at this error."""
    api.sandbox.faults.add(Fault(where="rest", kind="reset"))
    with pytest.raises(ConnectionResetError):
        register(api)
    assert (count(api), api.waits) == (0, [0])


def test_connection_of_werkzeugs_server_is_closed(api: Api) -> None:
    """Werkzeug's server would keep the connection open, so that the client would wait on."""
    ours, clients = socket.socketpair()
    for _ in range(2):  # the second time, it is closed already
        api.sandbox.faults.add(Fault(where="rest", kind="reset"))
        with pytest.raises(ConnectionResetError):
            api.call("GET", "/submission", environ_overrides={"werkzeug.socket": ours})
        assert clients.recv(1) == b""
        ours.close()
    clients.close()


def test_timeout_waits_and_answers_nothing(api: Api) -> None:
    """A timeout lets the client wait, and ends without an answer; with ``after``, the request is done."""
    api.sandbox.faults.add(Fault(where="rest", kind="timeout", seconds=7, after=True))
    with pytest.raises(ConnectionResetError):
        register(api)
    assert (count(api), api.waits) == (1, [7])
    assert (api.logged.fault, api.logged.status) == ("timeout", None)


def test_half_a_body_ends_in_the_middle(api: Api) -> None:
    """The answer announces its whole length, and breaks after the half."""
    api.sandbox.faults.add(Fault(where="rest", kind="half_body"))
    answer = api.call("POST", "/submission/tokens", json=TOKENS)
    with pytest.raises(ConnectionResetError):
        answer.get_data()
    assert count(api) == 1


def test_half_a_body_has_the_length_of_the_whole(api: Api) -> None:
    """The length in the header is that of the right answer."""
    whole = api.call("GET", "/submission")
    api.sandbox.faults.add(Fault(where="rest", kind="half_body"))
    broken = api.call("GET", "/submission", buffered=False)
    assert broken.headers["Content-Length"] == str(len(whole.data))
    assert next(broken.iter_encoded()) == whole.data[: len(whole.data) // 2]


def test_wrong_json_cannot_be_parsed(api: Api) -> None:
    """The answer says JSON and is none; the request is done."""
    api.sandbox.faults.add(Fault(where="rest", kind="wrong_json"))
    answer = api.call("POST", "/submission/tokens", json=TOKENS)
    assert (answer.status_code, answer.mimetype, count(api)) == (200, "application/json", 1)
    assert answer.get_json(silent=True) is None


def test_slow_answer_comes_in_pieces(api: Api) -> None:
    """The right answer comes in pieces within the time."""
    whole = api.call("GET", "/submission").data
    api.sandbox.faults.add(Fault(where="rest", kind="slow", seconds=20))
    assert api.call("GET", "/submission").data == whole
    assert len(api.waits) > 5
    assert sum(api.waits) <= 20


def test_redirect_leads_elsewhere(api: Api) -> None:
    """A redirect leads to another host, with the path."""
    api.sandbox.faults.add(Fault(where="rest", kind="redirect", path="/image"))
    assert api.call("GET", "/submission").status_code == 200
    answer = api.call("GET", "/image")
    assert (answer.status_code, answer.location) == (307, "https://elsewhere.example.com/image")


def test_fault_of_events_changes_no_answer(api: Api) -> None:
    """A kind that only events have, which an older file may hold, leaves an answer as it is."""
    with api.sandbox.database.writing() as sql:
        fault = '{"where": "rest", "kind": "duplicate", "after": true}'
        sql.execute("INSERT INTO faults (fault) VALUES (?)", (fault,))
    assert api.call("GET", "/submission").get_json() == {"Items": []}
