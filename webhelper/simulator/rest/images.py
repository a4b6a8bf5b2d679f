"""GET image and PUT image (vendor pages IMG, PIMG)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import find_submission
from webhelper.simulator.rest.refusals import WRONG_QUERY, Refused, plain, with_message
from webhelper.simulator.sandbox.images import KINDS, media_type

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.submissions import Submission

_ID_NAMES: Final = frozenset({"submission_id", "submissionId"})
_FIELDS: Final = ("submissionId", "admin", "idType", *KINDS)


def get(call: Call) -> Reply:
    """Answer one picture (rows 4.1 and 4.2)."""
    call.doubt("image_name")
    name = call.dashboard.image_id_name
    if call.query.keys() & _ID_NAMES != {name}:
        raise plain("", WRONG_QUERY)
    kind = call.query["type"]
    found = find_submission(call, call.query[name])
    content = None if found is None else call.sandbox.images.get(found.id, kind)
    if content is None:
        call.doubt("image_missing")
        raise with_message("invalid_image", "The image does not exist.")
    return Reply(content, media_type(content) or "application/octet-stream")


def put(call: Call) -> Reply:
    """Keep pictures that came as base64 in text fields of a form (rows 4.3 to 4.5)."""
    call.doubt("image_event")
    call.ignore(*(f"{name} (a file, not a text field)" for name in call.files))
    call.ignore(*(name for name in call.fields if name not in _FIELDS))
    fields = {name: value for name, value in call.fields.items() if name in _FIELDS}
    found = _checked(call, fields)
    images = {kind: _image(fields[kind]) for kind in KINDS if kind in fields}
    if not images:
        raise with_message("invalid_data", "No image.")
    item = dict(found.item)
    item["image"] = item.get("image", {}) | {kind: f"{found.id}/{kind}" for kind in images}
    if "idType" in fields:
        item["data"] = {**found.data, "idType": fields["idType"]}
    for kind, content in images.items():
        call.sandbox.images.put(found.id, kind, content)
    call.sandbox.submissions.save(replace(found, item=item))
    return Reply({"message": "complete to update image."})


def _checked(call: Call, fields: dict[str, str]) -> Submission:
    if not fields:
        raise with_message("invalid_payload", "The payload is invalid.")
    if not fields.get("submissionId") or not fields.get("admin"):
        raise with_message("missing_data", "Required data is missing.")
    if not fields.get("idType") and fields.keys() & {"idImage", "idBackImage"}:
        raise with_message("missing_data", "idType is needed for an image of an ID.")
    if not call.is_admin(fields["admin"]):
        raise with_message("invalid_admin", "The admin is not registered in the project.")
    found = find_submission(call, fields["submissionId"])
    if found is None:
        raise with_message("invalid_submission", "The submission does not exist.")
    return found


def _image(text: str) -> bytes:
    refused: Refused = with_message("invalid_data", "An image must be jpg, jpeg or png, as base64.")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise refused from None
    if media_type(content) is None:
        raise refused
    return content


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/image",
        handle=get,
        refuse=with_message,
        names=frozenset({"type", *_ID_NAMES}),
        required=frozenset({"type"}),
        covered=False,
    ),
    Endpoint(
        method="PUT", path="/submission/image", handle=put, refuse=with_message, body="form", covered=False
    ),
)
