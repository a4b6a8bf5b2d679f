"""These tests check which settings a project of the sandbox may have."""

from datetime import timedelta

import pytest
from sandboxes import API_KEY, FACE_KEY, PID, make_dashboard

from liveform import ConfigError, Project, SecretKey
from webhelper.simulator.sandbox.dashboard import check_together
from webhelper.simulator.sandbox.sandbox import Sandbox

FLAGS = (
    "skip_result_page",
    "return_encrypted",
    "secure_data_transfer",
    "private_mode",
    "older_events",
)


def test_dashboard_has_the_pid_of_its_project() -> None:
    """The pid is that of the project."""
    assert make_dashboard().pid == PID


def test_keys_are_not_shown() -> None:
    """The repr has no key."""
    shown = repr(make_dashboard())
    assert API_KEY not in shown
    assert FACE_KEY not in shown


@pytest.mark.parametrize(
    ("setting", "changes"),
    [
        ("return_fields", {"return_fields": frozenset({"userid"})}),
        ("face_auth_key", {"face_auth_key": None}),
        ("face_auth_key", {"face_auth_pid": None}),
        ("face_auth_key", {"face_auth_key": API_KEY}),
        ("face_auth_key", {"face_auth_key": SecretKey(API_KEY)}),
        ("ip_api", {"ip_api": ("everywhere",)}),
        ("ip_admin", {"ip_admin": ("10.0.0.0/99",)}),
        ("ip_api", {"ip_api": "127.0.0.1"}),
        ("return_fields", {"return_fields": ["cf1"]}),
        *(("project", {"project": project}) for project in (None, PID)),
        *(("api_key", {"api_key": key}) for key in ("", None, b"x")),
        *(("face_auth_pid", {"face_auth_pid": pid}) for pid in ("", 5)),
        ("face_auth_key", {"face_auth_key": ""}),
        ("name", {"name": None}),
        ("description", {"description": 5}),
        *(("return_urls", {"return_urls": urls}) for urls in (5, "http://h/", ("",), ("h",))),
        *(("webhook_url", {"webhook_url": url}) for url in (5, "", "h", "ftp://h/")),
        *(("event_delay", {"event_delay": delay}) for delay in (5, timedelta(-1))),
        *(("credits", {"credits": number}) for number in ("a", -1, 1.5, True, None)),
        *((name, {name: "yes"}) for name in FLAGS),
        ("transfer_layout", {"transfer_layout": None}),
        ("token_expiration", {"token_expiration": "count"}),
        *(("admins", {"admins": admins}) for admins in ((), "a@example.com", ("",))),
        ("limits", {"limits": 5}),
        *(("aml_threshold", {"aml_threshold": score}) for score in ("a", -1, float("nan"))),
        ("worklists", {"worklists": "a"}),
        ("image_id_name", {"image_id_name": "submissionid"}),
    ],
)
def test_wrong_setting_is_refused_by_name(setting: str, changes: dict[str, object]) -> None:
    """A setting that the vendor's dashboard cannot have is refused."""
    with pytest.raises(ConfigError, match=setting) as caught:
        make_dashboard(**changes)
    assert API_KEY not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"api_key": "another-key-of-another-project"},
        {"project": Project("other00001")},
        {"project": Project("other00001"), "api_key": FACE_KEY, "face_auth_pid": None, "face_auth_key": None},
        {"project": Project("other00001"), "api_key": "another-key-of-another-project"},
        {"project": Project("other00001"), "api_key": SecretKey(API_KEY)},
    ],
)
def test_projects_that_share_a_key_or_a_pid_are_refused(changes: dict[str, object]) -> None:
    """Two projects need different pids and keys, or a request could be of either."""
    with pytest.raises(ConfigError, match="other"):
        Sandbox(":memory:", {"shop": make_dashboard(), "other": make_dashboard(**changes)})


def test_projects_with_keys_of_their_own_are_accepted() -> None:
    """Several projects may share a sandbox."""
    other = {"api_key": "another-key-of-another-project", "face_auth_pid": None, "face_auth_key": None}
    check_together({"shop": make_dashboard(), "b": make_dashboard(project=Project("other00001"), **other)})


@pytest.mark.parametrize("address", ["203.0.113.7", "203.0.113.0/24", "203.0.113.7/24", "2001:db8::7/32"])
def test_addresses_of_lists_are_hosts_or_networks(address: str) -> None:
    """A list of addresses takes a host, a network, and the address of a host with the size of its network."""
    assert make_dashboard(ip_api=(address,)).ip_api == (address,)
