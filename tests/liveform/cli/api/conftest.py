"""The fixtures of the commands that call the API: a vendor on loopback, and a caller of the command."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from api_commands import ApiCommand, Data
from commands import Answer, Command
from loopback_vendor import LoopbackVendor, loopback_vendor

API_KEY = "canary-KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
FACE_AUTH_KEY = "canary-8Q2pMt0dUSMFweGdZYMHeVASemfm5tZh2rLKHDft"


@pytest.fixture
def vendor() -> Iterator[LoopbackVendor]:
    """Return a vendor on loopback."""
    with loopback_vendor() as server:
        yield server


@pytest.fixture
def api(liveform: Command, vendor: LoopbackVendor) -> ApiCommand:
    """Return a caller of the command whose API is the vendor on loopback, and which never prints a key."""

    def call(*argv: str, stdin: bytes = b"", **environ: str) -> Answer:
        settings = {"API_URL": vendor.base_url, "API_KEY": API_KEY, "FACE_AUTH_KEY": FACE_AUTH_KEY, **environ}
        answer = liveform(*argv, stdin=stdin, **settings)
        assert "canary-" not in answer.out + answer.err
        return answer

    return call


@pytest.fixture
def data(api: ApiCommand) -> Data:
    """Return a caller that gives the JSON of a command that succeeds."""

    def call(*argv: str, **more: Any) -> Any:
        answer = api(*argv, "--json", **more)
        assert (answer.code, answer.err) == (0, "")
        return json.loads(answer.out)

    return call
