"""Tests of where the commands of the API take the key and the address from."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from api_commands import ApiCommand
from commands import Command
from loopback_vendor import LoopbackVendor

OTHER_KEY = "canary-another-key-of-the-project"
COUNT = ("tokens", "count")


def sent_key(vendor: LoopbackVendor) -> str:
    """Return the key of the last request."""
    return vendor.requests[-1].headers["x-api-key"]


def test_key_comes_from_the_environment(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """LIVEFORM_API_KEY and LIVEFORM_API_URL are enough: no project id, and no cipher for LIVEFORM_KEY."""
    vendor.answer(1)
    assert api(*COUNT, KEY="another key", ENCRYPTION_ONLY="true", CIPHER="gcm").code == 0
    assert sent_key(vendor).startswith("canary-KuwV")


def test_key_file_comes_before_the_environment(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``--api-key-file`` overrides LIVEFORM_API_KEY and LIVEFORM_API_KEY_FILE."""
    Path("api.key").write_text(f"{OTHER_KEY}\n")
    vendor.answer(1).answer(1).answer(1)
    for options, environ in (
        (("--api-key-file", "api.key"), {}),
        (("--api-key-file", "api.key"), {"API_KEY_FILE": "none"}),
    ):
        assert api(*COUNT, *options, **environ).code == 0
        assert sent_key(vendor) == OTHER_KEY


def test_key_comes_from_stdin(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``--api-key-file -`` reads the key from stdin."""
    vendor.answer(1)
    assert api(*COUNT, "--api-key-file", "-", stdin=f"{OTHER_KEY}\n".encode()).code == 0
    assert sent_key(vendor) == OTHER_KEY
    assert "--api-key-file: stdin is empty" in api(*COUNT, "--api-key-file", "-").err


@pytest.mark.parametrize(
    "argv", [("--settings", "shop.toml"), ("--settings", "shop.toml", "--project", "shop")]
)
def test_key_comes_from_a_settings_file(
    argv: tuple[str, ...], api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """A settings file names key and address."""
    Path("api.key").write_text(OTHER_KEY)
    Path("shop.toml").write_text(
        f'[projects.shop]\npid = "p"\napi_key = {{ file = "api.key" }}\napi_url = "{vendor.base_url}"\n'
    )
    vendor.answer(1)
    assert api(*COUNT, *argv).code == 0
    assert sent_key(vendor) == OTHER_KEY


def test_settings_file_that_lies_here_is_used(liveform: Command, vendor: LoopbackVendor) -> None:
    """``liveform.toml`` of this directory is used, unless the environment has an API key."""
    Path("api.key").write_text(OTHER_KEY)
    Path("liveform.toml").write_text(
        f'[projects.shop]\npid = "p"\napi_key = {{ file = "api.key" }}\napi_url = "{vendor.base_url}"\n'
    )
    vendor.answer(1).answer(1)
    assert liveform(*COUNT).code == 0
    assert sent_key(vendor) == OTHER_KEY
    assert liveform(*COUNT, API_KEY="a-key-of-the-environment", API_URL=vendor.base_url).code == 0
    assert sent_key(vendor) == "a-key-of-the-environment"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (COUNT, "LIVEFORM_API_KEY, --api-key-file or a settings file"),
        (("submissions", "list"), "LIVEFORM_API_KEY, --api-key-file or a settings file"),
        (("check",), "LIVEFORM_API_KEY, --api-key-file or a settings file"),
    ],
)
def test_missing_key_is_told_with_its_sources(argv: tuple[str, ...], says: str, liveform: Command) -> None:
    """Without an API key the error says where one may come from; it is exit code 2."""
    answer = liveform(*argv)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith("liveform: api_key: is needed")
    assert says in answer.err


def test_missing_key_of_the_add_on_is_told_with_its_sources(
    liveform: Command, vendor: LoopbackVendor
) -> None:
    """Without the add-on's key the error says where one may come from."""
    answer = liveform("faceauth", "get", "auth-1", API_KEY="an-api-key", API_URL=vendor.base_url)
    assert (answer.code, vendor.requests) == (2, [])
    assert "LIVEFORM_FACE_AUTH_KEY, --face-auth-key-file or a settings file" in answer.err


def test_other_setting_that_is_wrong_is_named(liveform: Command) -> None:
    """Another wrong setting is named by its variable."""
    answer = liveform(*COUNT, API_KEY="an-api-key", API_URL="ftp://h")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "LIVEFORM_API_URL" in answer.err


@pytest.mark.parametrize("option", ["--api-key", "--face-auth-key", "--key"])
@pytest.mark.parametrize("joined", [True, False])
def test_key_is_never_an_option(option: str, joined: bool, api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A key on the command line is refused without being repeated."""
    words = [f"{option}={OTHER_KEY}"] if joined else [option, OTHER_KEY]
    answer = api(*COUNT, *words)
    assert (answer.code, vendor.requests) == (2, [])
    assert f"LIVEFORM_{option[2:].replace('-', '_').upper()} or {option}-file" in answer.err


@pytest.mark.parametrize("argv", [COUNT, ("submissions", "list"), ("check",)])
def test_missing_extra_is_named(
    argv: tuple[str, ...], api: ApiCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without httpx2 the error names the extra to install."""

    def spec(name: str, package: str | None = None) -> Any:
        return None if name == "httpx2" else find_spec(name, package)

    monkeypatch.setattr("liveform.cli.api.connect.find_spec", spec)
    answer = api(*argv)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "httpx2: is not installed; it comes with the extra liveform[rest]" in answer.err


def test_vendor_that_is_not_there_is_an_error(api: ApiCommand) -> None:
    """No connection is exit code 1; the text names the variable of the address."""
    answer = api("tokens", "register", "--input", "-", API_URL="http://127.0.0.1:1", stdin=b"short")
    assert answer.code == 1  # nothing was sent, for the id cannot be right


def test_error_in_json_has_status_and_reason(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """With ``--json`` an error has code, message, status and reason, and nothing that was sent."""
    vendor.answer({"errorCode": "invalid_admin", "message": "admin jane@example.com is unknown"}, status=400)
    error = json.loads(api("projections", "list", "--json").err)["error"]
    assert error.pop("message").endswith("admin must be the e-mail address of a member of the project")
    assert error == {"code": "invalid_admin", "status": 400, "reason": "refused"}


@pytest.mark.parametrize("argv", [("submissions", "sleep"), ("images", "get", "a1"), ("aml", "--x")])
def test_incomplete_command_is_one_line(argv: tuple[str, ...], api: ApiCommand) -> None:
    """An unknown command and a missing argument below a noun are exit code 2 and one line."""
    answer = api(*argv)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.endswith(
        f"(see liveform {' '.join(argv[:2] if argv[0] == 'images' else argv[:1])} --help)\n"
    )


@pytest.mark.parametrize(
    "argv", [(), ("tokens",), ("tokens", "register"), ("submissions", "delete"), ("check",)]
)
def test_help_is_there_at_each_level(argv: tuple[str, ...], liveform: Command) -> None:
    """``--help`` of each level names what comes next, and how the key is given."""
    answer = liveform(*argv, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "key is never an option" in answer.out
    assert all(len(line) <= 110 for line in answer.out.splitlines())
