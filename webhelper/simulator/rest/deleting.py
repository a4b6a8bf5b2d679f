"""DELETE submission, whole and in part (vendor pages DEL, PDEL)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import find_submission
from webhelper.simulator.rest.refusals import Refused, with_status
from webhelper.simulator.sandbox import changes
from webhelper.simulator.sandbox.items import ERASABLE

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.submissions import Submission

DATA_FIELDS: Final = """
age_group first_name last_name full_name name gender nationality date_of_birth address_city address_country
address_state address_street address_street2 address_zipcode address_globalCode address_compoundCode
address_formatted address_input address_detail ip_address idcard_issuingCountry idcard_issueDate
idcard_expireDate idType documentNumber identityNumber ssnNumber phoneNumber cf1 cf2 cf3
"""  # row 3.18


def delete(call: Call) -> Reply:
    """Delete a submission but for what stays (rows 3.11 to 3.15)."""
    found = _found(call)
    admin = call.query.get("admin_name")
    if admin is not None and not call.is_admin(admin):
        call.doubt("delete_admin")
    changes.delete(call.sandbox, found, admin=admin or None)
    return _done(f"Submission {found.id} deleted successfully.")


def erase(call: Call) -> Reply:
    """Erase parts of a submission (rows 3.16 to 3.18)."""
    call.doubt("partial_join", "partial_answer")
    found = _found(call)
    fields, data_fields = _names(call, "fields"), _names(call, "data_fields")
    if not fields:
        raise _refused("fields is required")
    for name, known in (("fields", ERASABLE), ("data_fields", frozenset(DATA_FIELDS.split()))):
        if not set(_names(call, name)) <= known:
            raise _refused(f"invalid {name}")
    if "data" not in fields and data_fields:
        call.ignore("data_fields")
    changes.erase(call.sandbox, found, fields, data_fields)
    return _done(f"Submission {found.id} partially deleted successfully.")


def _found(call: Call) -> Submission:
    if not call.query.get("submission_id"):
        raise _refused("not Exist Submission ID")
    found = find_submission(call, call.query["submission_id"])
    if found is None:
        raise _refused("not Exist Submission Data")
    return found


def _names(call: Call, name: str) -> list[str]:
    return [one for one in call.query.get(name, "").split(",") if one]


def _done(content: str) -> Reply:
    return Reply({"message": "success", "content": content, "statusCode": 200})


def _refused(message: str) -> Refused:
    return with_status("", message)


ENDPOINTS: Final = (
    Endpoint(
        method="DELETE",
        path="/submission",
        handle=delete,
        refuse=with_status,
        names=frozenset({"submission_id", "admin_name"}),
        covered=True,
    ),
    Endpoint(
        method="DELETE",
        path="/submission/partial",
        handle=erase,
        refuse=with_status,
        names=frozenset({"submission_id", "admin_name", "fields", "data_fields"}),
    ),
)
