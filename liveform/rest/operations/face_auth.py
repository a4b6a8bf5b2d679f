"""Operations on face authentications, an add-on with a project and an API key of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from liveform.errors import FieldError
from liveform.rest.operation import FormPart, Operation
from liveform.rest.operations.answers import Acknowledgement, Reader
from liveform.rest.operations.arguments import (
    DATE,
    ID,
    TEXT,
    Member,
    Whole,
    check_days,
    form_extra,
    members_of,
    query_of,
)
from liveform.rest.operations.paging import PAGE_KEY_NAMES, PagedList, page_key
from liveform.rest.operations.pictures import checked_image, image_of
from liveform.rest.values.face_auth import FaceAuth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liveform.rest.operation import Answer, Page
    from liveform.rest.operations.arguments import Day
    from liveform.wire.json_object import JsonValue

T = TypeVar("T")

_PATH: Final = "/faceauth"
_CREATE: Final = {
    "submission_id": Member("submissionId", ID, required=True),
    "user_id": Member("userId", TEXT),
    "cf1": Member("cf1", TEXT),
    "cf2": Member("cf2", TEXT),
    "cf3": Member("cf3", TEXT),
}
_ONE: Final = {"auth_id": Member("authId", ID, required=True)}
_LIST: Final = {
    "start_date": Member("startDate", DATE),
    "end_date": Member("endDate", DATE),
    "page_size": Member("count", Whole(1, 2_000)),
}
_PAGE_KEY: Final = {"authId": "nextKey_id", "createTime": "nextKey_date"}
_FILE_NAMES: Final = {"image/jpeg": "face.jpg", "image/png": "face.png"}


def create(
    submission_id: str,
    face_image: bytes,
    *,
    user_id: str | None = None,
    cf1: str | None = None,
    cf2: str | None = None,
    cf3: str | None = None,
    extra: Mapping[str, str] | None = None,
) -> Operation[FaceAuth]:
    """Hold a face against the selfie of an approved submission: ``POST /faceauth`` (vendor page FAP).

    A rejection is a normal answer and no error: look at ``approved``. The vendor's guide shows a JSON body
    with ``userid`` and ``email``, which has no face in it. This sends a form with the image, as the
    reference's sample does. It is not repeated on its own, since each one is a new authentication.

    Args:
        submission_id: the submission, which must have a selfie.
        face_image: the bytes of a JPEG or PNG file.
        user_id: your own id of the user.
        cf1: a custom field.
        cf2: a custom field.
        cf3: a custom field.
        extra: more text fields, by the vendor's names.

    Raises:
        FieldError: a wrong argument.
        ConfigError: the client has no ``face_auth_key``.
        VendorError: the call failed.
    """
    fields = members_of(
        _CREATE,
        {"submission_id": submission_id, "user_id": user_id, "cf1": cf1, "cf2": cf2, "cf3": cf3},
        extra=form_extra(extra),
    )
    content, media_type = checked_image("face_image", face_image)
    image = FormPart("faceImage", content, filename=_FILE_NAMES[media_type], media_type=media_type)
    reader = Reader("face_auth.create", writes=True)
    return Operation(
        name=reader.call,
        method="POST",
        path=_PATH,
        form=(image, *(FormPart(name, text) for name, text in fields.items())),
        read=reader.value(FaceAuth),
        key="face_auth_key",
    )


def get(auth_id: str) -> Operation[FaceAuth]:
    """Read one face authentication: ``GET /faceauth`` (vendor page FAG).

    Raises:
        FieldError: an id that is not text.
        ConfigError: the client has no ``face_auth_key``.
        VendorError: the call failed. An empty list gives the code ``not_found`` and the status 200.
    """
    reader = Reader("face_auth.get")

    def read(answer: Answer) -> FaceAuth:
        found = _listed(answer.value, reader)
        if not found:
            raise reader.not_found("face authentication")
        if found[0].auth_id not in (None, auth_id):
            raise reader.unreadable("the answer is about another face authentication")
        return found[0]

    return _read_operation(reader.call, query_of(_ONE, {"auth_id": auth_id}), read)


def list_all(
    *, start_date: Day | None = None, end_date: Day | None = None, page_size: int | None = None
) -> Operation[Page[FaceAuth]]:
    """List face authentications, all or those of some days: ``GET /faceauth`` (vendor page FAG).

    Args:
        start_date: the first day, as ``datetime.date`` or YYYY-MM-DD; goes with ``end_date``.
        end_date: the last day; goes with ``start_date``.
        page_size: how many the vendor sends at once, from 1 to 2,000; 2,000 by default.

    Raises:
        FieldError: a wrong argument, or one day without the other.
        ConfigError: the client has no ``face_auth_key``.
        VendorError: a call failed, or the pages have no end (``unreadable``).
    """
    if (start_date is None) != (end_date is None):
        raise FieldError("start_date", "goes with end_date; give both or neither")
    query = query_of(_LIST, {"start_date": start_date, "end_date": end_date, "page_size": page_size})
    check_days(query.get("startDate"), query.get("endDate"))
    reader = Reader("face_auth.list")

    def make(key: Mapping[str, str], read: Callable[[Answer], Page[FaceAuth]]) -> Operation[Page[FaceAuth]]:
        return _read_operation(reader.call, {**query, **key}, read)

    def next_key(value: JsonValue) -> Mapping[str, str] | None:
        groups = value if isinstance(value, list) else [value]
        return next(filter(None, (page_key(group, _PAGE_KEY, reader) for group in groups)), None)

    return PagedList(make, lambda value: _listed(value, reader), next_key, reader).first()


def image(auth_id: str) -> Operation[bytes]:
    """Read the face image of a face authentication: ``GET /faceauth/image`` (vendor page FAI).

    Returns:
        The bytes of the file, which the vendor sends as base64 text.

    Raises:
        FieldError: an id that is not text.
        ConfigError: the client has no ``face_auth_key``.
        VendorError: the call failed.
    """
    reader = Reader("face_auth.image")

    def read(answer: Answer) -> bytes:
        content = image_of(answer.content)
        if content is None:
            raise reader.unreadable("the answer is no image")
        return content

    return Operation(
        name=reader.call,
        method="GET",
        path=f"{_PATH}/image",
        query=query_of(_ONE, {"auth_id": auth_id}),
        read=read,
        repeatable=True,
        key="face_auth_key",
        is_file=True,
    )


def delete(auth_id: str) -> Operation[Acknowledgement]:
    """Delete a face authentication: ``DELETE /faceauth`` (vendor page FAD).

    It is not repeated on its own, since the vendor refuses to delete what is gone, which reads as a failure.

    Raises:
        FieldError: an id that is not text.
        ConfigError: the client has no ``face_auth_key``.
        VendorError: the call failed.
    """
    reader = Reader("face_auth.delete", writes=True)
    return Operation(
        name=reader.call,
        method="DELETE",
        path=_PATH,
        query=query_of(_ONE, {"auth_id": auth_id}),
        read=reader.acknowledgement,
        key="face_auth_key",
    )


def _read_operation(name: str, query: Mapping[str, str], read: Callable[[Answer], T]) -> Operation[T]:
    return Operation(
        name=name, method="GET", path=_PATH, query=query, read=read, repeatable=True, key="face_auth_key"
    )


def _listed(value: JsonValue, reader: Reader) -> tuple[FaceAuth, ...]:
    """The rows of both answers: groups, one a project, with their rows in ``data``, or the bare rows."""
    rows: list[Mapping[str, Any]] = []
    for group in reader.rows([value] if isinstance(value, dict) else value):
        if "data" in group:
            rows += reader.rows(group, "data")
        elif group.keys().isdisjoint(PAGE_KEY_NAMES):
            rows.append(group)
    return tuple(map(FaceAuth.read, rows))
