"""Tests of liveform.settings.options: the arguments of ``Project``, checked against each other."""

import argparse
import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import faults_of, outcome

from liveform import (
    ConfigError,
    EcbLayout,
    GcmLayout,
    KeyFormatError,
    LiveformError,
    Project,
    SecretKey,
    SecureDataTransfer,
    TokenNames,
)
from liveform.cli.options import build_parser
from liveform.crypto.engines import ENGINE_NAMES
from liveform.settings.options import ARGUMENTS, OPTIONS, checked_options

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OTHER_KEY = "8Q2pMt0dUSMFweGdZYMHeVASemfm5tZh2rLKHDft"


@pytest.mark.parametrize("pid", ["", " ", "a b", "a\nb", "a\x7f", "한국", None, 7, b"abc", ["abc"]])
def test_pid_other_than_ascii_text_is_refused(pid: Any) -> None:
    """A pid must be ASCII text without spaces or control characters."""
    assert set(faults_of(lambda: Project(pid))) == {"pid"}


@pytest.mark.parametrize(
    "pid",
    [
        *(f"{PID}&userid=x", f"{PID}&", f"{PID}#top", f"{PID}?lang=en", f"{PID}/", f"a/{PID}"),
        *(
            f"pid={PID}",
            f"PID={PID}",
            f"?pid={PID}",
            f"{PID}%20",
            f"https://form.argosidentity.com/?pid={PID}",
        ),
    ],
)
@pytest.mark.parametrize("setting", ["pid", "face_auth_pid"])
def test_pid_with_other_parts_of_a_url_is_refused(setting: str, pid: str) -> None:
    """What is around the project id in a URL is not part of it; the URL would open no form."""
    options: Any = {"pid": PID, "face_auth_pid": PID, "face_auth_key": KEY, setting: pid}
    assert faults_of(lambda: Project(**options)) == {
        setting: "must be the project id alone: what is behind pid= and before the next &"
    }


@pytest.mark.parametrize("pid", ["a", PID, "a-b_c.d~e", "!"])
def test_pid_of_printable_ascii_is_kept(pid: str) -> None:
    """A pid of printable ASCII is kept as it is."""
    assert Project(pid).pid == pid


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            {"key": KEY},
            {"cipher": "must be named with a key: 'ecb' or 'gcm', as the dashboard says"},
        ),
        ({"cipher": "gcm"}, {"key": "is needed with a cipher"}),
        ({"key": KEY, "cipher": "cbc"}, {"cipher": "must be 'ecb' or 'gcm'"}),
        ({"key": KEY, "cipher": "GCM"}, {"cipher": "must be 'ecb' or 'gcm'"}),
        ({"key": KEY, "cipher": ""}, {"cipher": "must be 'ecb' or 'gcm'"}),
        ({"key": KEY, "cipher": 1}, {"cipher": "must be 'ecb' or 'gcm'"}),
        ({"key": KEY, "cipher": ["gcm"]}, {"cipher": "must be 'ecb' or 'gcm'"}),
        ({"cipher": "aes"}, {"cipher": "must be 'ecb' or 'gcm'"}),
    ],
)
def test_cipher_and_key_are_given_together_or_not_at_all(
    arguments: dict[str, Any], problem: dict[str, str]
) -> None:
    """A key needs the name of its cipher, "ecb" or "gcm", and a cipher needs a key."""
    assert faults_of(lambda: Project(PID, **arguments)) == problem


@pytest.mark.parametrize("cipher", ["ecb", "gcm"])
def test_cipher_with_a_key_is_used(cipher: Any) -> None:
    """A project uses the cipher that is named, and decrypts what it encrypted."""
    project = Project(PID, key=KEY, cipher=cipher)
    assert project.cipher == cipher
    assert project.decrypt(project.encrypt({"userid": "u"})) == {"userid": "u"}


def test_encryption_only_without_key_is_refused() -> None:
    """Encryption-only mode without a key is refused."""
    assert "needs a key" in faults_of(lambda: Project(PID, encryption_only=True))["encryption_only"]


@pytest.mark.parametrize("flag", [1, 0, "true", "", None])
def test_encryption_only_other_than_bool_is_refused(flag: Any) -> None:
    """``encryption_only`` must be True or False; a text such as "true" is refused."""
    faults = faults_of(lambda: Project(PID, key=KEY, cipher="gcm", encryption_only=flag))
    assert faults == {"encryption_only": "must be True or False"}


def test_encryption_only_with_key_is_kept() -> None:
    """A project with a key may have Encryption-only mode on."""
    assert Project(PID, key=KEY, cipher="gcm", encryption_only=True).encryption_only is True


@pytest.mark.parametrize("flag", [1, 0, "true", "", [True]])
def test_return_encrypted_other_than_bool_is_refused(flag: Any) -> None:  # A2
    """``return_encrypted`` must be True, False or None; a text such as "true" is refused."""
    faults = faults_of(lambda: Project(PID, return_key=KEY, return_encrypted=flag))
    assert faults == {"return_encrypted": "must be True, False or None"}


def test_return_encrypted_needs_a_key_that_opens_returns() -> None:  # A2
    """``return_encrypted`` needs ``key`` or ``return_key``; the API's key is none of them."""
    for keys in ({}, {"api_key": KEY}):
        faults = faults_of(lambda keys=keys: Project(PID, return_encrypted=True, **keys))  # type: ignore[misc]
        assert faults == {"return_encrypted": "needs a key or a return_key, which opens the returns"}


@pytest.mark.parametrize("flag", [True, False, None])
def test_return_encrypted_is_kept(flag: bool | None) -> None:  # A2
    """A project keeps ``return_encrypted`` as it was given."""
    project = Project(PID, return_key=KEY, return_encrypted=flag)
    assert (project.return_encrypted, project.settings()["return_encrypted"]) == (flag, flag)


@pytest.mark.parametrize(
    ("keys", "opens"),
    [
        ({}, False),
        ({"api_key": KEY}, False),
        ({"face_auth_pid": PID, "face_auth_key": KEY}, False),
        ({"return_key": KEY}, True),
        ({"key": KEY, "cipher": "gcm"}, True),
    ],
)
def test_project_with_a_key_for_returns_opens_them(keys: dict[str, Any], opens: bool) -> None:  # A2
    """A project opens encrypted returns with ``key`` or ``return_key``, and with no other key."""
    assert Project(PID, **keys).has_return_key is opens


@pytest.mark.parametrize("cipher", ["ecb", "gcm"])
def test_layout_as_text_is_the_layout_as_object(cipher: Any) -> None:
    """A layout given as text is the same as the layout object."""
    by_object = Project(
        PID,
        key=KEY,
        cipher=cipher,
        gcm_layout=GcmLayout.from_text("nonce16:tag16:ciphertext, hex"),
        ecb_layout=EcbLayout("hex"),
    )
    by_text = Project(
        PID, key=KEY, cipher=cipher, gcm_layout="nonce16:tag16:ciphertext, hex", ecb_layout="hex"
    )
    text = by_object.encrypt({"userid": "u"})
    assert set(text) <= set("0123456789abcdef:")
    assert by_text.decrypt(text) == {"userid": "u"}


@pytest.mark.parametrize(
    "layout",
    ["", "base64", "nonce12+ciphertext+tag16", "nonce13+ciphertext+tag16, base64", None, 3, EcbLayout()],
)
def test_gcm_layout_that_names_none_is_refused(layout: Any) -> None:
    """A GCM layout that is half a text, another cipher's or unknown is refused."""
    assert set(faults_of(lambda: Project(PID, gcm_layout=layout))) == {"gcm_layout"}


@pytest.mark.parametrize("layout", ["", "BASE64", "base32", None, 3, GcmLayout()])
def test_ecb_layout_that_names_none_is_refused(layout: Any) -> None:
    """An ECB layout other than base64, base64url or hex is refused."""
    assert set(faults_of(lambda: Project(PID, ecb_layout=layout))) == {"ecb_layout"}


@pytest.mark.parametrize("names", [TokenNames("tokenId", "tok"), ("tokenId", "tok"), ["tokenId", "tok"]])
def test_token_names_change_what_the_token_is_called(names: Any) -> None:
    """The first token name is used in plain URLs, the second inside ``encrypted``."""
    plain = Project(PID, token_names=names).form_url(token_id="token-0001")
    project = Project(PID, key=KEY, cipher="gcm", token_names=names)
    encrypted = project.explain(project.form_url(token_id="token-0001"))
    assert plain.endswith("?pid=abc123de45&tokenId=token-0001")
    assert [seen.name for seen in encrypted.seen] == ["tok"]


@pytest.mark.parametrize("names", [(), ("a",), ("a", "b", "c"), ("", "b"), ("a", 7), "ab", None, {"a": "b"}])
def test_token_names_other_than_two_texts_are_refused(names: Any) -> None:
    """Token names must be two texts that are not empty; one text of two letters is refused."""
    assert set(faults_of(lambda: Project(PID, token_names=names))) == {"token_names"}


@pytest.mark.parametrize(
    "names", [("pid", "token"), ("encrypted", "token"), ("email", "token"), ("tokenid", "userid")]
)
def test_token_names_that_another_parameter_has_are_refused(names: Any) -> None:
    """A token name that another parameter has, such as pid, is refused."""
    assert set(faults_of(lambda: Project(PID, token_names=names))) == {"token_names"}


@pytest.mark.parametrize("keys", [KEY, SecretKey(KEY), None, 7])
def test_previous_keys_other_than_a_list_are_refused(keys: Any) -> None:
    """``previous_keys`` must be a list; one key as text is refused."""
    faults = faults_of(lambda: Project(PID, key=KEY, cipher="gcm", previous_keys=keys))
    assert faults == {"previous_keys": "must be a list of keys"}


@pytest.mark.parametrize("kind", [list, tuple, iter])
def test_previous_keys_only_decrypt(kind: Callable[[list[Any]], Any]) -> None:
    """Previous keys decrypt old texts and never encrypt new ones."""
    old = Project(PID, key=OTHER_KEY, cipher="gcm")
    new = Project(PID, key=KEY, cipher="gcm", previous_keys=kind(["another", SecretKey(OTHER_KEY)]))
    assert new.decrypt(old.encrypt({"a": 1})) == {"a": 1}
    with pytest.raises(LiveformError):
        old.decrypt(new.encrypt({"a": 1}))


@pytest.mark.parametrize(
    "key", ["", " ", f"{KEY}\n", f" {KEY}", 7, KEY.encode(), ["k"], True, "\ud800"], ids=repr
)
@pytest.mark.parametrize("setting", ["key", "return_key", "previous_keys"])
def test_key_that_cannot_be_one_is_refused_without_its_text(setting: str, key: Any) -> None:
    """An empty, padded or non-text key raises a KeyFormatError that does not show it."""
    arguments: dict[str, Any] = {"key": KEY, "cipher": "gcm"}
    arguments[setting] = [key] if setting == "previous_keys" else key
    with pytest.raises(KeyFormatError) as caught:
        Project(PID, **arguments)
    assert KEY not in str(caught.value)


def test_return_key_alone_opens_returns_and_nothing_else() -> None:
    """A project with only a return key reads encrypted returns and cannot decrypt."""
    returned = Project(PID, key=OTHER_KEY, cipher="ecb").encrypt({"userid": "u"})
    project = Project(PID, return_key=OTHER_KEY)
    assert project.read_return({"encrypted": returned}).userid == "u"
    assert project.cipher is None
    assert set(faults_of(lambda: project.decrypt(returned))) == {"key"}


@pytest.mark.parametrize(
    "url",
    [
        "https://h",
        "https://h/",
        "https://h:8443/form",
        "HTTPS://h",
        "http://127.0.0.1",
        "http://127.0.0.1:5000",
        "http://127.9.9.9",
        "http://[::1]",
        "http://[::1]:5000/form/",
        "http://localhost",
        "http://localhost:5000/",
        "http://LOCALHOST",
    ],
)
def test_base_url_of_https_or_loopback_is_kept_without_its_last_slash(url: str) -> None:
    """A base_url may be https on any host or http on a loopback one, and loses its last slash."""
    assert Project(PID, base_url=url).base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h",
        "https://",
        "https:///path",
        "https://:443",
        "https://h:port",
        "https://h:99999",
        "https://[::1",
        "https://h h",
        "https://h\n",
        "https://한국.kr",
        None,
        7,
        b"https://h",
    ],
)
def test_base_url_that_is_no_url_is_refused(url: Any) -> None:
    """A base_url without a valid host and port, or not in ASCII, is refused with an example."""
    assert (
        "such as https://form.argosidentity.com" in faults_of(lambda: Project(PID, base_url=url))["base_url"]
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://h",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.1",
        "http://0.0.0.0",
        "http://[::2]",
        "http://10.0.0.1",
        "ftp://localhost",
        "//localhost",
        "javascript://localhost",
    ],
)
def test_base_url_of_http_beyond_loopback_is_refused(url: str) -> None:
    """A base_url of http on a host that is not loopback is refused, as are other schemes."""
    assert "must be https" in faults_of(lambda: Project(PID, base_url=url))["base_url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://user@h",
        "https://user:word@h",
        "https://@h",
        "https://h?",
        "https://h/?a=1",
        "https://h#",
        "https://h/#a",
        "http://localhost@evil.example",
        "https://form.argosidentity.com@evil.example",
    ],
)
def test_base_url_with_user_query_or_fragment_is_refused(url: str) -> None:
    """A base_url with a user, a query or a fragment, even an empty one, is refused."""
    assert set(faults_of(lambda: Project(PID, base_url=url))) == {"base_url"}


@pytest.mark.parametrize("engine", ["openssl", "", 7, ["cryptography"]])
def test_engine_unknown_is_refused(engine: Any) -> None:
    """An engine other than cryptography and pycryptodome is refused."""
    faults = faults_of(lambda: Project(PID, key=KEY, cipher="gcm", engine=engine))
    assert faults == {"engine": "must be one of cryptography, pycryptodome"}


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_engine_named_is_used(engine: str) -> None:
    """A project uses the engine that is named."""
    assert Project(PID, key=KEY, cipher="gcm", engine=engine).engine == engine


def test_engine_without_key_is_none() -> None:
    """A project without a key has None as its engine, even if one is named."""
    assert Project(PID, engine="cryptography").engine is None


@pytest.mark.parametrize("url", ["https://api.example.com/v3", "https://api.example.com/v3/"])
def test_api_url_of_https_is_kept_without_its_last_slash(url: str) -> None:
    """An api_url is kept as a base_url is; the default is the vendor's own."""
    assert Project(PID, api_url=url).settings()["api_url"] == "https://api.example.com/v3"
    assert Project(PID).settings()["api_url"] == "https://rest-api.argosidentity.com/v3"
    assert (
        Project(PID, api_url="http://127.0.0.1:8000/v3").settings()["api_url"] == "http://127.0.0.1:8000/v3"
    )


@pytest.mark.parametrize("url", ["http://api.example.com/v3", "https://user@host", "", None, 5])
def test_api_url_otherwise_is_refused_by_its_own_name(url: Any) -> None:
    """An api_url that is not https is refused, and the fault does not speak of base_url."""
    assert set(faults_of(lambda: Project(PID, api_url=url))) == {"api_url"}


@pytest.mark.parametrize("pid", ["", "a b", "피드", 5, b"x"])
def test_face_auth_pid_other_than_ascii_text_is_refused(pid: Any) -> None:
    """The project id of FaceAuth is checked as the project's own."""
    faults = faults_of(lambda: Project(PID, face_auth_pid=pid, face_auth_key=KEY))
    assert faults == {"face_auth_pid": "must be the project id: ASCII text without spaces"}


def test_face_auth_pid_and_key_go_together() -> None:
    """Of face_auth_pid and face_auth_key, one alone is refused with the name of the other."""
    problem = "is needed too: face_auth_pid and face_auth_key go together"
    assert faults_of(lambda: Project(PID, face_auth_pid="face000001")) == {"face_auth_key": problem}
    assert faults_of(lambda: Project(PID, face_auth_key=KEY)) == {"face_auth_pid": problem}
    assert Project(PID, face_auth_pid="face000001", face_auth_key=KEY).engine == "cryptography"


@pytest.mark.parametrize("value", [None, False])
def test_secure_data_transfer_that_is_off_is_none(value: Any) -> None:
    """A project without Secure Data Transfer has no cipher for it."""
    project = Project(PID, api_key=KEY, secure_data_transfer=value)
    assert project.transfer is None
    assert project.settings()["secure_data_transfer"] is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "bare base64 / cbc iv16+ciphertext, base64"),
        ("body hex / cbc zero-iv, hex", "body hex / cbc zero-iv, hex"),
        (SecureDataTransfer(answer_cipher="ecb"), "bare base64 / ecb base64"),
    ],
)
def test_secure_data_transfer_is_on_by_true_text_or_value(value: Any, text: str) -> None:
    """Secure Data Transfer is on with True (the defaults), a text or a value."""
    project = Project(PID, api_key=KEY, secure_data_transfer=value)
    assert project.transfer is not None
    assert str(project.transfer.transfer) == text
    assert str(project.settings()["secure_data_transfer"]) == text


@pytest.mark.parametrize("value", ["", "true", "off", "bare base64", "bare base64 / gcm base64", 5, [], b"x"])
def test_secure_data_transfer_otherwise_is_refused(value: Any) -> None:
    """Secure Data Transfer of another value is refused."""
    faults = faults_of(lambda: Project(PID, api_key=KEY, secure_data_transfer=value))
    assert set(faults) == {"secure_data_transfer"}


@pytest.mark.parametrize("keys", [{}, {"key": KEY, "cipher": "ecb"}, {"return_key": KEY}])
def test_secure_data_transfer_needs_the_api_key(keys: Any) -> None:
    """Neither the key of the URLs, which may be a secretKey, nor that of returns stands in for api_key."""
    faults = faults_of(lambda: Project(PID, secure_data_transfer=True, **keys))
    assert faults == {"secure_data_transfer": "needs an api_key, which encrypts it"}


def test_previous_keys_need_one_of_three_keys_beside_them() -> None:
    """previous_keys are taken beside key, return_key or api_key, and open what api_key encrypted before."""
    faults = faults_of(lambda: Project(PID, previous_keys=[OTHER_KEY]))
    assert faults == {"previous_keys": "need a key, a return_key or an api_key beside them"}
    old = Project(PID, api_key=OTHER_KEY, secure_data_transfer=True).transfer
    new = Project(PID, api_key=KEY, previous_keys=[OTHER_KEY], secure_data_transfer=True).transfer
    assert old is not None
    assert new is not None
    assert new.decrypt_answer(old.encrypt_answer({"a": 1})) == {"a": 1}


def test_faults_of_the_api_options_are_told_together() -> None:
    """The faults of the API, FaceAuth and Secure Data Transfer come in one error, in the list's order."""
    faults = faults_of(
        lambda: Project(PID, api_url="ftp://x", face_auth_pid="face000001", secure_data_transfer=True)
    )
    assert list(faults) == ["api_url", "face_auth_key", "secure_data_transfer"]


def test_several_faults_are_told_at_once_and_in_order() -> None:
    """One ConfigError lists all wrong arguments in order, each with its problem."""
    arguments: dict[str, Any] = {
        "key": KEY,
        "cipher": "des",
        "encryption_only": "yes",
        "gcm_layout": "upside down",
        "ecb_layout": "base32",
        "base_url": "http://h",
        "token_names": "ab",
        "engine": "abacus",
        "previous_keys": KEY,
        "return_encrypted": "yes",
        "api_url": "http://h",
        "face_auth_pid": "not a pid",
        "secure_data_transfer": "upside down",
    }
    with pytest.raises(ConfigError) as caught:
        Project("not a pid", **arguments)
    settings = [fault.setting for fault in caught.value.faults]
    assert settings == [
        "pid",
        "cipher",
        "encryption_only",
        "gcm_layout",
        "ecb_layout",
        "base_url",
        "token_names",
        "engine",
        "previous_keys",
        "return_encrypted",
        "api_url",
        "face_auth_pid",
        "face_auth_key",
        "secure_data_transfer",
    ]
    assert all(f"{fault.setting}: {fault.problem}" in str(caught.value) for fault in caught.value.faults)


@pytest.mark.parametrize(
    "setting",
    [
        "pid",
        "key",
        "cipher",
        "encryption_only",
        "gcm_layout",
        "ecb_layout",
        "base_url",
        "token_names",
        "engine",
        "previous_keys",
        "return_encrypted",
        "api_url",
        "face_auth_pid",
        "face_auth_key",
        "secure_data_transfer",
    ],
)
def test_fault_names_the_setting_and_never_its_value(setting: str) -> None:
    """A key pasted into the wrong setting is not shown by the error."""
    secret = f" {KEY} "
    arguments: dict[str, Any] = {"pid": PID, "key": OTHER_KEY, "cipher": "gcm", setting: secret}
    with pytest.raises(LiveformError) as caught:
        Project(**arguments)
    assert KEY not in f"{caught.value} {caught.value!r} {caught.value.args}"


_ANY = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.lists(st.text(), max_size=3)


@given(
    arguments=st.fixed_dictionaries(
        {"pid": _ANY},
        optional=dict.fromkeys(
            (
                "key",
                "cipher",
                "encryption_only",
                "previous_keys",
                "return_key",
                "return_encrypted",
                "gcm_layout",
                "ecb_layout",
                "token_names",
                "base_url",
                "engine",
                "api_key",
                "api_url",
                "face_auth_pid",
                "face_auth_key",
                "secure_data_transfer",
            ),
            _ANY,
        ),
    )
)
def test_arguments_of_any_kind_raise_only_inside_the_tree(arguments: dict[str, Any]) -> None:
    """Arguments of any type give a project or a LiveformError."""
    assert isinstance(outcome(lambda: Project(**arguments)), Project | LiveformError)


def test_arguments_of_a_project_are_the_options_of_the_list() -> None:
    """The signature is typed for editors; the list gives variables, TOML keys and command line options."""
    signature = inspect.signature(Project)
    assert sorted(signature.parameters) == sorted(option.name for option in ARGUMENTS)
    assert [option.name for option in OPTIONS if not option.argument] == ["key_derivation"]


def test_defaults_of_a_project_pass_the_checks_of_the_list() -> None:
    """None of them is changed on the way, so that nothing is parsed for a project that leaves them out."""
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(Project).parameters.items()
        if parameter.default is not parameter.empty
    }
    options = checked_options({"pid": PID, **defaults}).options
    assert all(options[name] is default for name, default in defaults.items() if name != "previous_keys")
    assert options["previous_keys"] == []


def test_command_has_an_option_for_what_the_list_says() -> None:
    """No key among them: others can read a command line."""
    (commands,) = (
        action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    names = {option.name for option in OPTIONS}
    offered = {
        action.dest: action
        for action in commands.choices["url"]._actions
        if action.dest in names and action.help is not argparse.SUPPRESS
    }
    assert set(offered) == {option.name for option in OPTIONS if option.command}
    for option in OPTIONS:
        if option.command:
            action = offered[option.name]
            assert (action.metavar, action.help) == (option.metavar, option.help)
            assert tuple(action.choices or ()) == (option.choices or ())
            assert option.help
    assert not [option.name for option in OPTIONS if option.command and option.kind in ("key", "keys")]


def test_settings_of_a_project_are_its_options_without_keys() -> None:
    """As they were given, layouts and names as values."""
    project = Project(
        PID,
        key=KEY,
        cipher="gcm",
        previous_keys=[OTHER_KEY],
        ecb_layout="hex",
        api_key=KEY,
        face_auth_pid="face000001",
        face_auth_key=OTHER_KEY,
    )
    settings = project.settings()
    assert set(settings) == {option.name for option in ARGUMENTS if option.kind not in ("key", "keys")}
    assert (settings["pid"], settings["cipher"], settings["ecb_layout"]) == (PID, "gcm", EcbLayout("hex"))
    assert KEY not in repr(settings)
    assert OTHER_KEY not in repr(settings)


def test_project_costs_little_to_make() -> None:
    """Fewer than 90 calls of Python functions with a key, for what does not differ is made once."""
    import_module("Crypto")  # one not imported yet is looked for in every folder of the path
    key = SecretKey(KEY)
    Project(PID, key=key, cipher="gcm")
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    profiler = sys.getprofile()
    sys.setprofile(count)
    try:
        Project(PID, key=key, cipher="gcm")
    finally:
        sys.setprofile(profiler)
    assert calls < 90


@pytest.mark.parametrize(
    "layout", ["cbc iv9:ciphertext, hex", "gcm nonce9, hex", "ecb rot13", "rot13 base64"]
)
def test_secure_data_transfer_of_a_wrong_layout_is_refused_by_its_name(layout: str) -> None:
    """A layout that is wrong inside ``secure_data_transfer`` is told as a fault of that setting."""
    with pytest.raises(ConfigError) as raised:
        Project(PID, api_key=KEY, secure_data_transfer=f"body base64 / {layout}")
    assert [fault.setting for fault in raised.value.faults] == ["secure_data_transfer"]
