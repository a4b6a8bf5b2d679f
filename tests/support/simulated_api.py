"""A program that calls the simulated API of a sandbox, for tests."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from sandboxes import API_KEY, FACE_KEY, make_sandbox
from werkzeug.test import TestResponse

from liveform import Cbc, Ecb
from webhelper.simulator.rest import create_rest_blueprint
from webhelper.simulator.sandbox.request_log import Request
from webhelper.simulator.sandbox.sandbox import Sandbox


@dataclass
class Api:
    """A program with the API key of the project. It notes how long faults wait, instead of waiting."""

    sandbox: Sandbox
    key: str = API_KEY
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Mount the API at ``/v3``."""
        app = Flask("api")
        app.config["TESTING"] = True  # an error in a handler fails the test
        app.register_blueprint(create_rest_blueprint(self.sandbox, sleep=self.waits.append), url_prefix="/v3")
        self._client = app.test_client()

    def call(self, method: str, path: str, *, key: str | None = None, **request: Any) -> TestResponse:
        """Send a request, and return the answer; ``query`` are parameters, ``json`` is a body."""
        query = urlencode(request.pop("query", {}), quote_via=quote)
        headers = {"x-api-key": key or self.key} | request.pop("headers", {})
        address = f"/v3{path}?{query}" if query else f"/v3{path}"
        return self._client.open(address, method=method, headers=headers, **request)

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON of a successful GET."""
        answer = self.call("GET", path, query=query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def send(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """Return the JSON of a successful request with a JSON body."""
        answer = self._with_body(method, path, body, query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def refusal(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """Return the JSON of a refused request, with its status as ``_`` if that is not 400."""
        answer = self._with_body(method, path, body, query)
        assert answer.status_code != 200, answer.text
        status = {} if answer.status_code == 400 else {"_": answer.status_code}
        return answer.get_json() | status

    def _with_body(self, method: str, path: str, body: object, query: dict[str, str]) -> TestResponse:
        request: dict[str, Any] = {} if body is None else {"json": body}
        return self.call(method, path, query=query, **request)

    @property
    def logged(self) -> Request:
        """The newest request in the log."""
        return self.sandbox.requests.newest(limit=1)[0]

    def face(self) -> "Api":
        """Return a program with the FaceAuth key."""
        return Api(self.sandbox, FACE_KEY)


def make_api(**changes: Any) -> Api:
    """Return a program on a new sandbox; ``changes`` are settings of its dashboard."""
    return Api(make_sandbox(**changes))


def sealed(value: object) -> str:
    """Return JSON as a client encrypts it."""
    return Ecb(API_KEY).encrypt_text(json.dumps(value))


def opened(answer: TestResponse) -> Any:
    """Return the JSON of an encrypted answer."""
    body = answer.get_json()
    assert set(body) == {"data"}
    return json.loads(Cbc(API_KEY).decrypt_text(body["data"]))
