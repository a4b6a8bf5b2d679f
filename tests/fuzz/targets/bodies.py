"""Targets that read bodies: webhooks, answers of the REST API, requests to the web helper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import httpx2
from hypothesis import strategies as st
from sites import HOLDER, NOW, RETURN_HOST, projects
from sites import KEY as SECRET
from webhook_samples import SAMPLES

from liveform import Project
from liveform.rest import Client
from liveform.rest.operations import (
    aml,
    face_auth,
    images,
    project_settings,
    projections,
    submissions,
    tokens,
)
from liveform.rest.sending.limits import Limits
from liveform.webhooks import read_event
from tests.fuzz.target import KEY, Target
from tests.fuzz.targets.texts import chosen, json_values, objects_with, with_choice
from webhelper.api.parsing import read_json
from webhelper.api.schemas import ResultBody, ReturnBody
from webhelper.confirmation import inbox
from webhelper.links.form_url import FormUrls
from webhelper.links.link_request import LinkRequest
from webhelper.links.next_urls import NextUrls
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.validation import checked_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveform.rest.operation import Operation

_PLAIN: Final = Project("abc123de45")
_ENCRYPTING: Final = Project("abc123de45", api_key=KEY, secure_data_transfer=True)
_MODE: Final = _ENCRYPTING.transfer._answers[0]  # type: ignore[union-attr]  # it has one
_FORM_URLS: Final = FormUrls(projects(), VisitStates([SECRET], lambda: NOW), "cf3")
_NEXT_URLS: Final = NextUrls([RETURN_HOST], ["myapp"])


def _event(data: bytes) -> None:
    """An event that can be read can be kept, too."""
    event = read_event(data, _PLAIN)
    repr(event)
    _ = event.outcome, event.explanations
    inbox._new_event("shop", event)


def _encrypted_event(data: bytes) -> None:
    read_event(data, _ENCRYPTING)


def _event_in_envelope(data: bytes) -> None:
    """An event inside an envelope is read as one outside of it."""
    read_event(json.dumps({"data": _MODE.encrypt(data).hex()}), _ENCRYPTING)


def _request(data: bytes) -> None:
    request = read_json(data, LinkRequest)
    checked_spec(request, by=HOLDER, now=NOW, form_urls=_FORM_URLS, next_urls=_NEXT_URLS)


def _reader_of(kind: type[Any]) -> Callable[[bytes], object]:
    return lambda data: read_json(data, kind)


OPERATIONS: Final[tuple[Operation[Any], ...]] = (
    submissions.get("kz3m1x9q2w8ab"),
    submissions.list_all(),
    submissions.by_applicant("applicant-1"),
    images.get("kz3m1x9q2w8ab", "id_image"),
    tokens.get("token-0001"),
    tokens.list_all(),
    tokens.count(),
    face_auth.get("auth-1"),
    face_auth.list_all(),
    face_auth.image("auth-1"),
    aml.report("resource-1"),
    aml.monitor_get("worklist-1", "record-1"),
    projections.list_all(),
    projections.get("projection-1"),
    project_settings.settings(),
)
_STATUSES: Final = (200, 201, 204, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 599)
_TYPES: Final = ("application/json", "", "text/html", "text/plain", "image/jpeg", "application/problem+json")
_ENCODINGS: Final = ("", "gzip", "identity", "br")
_HEAD_BYTES: Final = 4  # operation, status, media type, encoding


class _Vendor:
    """The transport of a client; it gives the answer that an input describes."""

    answer = httpx2.Response(200)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        return self.answer


_VENDOR: Final = _Vendor()
_CLIENT: Final = Client(
    KEY,
    face_auth_key=KEY,
    secure_data_transfer=True,
    max_retries=0,
    limits=Limits(per_second=None, per_day=None),
    transport=httpx2.MockTransport(_VENDOR),
)


def _rest(data: bytes) -> None:
    head, body = data[:_HEAD_BYTES].ljust(_HEAD_BYTES, b"\0"), data[_HEAD_BYTES:]
    operation, status, media_type, encoding = (
        OPERATIONS[head[0] % len(OPERATIONS)],
        _STATUSES[head[1] % len(_STATUSES)],
        _TYPES[head[2] % len(_TYPES)],
        _ENCODINGS[head[3] % len(_ENCODINGS)],
    )
    headers = {"content-type": media_type, "content-encoding": encoding, "retry-after": str(head[3])}
    _VENDOR.answer = httpx2.Response(
        status, headers={name: text for name, text in headers.items() if text}, stream=httpx2.ByteStream(body)
    )
    repr(_CLIENT.send(operation))


_ANSWER: Final = {
    "Items": [{"submission_id": "kz3m1x9q2w8ab", "kycStatus": "approved", "userid": "u", "data": {"a": [1]}}],
    "LastEvaluatedKey": {"id": "a", "created_at": "2026-06-24T01:02:03.456Z"},
    "tokens": [{"tokenId": "token-0001", "usageLimit": 1}],
    "count": 7,
    "authId": "auth-1",
    "projections": [{"name": "n"}],
    "code": "token_not_found",
    "message": "no",
    "settings": {"returnUrl": {"url": "https://shop.example.com"}},
}
_NAMES: Final = [*_ANSWER, "items", "data", "result", "error", "errorCode", "status", "submission", "kyc"]
_HEADS: Final = st.tuples(
    *(st.integers(0, len(choices) - 1) for choices in (OPERATIONS, _STATUSES, _TYPES, _ENCODINGS))
).map(bytes)
_EVENT_NAMES: Final = sorted({name for sample in SAMPLES.values() for name in sample})
_REQUEST: Final = {
    "pipeline": "id_document",
    "project": "shop",
    "fields": {"userid": "user_1", "email": "jane@example.com", "cf1": "x"},
    "expires_in": 60,
    "max_uses": None,
    "label": "till 17",
    "unique_userid": "till-",
    "next": "https://app.example.com/done?x=1",
    "note": "a\nb",
}


def _samples(place: int) -> tuple[bytes, ...]:
    return tuple(
        bytes([place]) + json.dumps({"webhook_trigger": trigger, **sample}).encode()
        for trigger, sample in SAMPLES.items()
    )


def _events() -> st.SearchStrategy[bytes]:
    """Return a strategy of events of every trigger, with members of every event."""
    members = st.dictionaries(st.sampled_from(_EVENT_NAMES) | st.text(max_size=8), json_values, max_size=8)
    event = st.tuples(st.sampled_from(sorted(SAMPLES)), members)
    return event.map(lambda drawn: json.dumps({"webhook_trigger": drawn[0], **drawn[1]}).encode())


def _answers() -> st.SearchStrategy[bytes]:
    bodies = objects_with(_NAMES) | json_values.map(lambda value: json.dumps(value).encode())
    return st.tuples(_HEADS, bodies).map(b"".join)


TARGETS: Final = (
    Target(
        "webhooks",
        lambda data: chosen(data, _event, _encrypted_event, _event_in_envelope),
        (*_samples(0), *_samples(2), b'\x01{"data":"00"}'),
        with_choice(_events(), objects_with(["data", "isEncrypted", "webhook_trigger"]), _events()),
        16_384,
    ),
    Target(
        "rest",
        _rest,
        (
            *tuple(
                bytes([place, 0, 0, 0]) + json.dumps(_ANSWER).encode() for place in range(len(OPERATIONS))
            ),
            b"\x00\x04\x00\x00" + json.dumps({"code": "x", "message": "no"}).encode(),
            b"\x0b\x00\x00\x01\x1f\x8b",
        ),
        _answers(),
        16_384,
    ),
    Target(
        "requests",
        lambda data: chosen(data, _request, *(_reader_of(kind) for kind in (ReturnBody, ResultBody))),
        (
            b"\0" + json.dumps(_REQUEST).encode(),
            b'\1{"project":"shop","query":"?errorCode=TK-10001"}',
            b'\2{"code":"a.b.c"}',
        ),
        with_choice(objects_with([*_REQUEST]), objects_with(["query", "encrypted"]), objects_with(["code"])),
        16_384,
    ),
)
