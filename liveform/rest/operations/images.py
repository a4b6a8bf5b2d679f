"""Operations on the images of a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict

from liveform.errors import FieldError, shown
from liveform.rest.dialect import USUAL, Dialect
from liveform.rest.operation import FormPart, Operation
from liveform.rest.operations.answers import Acknowledgement, Reader
from liveform.rest.operations.arguments import ADMIN, ID, TEXT, Member, OneOf, form_extra, meant, members_of
from liveform.rest.operations.pictures import base64_text, checked_image

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from liveform.rest.operation import Answer

ImageKind: TypeAlias = Literal["id_image", "id_back_image", "selfie_image", "address_image"]

_KINDS: Final = {
    "id_image": "idImage",
    "id_back_image": "idBackImage",
    "selfie_image": "selfieImage",
    "address_image": "addressImage",
}
_KIND: Final = OneOf(*_KINDS)
_PUT: Final = {
    "submission_id": Member("submissionId", ID, required=True),
    "admin": ADMIN,
    "id_type": Member("idType", TEXT),
}


class Images(TypedDict, total=False):
    """The images that ``images.put`` takes: the bytes of JPEG or PNG files."""

    id_image: bytes
    id_back_image: bytes
    selfie_image: bytes
    address_image: bytes


def get(submission_id: str, kind: ImageKind, *, dialect: Dialect = USUAL) -> Operation[bytes]:
    """Read one image of a submission: ``GET /image`` (vendor page IMG).

    Args:
        submission_id: the vendor's id.
        kind: ``id_image``, ``id_back_image``, ``selfie_image`` or ``address_image``.
        dialect: what the vendor calls the submission id here, since its page has two names; a client fills
            it in.

    Returns:
        The bytes of the file. The vendor does not document its format.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed, also when there is no such image.
    """
    reader = Reader("images.get")

    def read(answer: Answer) -> bytes:
        if not answer.content or answer.media_type == "application/json":
            raise reader.unreadable("the answer is not a file")
        return answer.content

    return Operation(
        name=reader.call,
        method="GET",
        path="/image",
        query={
            dialect.image_id: ID.check("submission_id", submission_id),
            "type": _KINDS[_KIND.check("kind", kind)],
        },
        read=read,
        repeatable=True,
        is_file=True,
    )


def put(
    submission_id: str,
    *,
    admin: str,
    id_type: str | None = None,
    extra: Mapping[str, str] | None = None,
    **images: Unpack[Images],
) -> Operation[Acknowledgement]:
    """Add or replace images of a submission: ``PUT /submission/image`` (vendor page PIMG).

    The images are sent as base64 text in a form, as the page wants. It is sent again after a failure, since
    the same images replace themselves.

    Args:
        submission_id: the vendor's id.
        admin: the e-mail of an administrator of the project.
        id_type: needed with ``id_image`` and ``id_back_image``, such as ``passport``; an open set.
        extra: more text fields, by the vendor's names.
        images: at least one; see ``Images``. The vendor documents no limit of their size.

    Raises:
        FieldError: a wrong argument, or a file that is neither JPEG nor PNG.
        VendorError: the call failed.
    """
    fields = members_of(
        _PUT, {"submission_id": submission_id, "admin": admin, "id_type": id_type}, extra=form_extra(extra)
    )
    encoded = {name: _encoded(name, content) for name, content in images.items() if content is not None}
    if not encoded:
        raise FieldError("images", f"give at least one of {', '.join(_KINDS)}")
    if id_type is None and not encoded.keys().isdisjoint(("id_image", "id_back_image")):
        raise FieldError("id_type", "is required with id_image and id_back_image")
    fields.update({_KINDS[name]: text for name, text in encoded.items()})
    reader = Reader("images.put", writes=True)
    return Operation(
        name=reader.call,
        method="PUT",
        path="/submission/image",
        form=tuple(FormPart(name, text) for name, text in fields.items()),
        read=reader.acknowledgement,
        repeatable=True,
    )


def _encoded(name: str, content: object) -> str:
    if name not in _KINDS:
        raise FieldError(shown(name), f"is not known; allowed are {', '.join(_KINDS)}{meant(name, _KINDS)}")
    return base64_text(checked_image(name, content)[0])
