"""Tests of liveform.rest.operations.project_settings: how the project is set up in the dashboard."""

from typing import Any

import pytest
from rest_answers import SECRET, read, unreadable

from liveform.rest.operations import project_settings

CONFIG = {
    "cf1": True,
    "cf2": False,
    "cf3": False,
    "email": True,
    "kycStatus": True,
    "submissionId": True,
    "userId": True,
    "skipResultPage": False,
    "isEncrypted": True,
}
MANAGEMENT: dict[str, Any] = {
    "activateBlocking": {"activate": False, "lastTime": "x"},
    "admins": [SECRET],
    "description": "d",
    "formPrivacyPolicyUrl": "https://example.com/privacy",
    "formReturnUrl": "https://example.com/return",
    "formReturnUrlConfig": {**CONFIG, "errorCode": True},
    "formTermsOfUseUrl": "https://example.com/terms",
    "ipWhitelist": {"admin": ["192.0.2.1"], "api": []},
    "name": "n",
    "projectStatus": "open",
    "webhook": {"createTime": "t", "url": "https://example.com/hook", "members": [{"email": SECRET}]},
    "brandNew": 1,
}


def test_settings_reads_all_documented_members() -> None:
    """The settings are typed, and unknown members are kept (rows 7.1, 7.2)."""
    operation = project_settings.settings()
    assert (operation.method, operation.path) == ("GET", "/projects/settings")
    assert operation.query == {"category": "management"}
    assert operation.repeatable
    assert not operation.transfer
    found = read(operation, {"traceId": "t", "item": {"management": MANAGEMENT}})
    assert (found.name, found.description, found.status, found.admins) == ("n", "d", "open", (SECRET,))
    assert found.return_url == "https://example.com/return"
    assert found.privacy_policy_url == "https://example.com/privacy"
    assert found.terms_of_use_url == "https://example.com/terms"
    assert found.ip_whitelist is not None
    assert (found.ip_whitelist.admin, found.ip_whitelist.api) == (("192.0.2.1",), ())
    assert found.webhook is not None
    assert (found.webhook.url, found.webhook.created_at) == ("https://example.com/hook", "t")
    assert found.webhook.members == ({"email": SECRET},)
    assert found.activate_blocking is not None
    assert found.activate_blocking.activate is False
    assert found.raw["brandNew"] == 1
    assert SECRET not in repr(found) + repr(found.webhook)


def test_return_config_says_what_a_return_carries() -> None:
    """The dynamic fields of the Return URL have Python names; the vendor writes ``userId`` (row 7.3)."""
    config = read(project_settings.settings(), {"item": {"management": MANAGEMENT}}).return_config
    assert config is not None
    assert (config.cf1, config.cf2, config.cf3, config.email) == (True, False, False, True)
    assert (config.kyc_status, config.submission_id, config.user_id) == (True, True, True)
    assert (config.skip_result_page, config.is_encrypted) == (False, True)
    assert config.raw["errorCode"] is True
    assert "is_encrypted=True" in repr(config)


@pytest.mark.parametrize("answer", [None, [], {}, {"item": None}, {"item": {}}, {"item": {"management": []}}])
def test_settings_of_another_shape_are_unreadable(answer: Any) -> None:
    """Without the object ``management`` nothing can be said of the project."""
    unreadable(project_settings.settings(), answer)


def test_settings_without_members_are_none() -> None:
    """The vendor may change the shape: what is missing or of another type is None."""
    found = read(
        project_settings.settings(), {"item": {"management": {"admins": 7, "formReturnUrlConfig": []}}}
    )
    assert (found.admins, found.return_config, found.name) == ((), None, None)
