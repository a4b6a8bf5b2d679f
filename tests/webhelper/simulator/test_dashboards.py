"""These tests make the dashboard of a project from its settings."""

from datetime import timedelta
from typing import Any

import pytest

from liveform import Cbc, CbcLayout, Project, SecretKey
from webhelper.simulator.dashboards import Site, dashboard_of, dashboards_of
from webhelper.simulator.rest.keys import Keys
from webhelper.simulator.sandbox.dashboard import TokenExpiration
from webhelper.simulator.sandbox.transfer import Transfer

KEY = "a key for tests"


def test_dashboard_has_the_keys_of_the_project() -> None:
    """A dashboard has the project's API key, and returns encrypted if the project has a key."""
    project = Project("plain00001", key=KEY, cipher="gcm", api_key="an API key")
    dashboard = dashboard_of(project, ("http://127.0.0.1/",))
    assert (dashboard.api_key, dashboard.return_encrypted) == (SecretKey("an API key"), True)
    assert (dashboard.return_urls, dashboard.skip_result_page) == (("http://127.0.0.1/",), True)
    assert "an API key" not in repr(dashboard)


def test_project_without_an_api_key_gets_a_random_one() -> None:
    """The API admits nobody to a project without an API key."""
    keys = {str(dashboard_of(Project("plain00001"), ()).api_key) for _ in range(2)}
    assert len(keys) == 2
    assert all(len(key) > 30 for key in keys)


def test_key_without_its_text_opens_the_api() -> None:
    """A key that is a ``SecretKey``, as from a settings file, is found by its text, and encrypts."""
    dashboard = dashboard_of(Project("plain00001", api_key=SecretKey(KEY), secure_data_transfer=True), ())
    keys = Keys([dashboard])
    assert keys.find(KEY) is not None
    assert keys.find("another key") is None
    sealed = Transfer(dashboard).seal({"a": 1})
    assert Cbc(KEY).decrypt_text(sealed["data"]) == '{"a": 1}'


@pytest.mark.parametrize(
    ("setting", "wrapper", "answer"),
    [
        (True, "bare", CbcLayout()),
        ("body base64 / cbc iv16:ciphertext, hex", "body", CbcLayout("front", "hex", ":")),
        ("data hex / ecb base64", "data", CbcLayout()),  # the simulator answers in CBC
    ],
)
def test_dashboard_speaks_the_layouts_that_the_project_expects(
    setting: Any, wrapper: str, answer: CbcLayout
) -> None:
    """Under Secure Data Transfer, the simulator uses the layouts of the project's setting."""
    project = Project("plain00001", api_key="an API key", secure_data_transfer=setting)
    dashboard = dashboard_of(project, ())
    assert dashboard.secure_data_transfer
    assert dashboard.transfer_layout.wrapper == wrapper
    assert str(dashboard.transfer_layout.answer) == str(answer)


def test_dashboards_of_a_site_have_its_addresses() -> None:
    """Each project has the addresses of its name; those named are private, with token ids for one use."""
    site = Site(
        return_urls={"shop": ("http://127.0.0.1/back",)},
        webhook_urls={"shop": "http://127.0.0.1/webhooks/shop"},
        event_delay=timedelta(seconds=3),
        private=["vip"],
    )
    made = dashboards_of({"shop": Project("plain00001"), "vip": Project("plain00002")}, site)
    shop, vip = made["shop"], made["vip"]
    assert (shop.return_urls, vip.return_urls) == (("http://127.0.0.1/back",), ())
    assert (shop.webhook_url, vip.webhook_url) == ("http://127.0.0.1/webhooks/shop", None)
    assert (shop.private_mode, vip.private_mode) == (False, True)
    assert (shop.token_expiration, vip.token_expiration) == (None, TokenExpiration("count", 1))
    assert shop.event_delay == vip.event_delay == timedelta(seconds=3)


def test_dashboard_takes_other_settings() -> None:
    """A caller may give every other setting of a dashboard."""
    assert dashboard_of(Project("plain00001"), (), private_mode=True, credits=5).credits == 5
