"""These tests check what every request goes through: key, address, limits, routes and the log."""

from dataclasses import asdict

import pytest
from sandboxes import API_KEY, PID, StillClock, make_sandbox, submitted
from simulated_api import Api, make_api

from webhelper.simulator import rest
from webhelper.simulator.rest.calls import Call, Notes, Reply
from webhelper.simulator.rest.inputs import Input
from webhelper.simulator.rest.messages import Incoming, Outgoing
from webhelper.simulator.sandbox.dashboard import Limits

FORBIDDEN = {"message": "Forbidden", "_": 403}
DENIED = {"message": "User is not authorized to access this resource with an explicit deny", "_": 403}


@pytest.mark.parametrize("key", ["", "wrong", API_KEY.lower(), API_KEY + " x", "\u00e9"])
def test_wrong_key_is_forbidden(api: Api, key: str) -> None:
    """A missing or wrong key is answered with 403 and Forbidden (row 1.4)."""
    answer = api.call("GET", "/submission", headers={"x-api-key": key})
    assert (answer.status_code, answer.get_json()) == (403, {"message": "Forbidden"})
    assert api.logged.pid is None


def test_key_of_face_auth_opens_face_auth_alone(api: Api) -> None:
    """FaceAuth has a key of its own; neither key opens the other's endpoints (row 1.1)."""
    assert api.face().refusal("GET", "/submission") == FORBIDDEN
    assert api.logged.doubts == ("face_auth_key",)
    assert api.refusal("GET", "/faceauth", authId="x") == FORBIDDEN
    assert api.face().get("/faceauth", authId="x")


def test_project_without_face_auth_has_one_key() -> None:
    """Without the add-on, only the project's key opens anything."""
    api = make_api(face_auth_pid=None, face_auth_key=None)
    assert api.get("/submission") == {"Items": []}
    assert api.face().refusal("GET", "/faceauth") == FORBIDDEN
    assert api.refusal("GET", "/faceauth") == FORBIDDEN


@pytest.mark.parametrize(
    ("allowed", "passes"),
    [
        ((), True),
        (("127.0.0.1",), True),
        (("10.0.0.0/8", "127.0.0.0/8"), True),
        (("10.0.0.0/8",), False),
        (("::1",), False),
    ],
)
def test_address_has_to_be_on_the_list(allowed: tuple[str, ...], passes: bool) -> None:
    """An address that is not on the list is answered with the other 403 (row 1.4)."""
    api = make_api(ip_api=allowed)
    if passes:
        api.get("/submission")
    else:
        assert api.refusal("GET", "/submission") == DENIED


def test_client_without_an_address_is_on_no_list() -> None:
    """A client behind a Unix socket has no address."""
    answer = make_api(ip_api=("127.0.0.1",)).call("GET", "/submission", environ_base={"REMOTE_ADDR": ""})
    assert answer.status_code == 403


def test_too_many_requests_are_refused() -> None:
    """A request over the limit is answered with 429, which is a guess (row 1.6); the next second is open."""
    clock = StillClock()
    api = Api(make_sandbox(clock=clock, limits=Limits(per_second=2, retry_after="7")))
    for _ in range(2):
        api.get("/submission")
    answer = api.call("GET", "/submission")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert api.logged.doubts == ("throttling",)
    clock.turn(seconds=1)
    api.get("/submission")


def test_retry_after_is_left_out_unless_set() -> None:
    """Without a setting, a 429 says nothing about when to come again."""
    answer = make_api(limits=Limits(per_day=0)).call("GET", "/submission")
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers


def test_too_large_body_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body above the limit is answered with 413, and not kept."""
    monkeypatch.setattr(rest, "MAX_BODY", 1000)
    body = b"x" * 1000
    assert api.call("POST", "/submission/tokens", data=body).status_code == 400
    answer = api.call("POST", "/submission/tokens", data=body + b"x")
    assert (answer.status_code, answer.get_json()) == (413, {"message": "Request Too Long"})
    assert (api.logged.body, api.logged.doubts) == (b"", ("too_large",))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/submission/"),
        ("POST", "/submission"),
        ("PUT", "/submission/tokens"),
        ("GET", "/projection/"),
        ("POST", "/submission/aml/monitor/a/b/c"),
    ],
)
def test_unknown_route_is_refused(api: Api, method: str, path: str) -> None:
    """A path or a method that no endpoint has is answered as AWS does."""
    assert api.refusal(method, path) == {"message": "Missing Authentication Token", "_": 403}
    assert api.logged.doubts == ("unknown_route",)


def test_request_is_logged_as_it_came(api: Api) -> None:
    """The log has the request with its query and body, and neither key nor cookie."""
    headers = {"Cookie": "a=b", "Authorization": "Bearer x", "X-Own": "1"}
    api.call("POST", "/submission/tokens", data=b'{"tokenId":["token-0001"],"more":1}', headers=headers)
    logged = api.logged
    assert (logged.method, logged.path, logged.query) == ("POST", "/submission/tokens", "")
    assert logged.body == b'{"tokenId":["token-0001"],"more":1}'
    assert not {"x-api-key", "cookie", "authorization"} & set(logged.headers)
    assert logged.headers["x-own"] == "1"
    assert (logged.pid, logged.status, logged.fault) == (PID, 200, None)
    assert logged.ignored == ("more",)
    assert b"success" in logged.answer
    assert API_KEY not in str(asdict(logged))


def test_time_passes_before_a_request_is_done(api: Api) -> None:
    """Token ids whose time has come are expired when a request looks at them."""
    api.sandbox.token_ids.register(PID, ["token-0001"], at="2026-04-01", expires_at="2026-04-02")
    assert api.get("/submission/tokens", tokenId="token-0001")["data"]["expired"] is True


def test_settings_can_change_between_requests(api: Api) -> None:
    """A request is answered by the settings of its time."""
    from sandboxes import make_dashboard

    submitted(api.sandbox)
    api.sandbox.configure(make_dashboard(ip_api=("10.0.0.1",)))
    assert api.refusal("GET", "/submission") == DENIED


@pytest.mark.parametrize("passing", [Call, Incoming, Input, Notes, Outgoing, Reply])
def test_class_of_a_request_has_no_repr_of_its_own(passing: type) -> None:
    """A class that holds a key or personal data shows nothing but its name."""
    assert "__repr__" not in vars(passing)
