"""These tests write the body of a webhook, plain and encrypted."""

import json

from liveform import Cbc, Project
from webhelper.simulator.dashboards import dashboard_of
from webhelper.simulator.sandbox.dashboard import TransferLayout
from webhelper.simulator.sandbox.transfer import Transfer
from webhelper.simulator.webhooks.body import body_of

MEMBERS = {"webhook_trigger": "approved", "full_name": "한국"}
KEY = "an API key for tests"


def test_plain_body_is_the_event() -> None:
    """Without Secure Data Transfer, the body is the event as UTF-8."""
    assert body_of(MEMBERS, None) == '{"webhook_trigger":"approved","full_name":"한국"}'.encode()


def test_encrypted_body_has_only_data_with_a_cbc_text() -> None:
    """Under Secure Data Transfer, the body is ``{"data": text}``, without ``isEncrypted`` (row 9.9)."""
    layout = TransferLayout(is_encrypted=True)
    dashboard = dashboard_of(
        Project("plain00001", api_key=KEY), (), secure_data_transfer=True, transfer_layout=layout
    )
    sent = json.loads(body_of(MEMBERS, Transfer(dashboard)))
    assert set(sent) == {"data"}
    assert json.loads(Cbc(KEY).decrypt_text(sent["data"])) == MEMBERS
