"""Tests of each finding about the dashboard's settings, row by row."""

from typing import Any

import pytest

from liveform import Project
from liveform.errors import FieldError
from liveform.rest.check.rules import check_settings
from liveform.rest.check.values import CheckFinding, TransferSeen, WantedSettings
from liveform.rest.values.project_settings import ProjectSettings

PLAIN = Project("abc123de45")
KEYED = Project("abc123de45", key="an example of a key", cipher="gcm", encryption_only=True)
TRANSFER = Project("abc123de45", api_key="an example of a key", secure_data_transfer=True)

# What the vendor's page shows (vendor-api row 7.2), set up as it should be.
RIGHT: dict[str, Any] = {
    "projectStatus": "open",
    "admins": ["admin@example.com"],
    "formReturnUrl": "https://shop.example.com/return/a?secret=1",
    "formReturnUrlConfig": {
        "cf1": False,
        "cf3": True,
        "kycStatus": True,
        "submissionId": True,
        "userId": True,
        "isEncrypted": True,
    },
    "ipWhitelist": {"admin": [], "api": []},
    "webhook": {"url": "https://shop.example.com/webhook/a"},
    "activateBlocking": {"activate": False},
}


def findings(
    members: dict[str, Any], project: Project = KEYED, wanted: WantedSettings | None = None
) -> dict[str, CheckFinding]:
    """Return all findings by their names."""
    found = check_settings(ProjectSettings.read(members), project, wanted)
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def config(**switches: bool) -> dict[str, Any]:
    """Return the settings with other switches of the Return URL."""
    return {**RIGHT, "formReturnUrlConfig": {**RIGHT["formReturnUrlConfig"], **switches}}


def without(name: str) -> dict[str, Any]:
    """Return the settings as the vendor would send them without a member."""
    return {key: value for key, value in RIGHT.items() if key != name}


def test_right_settings_leave_nothing_to_do() -> None:
    """A project that is set up as the guide says has nothing to do."""
    found = findings(RIGHT, wanted=WantedSettings(admins=("Admin@Example.com",), transfer_seen="plain"))
    assert not [one for one in found.values() if one.verdict == "to_do"]
    assert {name for name, one in found.items() if one.verdict == "ok"} == {
        "project_status",
        "secure_data_transfer",
        "return_url",
        "dynamic_field.userid",
        "dynamic_field.submissionId",
        "dynamic_field.kycStatus",
        "dynamic_field.cf3",
        "return_encryption",
        "webhook_url",
        "emergency_stop",
        "admin.1",
        "ip_list",
    }


@pytest.mark.parametrize(
    ("name", "members", "verdict", "says"),
    [
        ("project_status", {**RIGHT, "projectStatus": "OPEN"}, "ok", "OPEN"),
        ("project_status", {**RIGHT, "projectStatus": "test"}, "note", "choose OPEN"),
        ("project_status", {**RIGHT, "projectStatus": "closed"}, "to_do", "neither OPEN nor in TEST"),
        ("return_url", {**RIGHT, "formReturnUrl": ""}, "to_do", "no Return URL"),
        ("return_url", {**RIGHT, "formReturnUrl": None}, "to_do", "no Return URL"),
        ("return_url", {**RIGHT, "formReturnUrl": "http://shop.example.com"}, "to_do", "make it https"),
        ("return_url", {**RIGHT, "formReturnUrl": "http://127.0.0.1:8000/a"}, "note", "on this machine"),
        ("webhook_url", {**RIGHT, "webhook": {"url": "http://localhost/a"}}, "note", "on this machine"),
        ("webhook_url", {**RIGHT, "webhook": {"url": "https://[x"}}, "to_do", "not https"),
        ("return_url", {**RIGHT, "formReturnUrl": "myapp://done"}, "ok", "is set"),
        ("return_url", {**RIGHT, "formReturnUrl": "https://[x"}, "ok", "is set"),
        ("dynamic_field.userid", config(userId=False), "to_do", "tick userid"),
        ("dynamic_field.submissionId", config(submissionId=False), "to_do", "tick submissionId"),
        ("dynamic_field.kycStatus", config(kycStatus=False), "to_do", "tick kycStatus"),
        ("dynamic_field.cf3", config(cf3=False), "to_do", "our signed state"),
        ("return_encryption", config(isEncrypted=False), "to_do", "switch their encryption on"),
        ("webhook_url", {**RIGHT, "webhook": {"url": ""}}, "to_do", "no webhook URL"),
        ("webhook_url", {**RIGHT, "webhook": None}, "to_do", "no webhook URL"),
        ("webhook_url", {**RIGHT, "webhook": {"url": "http://shop.example.com"}}, "to_do", "not https"),
        ("webhook_firewall", RIGHT, "note", "52.78.194.237"),
        ("emergency_stop", {**RIGHT, "activateBlocking": {"activate": True}}, "to_do", "halted"),
        ("ip_list", {**RIGHT, "ipWhitelist": {"api": ["192.0.2.1"]}}, "note", "(1 entries)"),
        ("private_mode", {**RIGHT, "privateMode": True}, "note", "private mode is on"),
        ("private_mode", {**RIGHT, "private_mode": False}, "note", "private mode is off"),
        ("liveform_encryption", RIGHT, "note", "GCM and Encryption-only mode"),
    ],
)
def test_setting_is_judged(name: str, members: dict[str, Any], verdict: str, says: str) -> None:
    """Each setting is right, to be changed, or worth a note; what is to do says where."""
    found = findings(members)[name]
    assert found.verdict == verdict
    assert says in found.text
    assert verdict != "to_do" or (found.where or "").startswith("Project Management > ")


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("project_status", "projectStatus"),
        ("return_url", "formReturnUrl"),
        ("dynamic_field.userid", "formReturnUrlConfig"),
        ("dynamic_field.errorCode", "formReturnUrlConfig"),
        ("return_encryption", "formReturnUrlConfig"),
        ("webhook_url", "webhook"),
        ("emergency_stop", "activateBlocking"),
        ("admin.1", "admins"),
        ("ip_list", "ipWhitelist"),
        ("private_mode", "privateMode"),
    ],
)
def test_setting_that_the_answer_lacks_is_a_note(name: str, member: str) -> None:
    """A member that the vendor does not send is no failure, but a note that says where to look."""
    found = findings(without(member), wanted=WantedSettings(admins=("admin@example.com",)))[name]
    assert found.verdict == "note"
    assert found.text.startswith("cannot be seen by API")
    assert found.where is not None


def test_settings_of_nothing_are_notes_alone() -> None:
    """An answer without any known member gives notes and nothing to do."""
    found = findings({}, PLAIN, WantedSettings(admins=("admin@example.com",)))
    assert {one.verdict for one in found.values()} == {"note"}


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("return_url", {"formReturnUrl": {"url": "https://shop.example.com"}}),
        ("webhook_url", {"webhook": {}}),
        ("webhook_url", {"webhook": {"url": ["https://shop.example.com"]}}),
        ("webhook_url", {"webhook": [{"url": "https://shop.example.com"}]}),
    ],
)
def test_setting_of_another_shape_is_a_note(name: str, members: dict[str, Any]) -> None:
    """A member whose shape liveform does not know is no failure."""
    assert findings({**RIGHT, **members})[name].verdict == "note"


def test_ip_list_without_its_part_for_the_api_cannot_be_seen() -> None:
    """A list for the dashboard alone says nothing of the API."""
    assert findings({**RIGHT, "ipWhitelist": {"admin": []}})["ip_list"].verdict == "note"


@pytest.mark.parametrize(
    ("project", "encrypted", "verdict"),
    [(KEYED, True, "ok"), (KEYED, False, "to_do"), (PLAIN, True, "to_do"), (PLAIN, False, "note")],
)
def test_return_encryption_needs_a_key(project: Project, encrypted: bool, verdict: str) -> None:
    """Encrypted returns need our key, and a key is of use only with them."""
    assert findings(config(isEncrypted=encrypted), project)["return_encryption"].verdict == verdict


@pytest.mark.parametrize(
    ("project", "seen", "verdict", "says"),
    [
        (PLAIN, "plain", "ok", "Secure Data Transfer off"),
        (TRANSFER, "encrypted", "ok", "Secure Data Transfer on"),
        (PLAIN, "encrypted", "to_do", "on in the dashboard and off in our settings"),
        (PLAIN, "not_opened", "to_do", "on in the dashboard and off in our settings"),
        (TRANSFER, "plain", "to_do", "off in the dashboard and on in our settings"),
        (TRANSFER, "not_opened", "to_do", "cannot open our requests"),
        (TRANSFER, None, "note", "which is on in our settings"),
    ],
)
def test_secure_data_transfer_is_the_same_on_both_sides(
    project: Project, seen: TransferSeen | None, verdict: str, says: str
) -> None:
    """Secure Data Transfer is on or off on both sides, or that is to do."""
    found = findings(RIGHT, project, WantedSettings(transfer_seen=seen))["secure_data_transfer"]
    assert found.verdict == verdict
    assert says in found.text


def test_wanted_addresses_are_compared() -> None:
    """Return URL and webhook URL are compared with the wanted ones, without showing either."""
    right = WantedSettings(return_url=RIGHT["formReturnUrl"], webhook_url=RIGHT["webhook"]["url"])
    found = findings(RIGHT, wanted=right)
    assert (found["return_url"].verdict, found["webhook_url"].verdict) == ("ok", "ok")
    found = findings(
        RIGHT, wanted=WantedSettings(return_url="https://a.example", webhook_url="https://a.example")
    )
    assert (found["return_url"].verdict, found["webhook_url"].verdict) == ("to_do", "to_do")
    assert "example" not in str(found)


def test_state_field_is_the_wanted_one() -> None:
    """Another state field is looked at in place of cf3, and without a state none is."""
    assert findings(RIGHT, wanted=WantedSettings(state_field="cf1"))["dynamic_field.cf1"].verdict == "to_do"
    assert "dynamic_field.cf3" not in findings(RIGHT, wanted=WantedSettings(state_field=None))


def test_state_field_must_be_a_custom_field() -> None:
    """No other field can carry a state."""
    with pytest.raises(FieldError, match="state_field: must be one of cf1, cf2, cf3"):
        WantedSettings(state_field="email")


def test_administrators_are_looked_for_without_being_shown() -> None:
    """Each wanted administrator is registered or not; no finding shows an address."""
    found = findings(RIGHT, wanted=WantedSettings(admins=("admin@example.com", "jane@example.com")))
    assert (found["admin.1"].verdict, found["admin.2"].verdict) == ("ok", "to_do")
    assert "@" not in str(found)
