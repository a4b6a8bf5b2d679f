"""GET project settings (vendor page SET)."""

from __future__ import annotations

from typing import Any, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.refusals import with_message, with_trace

_MANAGEMENT: Final = "management"
_CREATED: Final = "2026-01-01T00:00:00.000Z"
# errorCode is younger than the vendor's sample, which does not have it (row 7.3).
_CONFIG_FIELDS: Final = ("cf1", "cf2", "cf3", "email", "kycStatus", "submissionId", "userId")


def read(call: Call) -> Reply:
    """Answer the settings of the dashboard (rows 7.1 and 7.2)."""
    trace_id = call.sandbox.ids.trace_id()
    if set(call.query["category"].split(",")) != {_MANAGEMENT}:
        call.doubt("settings_errors")
        raise with_trace("INVALID_CATEGORY", "The category is unknown.", trace_id=trace_id)
    return Reply({"traceId": trace_id, "item": {_MANAGEMENT: _management(call)}})


def _management(call: Call) -> dict[str, Any]:
    dashboard = call.dashboard
    config = {name: name in dashboard.return_fields for name in _CONFIG_FIELDS}
    return {
        "activateBlocking": {"activate": False},
        "admins": list(dashboard.admins),
        "description": dashboard.description,
        "formPrivacyPolicyUrl": "",
        "formReturnUrl": dashboard.return_urls[0] if dashboard.return_urls else "",
        "formReturnUrlConfig": config
        | {"skipResultPage": dashboard.skip_result_page, "isEncrypted": dashboard.return_encrypted},
        "formTermsOfUseUrl": "",
        "ipWhitelist": {"admin": list(dashboard.ip_admin), "api": list(dashboard.ip_api)},
        "name": dashboard.name,
        "projectStatus": "open",
        "webhook": {"createTime": _CREATED, "url": dashboard.webhook_url or "", "members": []},
    }


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/projects/settings",
        handle=read,
        refuse=with_message,
        names=frozenset({"category"}),
        required=frozenset({"category"}),
    ),
)
