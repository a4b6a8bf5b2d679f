"""The item of a submission as GET answers it (vendor page GET1): made, decided, edited, erased and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webhelper.simulator.sandbox.clock import item_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Item = dict[str, Any]

# Name in requests of POST, PATCH and review -> name in ``data`` (rows 3.2, 3.6, 3.7).
DATA_NAMES: Final = {
    "fullName": "full_name",
    "firstName": "first_name",
    "lastName": "last_name",
    "gender": "gender",
    "birthDate": "date_of_birth",
    "nationality": "nationality",
    "issueDate": "idcard_issueDate",
    "expireDate": "idcard_expireDate",
    "idType": "idType",
    "issuingCountry": "idcard_issuingCountry",
    "identityNumber": "identityNumber",
    "documentNumber": "documentNumber",
}
EDITABLE: Final = DATA_NAMES | {
    name: name for name in ("serialNumber", "privacyShield", "curpNumber", "version", "typeOfPermit")
}
MIGRATED: Final = DATA_NAMES | {
    "ipAddress": "ip_address",
    "address_full": "address_formatted",
    **{f"address_{name}": f"address_{name}" for name in ("city", "country", "state", "street")},
    **{name: name for name in ("cf1", "cf2", "cf3")},
}
# Name in ``data`` -> name in ``ocr``, for what a document shows.
_OCR: Final = {
    DATA_NAMES[name]: name
    for name in ("fullName", "firstName", "lastName", "birthDate", "expireDate", "nationality")
}
_PARTS: Final = {"kyc": ("kyc",), "aml": ("aml",), "data": ("data",)}  # request_type, row 2.1
_LONG: Final = frozenset({"ocr", "OCR_raw", "project_options"})  # not in lists, row 2.7
_ERASABLE: Final = {  # name in ``fields`` of the partial delete -> members of the item (row 3.17)
    "OCR_raw": ("OCR_raw",),
    "ocr": ("ocr",),
    "review": ("review",),
    "applicant_id": ("applicant_id",),
    "email": ("email",),
    "userid": ("userid",),
    "additional_list": ("additional_list",),
    "duplicated_information": ("duplicated_information",),
    "custom_duplicated_information": ("custom_duplicated_information",),
    "injection_action": ("injection_action",),
}
IMAGE_FIELDS: Final = {"id_image": ("idImage", "idBackImage"), "selfie_image": ("selfieImage",)}
ERASABLE: Final = frozenset({*_ERASABLE, *IMAGE_FIELDS, "data"})


def new_item(
    submission_id: str, *, at: str, given: Mapping[str, str | None], data: Mapping[str, str]
) -> Item:
    """Return the item of a submission that has no outcome yet.

    Args:
        submission_id: its id.
        at: ISO time.
        given: email and userid, where known.
        data: its personal data.
    """
    return {
        "submission_id": submission_id,
        **{name: value for name, value in given.items() if value is not None},
        "created_at": item_time(at),
        "updated_at": item_time(at),
        "kyc": {"result": "incomplete", "comment": [], "commentCode": [], "attempts": []},
        "project_options": {"option_aml": False, "option_addressData": False, "option_idNumber": False},
        "data": dict(data),
    }


def with_attempt(item: Mapping[str, Any], code: str, *, at: str) -> Item:
    """Return the item with one more failed attempt (row 12.2)."""
    attempts = item["kyc"]["attempts"]
    attempt = {"attemptCnt": len(attempts) + 1, "retryCode": [code], "retryMsg": [sentence(code)]}
    kyc = item["kyc"] | {"attempts": [*attempts, attempt]}
    return {**item, "kyc": kyc, "updated_at": item_time(at)}


def decided(item: Mapping[str, Any], status: str, *, at: str, reviewer: str, codes: Sequence[str]) -> Item:
    """Return the item with a status; ``codes`` are the reject codes (row 12.1)."""
    time = item_time(at)
    kyc = item["kyc"] | {"result": status, "commentCode": list(codes), "comment": list(map(sentence, codes))}
    new = {**item, "kyc": kyc, "updated_at": time}
    if status == "pending":
        return new | {"pending_at": time}
    return new | {"kyc_result_at": time, "reviewer": reviewer}


def with_documents(item: Mapping[str, Any]) -> Item:
    """Return the item with what the form has read from a document, and references to its pictures."""
    read = {name: item["data"][member] for member, name in _OCR.items() if member in item["data"]}
    raw = {
        member: {"value": item["data"][member], "score": 0.98, "accepted": True}
        for member in _OCR
        if member in item["data"]
    }
    images = {kind: f"{item['submission_id']}/{kind}" for kind in ("idImage", "selfieImage")}
    return {**item, "ocr": read, "OCR_raw": raw, "image": images}


def with_data(item: Mapping[str, Any], changes: Mapping[str, Any], *, at: str) -> Item:
    """Return the item with other personal data."""
    return {**item, "data": {**item.get("data", {}), **changes}, "updated_at": item_time(at)}


def remains(item: Mapping[str, Any], *, at: str) -> Item:
    """Return what stays of a deleted submission: id, date, ID type and status (row 3.15)."""
    id_type = {name: value for name, value in item.get("data", {}).items() if name == "idType"}
    return {
        **{name: item[name] for name in ("submission_id", "created_at")},
        "kyc": {"result": item["kyc"]["result"]},
        "data": id_type,
        "memo": {"text": "Deleted Submission", "updated_at": item_time(at)},
    }


def erased(item: Mapping[str, Any], fields: Sequence[str], data_fields: Sequence[str]) -> Item:
    """Return the item without these parts (rows 3.16 to 3.18); no ``data_fields`` means all of ``data``."""
    gone = {member for name in fields for member in _ERASABLE.get(name, ())}
    new = {name: value for name, value in item.items() if name not in gone}
    kinds = {kind for name in fields for kind in IMAGE_FIELDS.get(name, ())}
    if kinds and "image" in new:
        new["image"] = {kind: value for kind, value in new["image"].items() if kind not in kinds}
    if "data" in fields:
        kept = data_fields and {k: v for k, v in item.get("data", {}).items() if k not in data_fields}
        new["data"] = kept or {}
    return new


def thinned(item: Mapping[str, Any], hidden: Sequence[str]) -> Item:
    """Return the item without the data that a projection hides (row 7.8)."""
    ocr = {_OCR[name] for name in hidden if name in _OCR}
    without = {"data": hidden, "OCR_raw": hidden, "ocr": ocr}
    return {
        name: {k: v for k, v in value.items() if k not in without[name]} if name in without else value
        for name, value in item.items()
    }


def part(item: Mapping[str, Any], request_type: str) -> Item:
    """Return the part that ``request_type`` asks for, with the submission id (row 2.1)."""
    parts = _PARTS.get(request_type)
    names = set(item) - {"kyc", "aml", "data"} if parts is None else {"submission_id", *parts}
    return {name: value for name, value in item.items() if name in names}


def shown(item: Mapping[str, Any], *, listed: bool) -> Item:
    """Return the item as GET answers it: without AML, and in lists with fewer members (row 2.7)."""
    hidden = _LONG | {"aml"} if listed else {"aml"}
    return {name: value for name, value in item.items() if name not in hidden}


def sentence(code: str) -> str:
    """Return a comment for a code; the vendor's own sentences are in its table REJ."""
    return code.replace("_", " ").replace("-", " ").capitalize()
