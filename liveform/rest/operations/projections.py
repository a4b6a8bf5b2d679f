"""Operations on projections, which leave members out of webhooks and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from liveform.parameters.values import Text
from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Acknowledgement, Reader
from liveform.rest.operations.arguments import Member, OneOf, members_of, names_of, path_segment
from liveform.vendor_values import VendorValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveform.rest.operation import Answer

# vendor-api row 7.6, vendor page PRJP; the last three of the Knowledge pipeline alone
FIELDS: Final = (
    "first_name",
    "last_name",
    "full_name",
    "gender",
    "nationality",
    "date_of_birth",
    "ip_address",
    "idType",
    "idcard_issuingCountry",
    "idcard_issueDate",
    "idcard_expireDate",
    "identityNumber",
    "documentNumber",
    "address_city",
    "address_country",
    "address_state",
    "address_street",
    "address_street2",
    "address_zipcode",
    "address_globalCode",
    "address_compoundCode",
    "address_formatted",
    "address_input",
    "address_detail",
    "cf1",
    "cf2",
    "cf3",
    "age_group",
    "ssnNumber",
    "phoneNumber",
)
_CREATE: Final = {
    "name": Member("name", Text("lower-case letters, digits and _", pattern=r"[a-z0-9_]+"), required=True),
    "mode": Member("mode", OneOf("exclude"), required=True),
}


class Projection(VendorValue, frozen=True, kw_only=True):
    """A projection (vendor page PRJG).

    Attributes:
        projection_id: the vendor's id, which a Liveform URL takes.
        name: lower-case letters, digits and ``_``.
        mode: ``exclude``.
        fields: the members that it leaves out.
        created_at: ISO 8601 with milliseconds, as the vendor wrote it.
    """

    projection_id: str | None = None
    name: str | None = None
    mode: str | None = None
    fields: tuple[str, ...] = ()
    created_at: str | None = None

    shown: ClassVar[tuple[str, ...]] = ("projection_id", "name", "mode", "fields", "created_at")


def create(
    name: str, *, fields: str | Iterable[str], mode: str = "exclude", allow_unknown: bool = False
) -> Operation[Projection]:
    """Create a projection: ``POST /projection`` (vendor page PRJP). A project can have ten.

    It hides members of submissions that are made with it in the form. It is not repeated on its own, since a
    second one would be created.

    Args:
        name: lower-case letters, digits and ``_``.
        fields: what to leave out; names out of ``FIELDS``.
        mode: ``exclude``, the only one.
        allow_unknown: whether names that liveform does not know are sent too.

    Returns:
        The projection, as far as the vendor's answer shows it; the page does not show that answer.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed; status 409 for an eleventh projection.
    """
    body = members_of(_CREATE, {"name": name, "mode": mode})
    body["fields"] = list(names_of("fields", fields, FIELDS, allow_unknown=allow_unknown))
    reader = Reader("projections.create", writes=True)
    return Operation(
        name=reader.call,
        method="POST",
        path="/projection",
        body=body,
        read=reader.value(Projection, "item"),
    )


def get(projection_id: str) -> Operation[Projection]:
    """Read one projection: ``GET /projection/{id}`` (vendor page PRJ1).

    Raises:
        FieldError: an id that is not text.
        VendorError: the call failed; status 404 for one that does not exist.
    """
    reader = Reader("projections.get")
    return Operation(
        name=reader.call,
        method="GET",
        path=f"/projection/{path_segment('projection_id', projection_id)}",
        read=reader.value(Projection, "item"),
        repeatable=True,
    )


def list_all() -> Operation[tuple[Projection, ...]]:
    """Read all projections of the project, ten at most: ``GET /projection`` (vendor page PRJG).

    Raises:
        VendorError: the call failed.
    """
    reader = Reader("projections.list")

    def read(answer: Answer) -> tuple[Projection, ...]:
        return tuple(map(Projection.read, reader.rows(answer.value, "items", "Items")))

    return Operation(name=reader.call, method="GET", path="/projection", read=read, repeatable=True)


def delete(projection_id: str) -> Operation[Acknowledgement]:
    """Delete a projection: ``DELETE /projection/{id}`` (vendor page PRJD).

    What it hid **becomes visible again**. It is not repeated on its own, since the vendor answers 404 for one
    that is gone, which reads as a failure.

    Raises:
        FieldError: an id that is not text.
        VendorError: the call failed.
    """
    reader = Reader("projections.delete", writes=True)
    return Operation(
        name=reader.call,
        method="DELETE",
        path=f"/projection/{path_segment('projection_id', projection_id)}",
        read=reader.acknowledgement,
    )
