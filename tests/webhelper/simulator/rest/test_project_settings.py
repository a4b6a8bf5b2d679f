"""These tests check the settings of the project."""

from simulated_api import Api, make_api


def test_settings_are_those_of_the_dashboard() -> None:
    """The answer has the names of row 7.2, from the settings of the sandbox."""
    api = make_api(
        return_urls=("https://app.example.com/back", "https://app.example.com/other"),
        return_fields=frozenset({"userId", "kycStatus", "errorCode"}),
        skip_result_page=True,
        return_encrypted=True,
        ip_api=("127.0.0.1",),
        ip_admin=("10.0.0.0/8",),
        description="a test",
    )
    answer = api.get("/projects/settings", category="management")
    assert set(answer) == {"traceId", "item"}
    management = answer["item"]["management"]
    assert management["formReturnUrl"] == "https://app.example.com/back"
    assert management["formReturnUrlConfig"] == {
        "cf1": False,
        "cf2": False,
        "cf3": False,
        "email": False,
        "submissionId": False,
        "kycStatus": True,
        "userId": True,
        "skipResultPage": True,
        "isEncrypted": True,
    }
    assert management["ipWhitelist"] == {"api": ["127.0.0.1"], "admin": ["10.0.0.0/8"]}
    assert management["admins"] == ["admin@example.com"]
    assert (management["name"], management["projectStatus"]) == ("Sandbox", "open")
    assert management["description"] == "a test"
    assert management["webhook"]["url"] == "https://app.example.com/hook"


def test_missing_settings_are_empty() -> None:
    """A project without URLs has empty ones."""
    management = make_api(webhook_url=None).get("/projects/settings", category="management")["item"]
    assert management["management"]["formReturnUrl"] == ""
    assert management["management"]["webhook"]["url"] == ""


def test_unknown_category_is_refused(api: Api) -> None:
    """Only management exists today (row 7.1); the shape of the error is a guess (row 1.9e)."""
    for category in ("billing", "management,billing", ""):
        refused = api.refusal("GET", "/projects/settings", category=category)
        assert set(refused) == {"traceId", "errorCode", "message"}
    assert api.logged.doubts == ("settings_errors",)
