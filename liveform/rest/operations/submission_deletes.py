"""Operations that delete submissions, or parts of them. None of them is repeated on its own.

The vendor refuses to delete what is gone already ("not Exist Submission ID"), so that the error of a repeated
call would hide that the first one has worked. When nobody knows whether the vendor did it, the error says so
(``may_have_happened``). Repeat the call yourself then, and take that refusal as a success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError
from liveform.rest.dialect import USUAL, Dialect
from liveform.rest.operation import Operation
from liveform.rest.operations.answers import Acknowledgement, Reader
from liveform.rest.operations.arguments import ID, TEXT, Member, names_of, query_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_DELETE: Final = {
    "submission_id": Member("submission_id", ID, required=True),
    "admin_name": Member("admin_name", TEXT),
}
# vendor-api row 3.17, vendor page PDEL; case-sensitive
FIELDS: Final = (
    "id_image",
    "selfie_image",
    "data",
    "OCR_raw",
    "ocr",
    "review",
    "applicant_id",
    "email",
    "userid",
    "additional_list",
    "duplicated_information",
    "custom_duplicated_information",
    "injection_action",
)
# vendor-api row 3.18, vendor page PDEL
DATA_FIELDS: Final = (
    "age_group",
    "first_name",
    "last_name",
    "full_name",
    "name",
    "gender",
    "nationality",
    "date_of_birth",
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
    "ip_address",
    "idcard_issuingCountry",
    "idcard_issueDate",
    "idcard_expireDate",
    "idType",
    "documentNumber",
    "identityNumber",
    "ssnNumber",
    "phoneNumber",
    "cf1",
    "cf2",
    "cf3",
)


def delete(submission_id: str, *, admin_name: str | None) -> Operation[Acknowledgement]:
    """Delete a submission: ``DELETE /submission`` (vendor page DEL).

    The vendor keeps its id, day, id type and status. Its credit stays spent (FAQ).

    Args:
        submission_id: the vendor's id.
        admin_name: the e-mail of the administrator who deletes. It must be said, since without it **the
            vendor sends no delete webhook**, and whoever waits for one never learns of the deletion. None is
            allowed.

    Raises:
        FieldError: a wrong argument.
        VendorError: the call failed. ``not Exist Submission ID`` can mean that it was deleted before.
    """
    query = query_of(_DELETE, {"submission_id": submission_id, "admin_name": admin_name})
    reader = Reader("submissions.delete", writes=True)
    return Operation(
        name=reader.call,
        method="DELETE",
        path="/submission",
        query=query,
        read=reader.acknowledgement,
        transfer=True,
    )


def erase(
    submission_id: str,
    fields: str | Iterable[str],
    *,
    admin_name: str | None,
    data_fields: str | Iterable[str] | None = None,
    erase_all_data: bool = False,
    allow_unknown: bool = False,
    dialect: Dialect = USUAL,
) -> Operation[Acknowledgement]:
    """Erase parts of a submission: ``DELETE /submission/partial`` (vendor page PDEL). It cannot be undone.

    Once a part that finds duplicates is erased, this submission takes no part in the search for them (FAQ).

    Args:
        submission_id: the vendor's id.
        fields: names out of ``FIELDS``, in exactly this spelling (``OCR_raw``).
        admin_name: the e-mail of the administrator who erases, or None; see ``delete``.
        data_fields: with ``data`` among the fields, which of its members; names out of ``DATA_FIELDS``.
        erase_all_data: must be True to erase ``data`` without ``data_fields``, since the vendor then erases
            **everything** under ``data``.
        allow_unknown: whether names that liveform does not know are sent too.
        dialect: how several names are joined, which the page does not show; a client fills it in.

    Raises:
        FieldError: a wrong argument; ``data_fields`` without ``data``; or ``data`` alone without
            ``erase_all_data``.
        VendorError: the call failed.
    """
    names = names_of("fields", fields, FIELDS, allow_unknown=allow_unknown)
    query = query_of(_DELETE, {"submission_id": submission_id, "admin_name": admin_name})
    query["fields"] = dialect.name_separator.join(names)
    if data_fields is not None:
        if "data" not in names:
            raise FieldError("data_fields", "works only with 'data' among the fields")
        if erase_all_data:
            raise FieldError("erase_all_data", "contradicts data_fields; give one of them")
        inside = names_of("data_fields", data_fields, DATA_FIELDS, allow_unknown=allow_unknown)
        query["data_fields"] = dialect.name_separator.join(inside)
    elif ("data" in names) is not (erase_all_data is True):
        raise FieldError(
            "erase_all_data",
            "goes with 'data' among the fields and without data_fields: True erases everything under data",
        )
    reader = Reader("submissions.erase", writes=True)
    return Operation(
        name=reader.call,
        method="DELETE",
        path="/submission/partial",
        query=query,
        read=reader.acknowledgement,
    )
