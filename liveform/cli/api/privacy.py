"""Which members of an answer are about nobody, and may be printed without ``--show-personal-data``.

The list names what may be shown: ids, statuses, times of processing and codes. All other members are
personal, also those that the vendor adds tomorrow; of them only the names are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_IDS: Final = (
    "submission_id submissionId kyc_submission_id applicant_id auth_id authId authentication_id "
    "faceAuth_projectId projection_id projectionId resourceId recordId recordIds worklistId id traceId "
    "tokenId token_id"
)
_STATUSES: Final = (
    "kyc_status kycStatus status finalStatus result auth_status currentstatus risk_level_summary expired "
    "delete_check success successCount failedCount submit_type"
)
_TIMES: Final = (
    "created_at updated_at update_at kyc_result_at pending_at create_time createTime updateTime update_time"
)
_CODES: Final = "commentCode retryCode fail_code failCode errorCode code attemptCnt"
_SHOWN: Final = frozenset(f"{_IDS} {_STATUSES} {_TIMES} {_CODES}".split())

# What ids, statuses, times and codes look like. A name of two words or an e-mail address does not.
_WORD: Final = re.compile(r"[A-Za-z0-9_.:+/-]{1,100}")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9-]{5} [0-9:.+-]{1,20}", re.ASCII)
_PHRASES: Final = frozenset(("Not Screened", "Red Flag"))  # vendor page W-aml-result
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class Redacted(NamedTuple):
    """What may be shown of an answer, and the names of the other members.

    Attributes:
        shown: the members that are about nobody, in the shape of the answer.
        hidden: such as ``data.full_name`` and ``kyc.attempts[].livenessScore``, each once.
    """

    shown: dict[str, Any]
    hidden: tuple[str, ...]


def redact(members: Mapping[str, Any]) -> Redacted:
    """Return what may be shown of a JSON object from the vendor."""
    hidden: dict[str, None] = {}
    return Redacted(_members(members, "", hidden), tuple(hidden))


def _members(members: Mapping[str, Any], path: str, hidden: dict[str, None]) -> dict[str, Any]:
    shown = {}
    for name, value in members.items():
        if _NAME.fullmatch(name) is None:  # it may be data itself
            hidden[f"{path}(another name)"] = None
            continue
        kept = _value(name, value, f"{path}{name}", hidden)
        if kept is not None:
            shown[name] = kept
    return shown


def _value(name: str, value: object, path: str, hidden: dict[str, None]) -> object:
    """What is kept of a member; None if nothing is."""
    if isinstance(value, Mapping):
        return _members(value, f"{path}.", hidden) or None
    if isinstance(value, list):
        items = [_value(name, item, f"{path}[]" if _is_nested(item) else path, hidden) for item in value]
        return [item for item in items if item is not None] or None
    if value is None or value == "":
        return None
    if name in _SHOWN and _is_harmless(value):
        return value
    hidden[path] = None
    return None


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)


def _is_harmless(value: object) -> bool:
    if isinstance(value, str):
        return value in _PHRASES or bool(_WORD.fullmatch(value) or _TIME.fullmatch(value))
    return isinstance(value, bool | int)
