"""These tests send whatever may come to every endpoint: an answer comes, and it is no failure of ours."""

import json
import string
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandboxes import ADMIN, close_sandboxes, submitted
from simulated_api import Api, make_api, sealed

from webhelper.simulator.rest.calls import Endpoint
from webhelper.simulator.rest.routes import ENDPOINTS

NAMES = [
    *("submissionId", "admin", "data", "status", "rejectComment", "updateFields", "tokenId", "amlThreshold"),
    *("submissionIds", "recordIds", "name", "mode", "fields", "email", "fullName", "birthDate", "kycStatus"),
    *("gender", "nationality", "idType", "faceImage", "idImage", "userId", "cf1", "userid"),
]
SUBMISSION = "04d48glyr3jh1"  # the first id of every sandbox
TEXTS = st.one_of(
    st.sampled_from([SUBMISSION, ADMIN, "approved", "rejected", "exclude", "2026-05-01", "KOR", "data", ""]),
    st.text(max_size=70),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
DOCUMENTED_500 = "all_submissions_failed"
LETTERS = st.text(string.ascii_letters + "-_~.", min_size=1, max_size=20)
SETTINGS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def path_of(endpoint: Endpoint, name: str) -> str:
    """Return the path of an endpoint, with one value for its names."""
    path = endpoint.path.replace("{worklistId}", "worklist01")
    return path.replace("{recordId}", name).replace("{id}", name)


def check(api: Api, endpoint: Endpoint, name: str, **request: Any) -> None:
    """Send a request to a sandbox with one submission, and check that an answer comes."""
    assert submitted(api.sandbox, "pending") == SUBMISSION
    method = "GET" if endpoint.method == "*" else endpoint.method
    key = api.face().key if endpoint.keys == "face_auth" else None
    answer = api.call(method, path_of(endpoint, name), key=key, **request)
    assert answer.status_code < 500 or DOCUMENTED_500 in answer.text
    close_sandboxes()


@SETTINGS
@given(
    endpoint=st.sampled_from(ENDPOINTS),
    name=LETTERS,
    body=st.binary(max_size=200),
    query=st.dictionaries(TEXTS, TEXTS, max_size=4),
)
def test_any_bytes_get_an_answer(endpoint: Endpoint, name: str, body: bytes, query: dict[str, str]) -> None:
    """Any body and any query get an answer."""
    query = {key.encode(errors="replace").decode(): value for key, value in query.items()}
    safe = {key: value.encode(errors="replace").decode() for key, value in query.items()}
    check(make_api(), endpoint, name, data=body, query=safe)


@SETTINGS
@given(endpoint=st.sampled_from(ENDPOINTS), name=LETTERS, body=OBJECTS, data=st.data())
def test_any_members_get_an_answer(
    endpoint: Endpoint, name: str, body: dict[str, object], data: st.DataObject
) -> None:
    """The right names with any values get an answer, plain and encrypted."""
    names = sorted(endpoint.names)
    strategy = st.dictionaries(st.sampled_from(names), TEXTS, max_size=4) if names else st.just({})
    query = data.draw(strategy)
    text = json.dumps(body)
    check(make_api(), endpoint, name, data=text, query=query)
    secure = make_api(secure_data_transfer=True)
    check(secure, endpoint, name, data=sealed(body), query={"data": sealed(query)} if query else {})


@SETTINGS
@given(fields=st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=6))
def test_any_fields_of_a_form_get_an_answer(fields: dict[str, str]) -> None:
    """Any texts in a form get an answer."""
    for endpoint in ENDPOINTS:
        if endpoint.body == "form":
            safe = {name: value.encode(errors="replace").decode() for name, value in fields.items()}
            check(make_api(), endpoint, "x", data=safe, content_type="multipart/form-data")
