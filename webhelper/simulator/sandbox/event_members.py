"""The members of each event (section 9.3 of the vendor facts, newest revision); absent data is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.simulator.sandbox.submissions import Submission

_PERSON: Final = ("age_group", "gender", "date_of_birth", "nationality")
_NAMES: Final = ("full_name", "full_name_en", "first_name", "last_name")
_CUSTOM: Final = ("cf1", "cf2", "cf3")
_BEGIN: Final = ("userid", "tokenId", "cf", "ipAddress")

# Trigger -> members that come from the submission, besides its id. The others are given to ``members_of``.
_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "created": _BEGIN,
    "retry": _BEGIN,
    "submit": ("email", *_BEGIN, "duplicated_information"),
    "approved": (
        *("email", "cf", "applicant_id", "duplicated_information", *_PERSON, *_NAMES),
        *("phoneNumber", "ssnNumber", "additional_list"),
    ),
    "rejected": ("email", *_BEGIN, "duplicated_information"),
    "updated": ("email", "userid", "tokenId", "duplicated_information", *_PERSON, *_NAMES),
    "delete": (),
    "injection": ("email", "userid", "tokenId", *_CUSTOM, "applicant_id", "kyc_status"),
    "injectionFail": ("email", "userid", "applicant_id", "duplicated_information", "kyc_status"),
    "aml": ("email", "userid", "tokenId", "cf", "duplicated_information"),
    "aml_monitor": ("email", "userid", "tokenId", "cf", "duplicated_information"),
}
# What older revisions of ``approved`` had as well (row 9.13): their name -> the name in ``data``.
_OLDER: Final = {
    "fullName": "full_name",
    "idType": "idType",
    "issuingCountry": "idcard_issuingCountry",
    "issueDate": "idcard_issueDate",
    "expireDate": "idcard_expireDate",
    "identityNumber": "identityNumber",
    "documentNumber": "documentNumber",
}


def members_of(
    trigger: str, submission: Submission, given: Mapping[str, object], *, older: bool = False
) -> dict[str, Any]:
    """Return the members of an event about a submission, which is thinned by its projection already.

    Args:
        trigger: the kind of event.
        submission: what it is about.
        given: members that are not in the submission, such as ``kyc_result``.
        older: whether ``approved`` has the members of its older revisions as well.
    """
    data, item = submission.data, submission.item
    known = {
        **data,
        **{name: item.get(name) for name in ("email", "userid", "applicant_id")},
        "duplicated_information": item.get("duplicated_information"),
        "additional_list": item.get("additional_list"),
        "tokenId": submission.token_id,
        "ipAddress": data.get("ip_address"),
        "cf": {name: data[name] for name in _CUSTOM if name in data},
        "kyc_status": submission.status,
    }
    names = _MEMBERS[trigger]
    if older and trigger == "approved":
        known |= {name: data.get(member) for name, member in _OLDER.items()}
        names += (*_BEGIN, *_OLDER)
    found = {name: known.get(name) for name in names}
    return {
        "webhook_trigger": trigger,
        "submission_id": submission.id,
        **{name: value for name, value in found.items() if value not in (None, {})},
        **given,
    }
