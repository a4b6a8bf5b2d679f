"""Tests of liveform.settings: projects from a table of settings or from the environment."""

import os
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import faults_of, outcome

from liveform import ConfigError, LiveformError, Project, SecretKey
from liveform.crypto.layouts import GcmLayout
from liveform.settings.secrets import MAX_SECRET_BYTES, SecretSources, secret_text
from liveform.settings.table import SETTINGS, inline_keys, read_table, variables

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OLD_KEY = "8Q2pMt0dUSMFweGdZYMHeVASemfm5tZh2rLKHDft"
OLDER_KEY = "tdRYuKGMNFweGdZYMHeKuwVASemfm5tZh2rLKHDf"
RAW_KEY = "0123456789abcdef0123456789abcdef"  # 32 bytes as UTF-8
NOWHERE = SecretSources({}, Path("/nonexistent"))


def seal(key: str | SecretKey, **members: str) -> str:
    """Return the GCM text of a project that has this key."""
    return Project(PID, key=key, cipher="gcm").encrypt(members)


def build(table: Any, around: SecretSources = NOWHERE) -> Project:
    """Return the project that a table of settings describes."""
    return read_table(table, around).build(Project, str)


# The environment


def test_environ_with_every_variable_gives_the_project() -> None:
    """Each LIVEFORM_ variable sets one argument of Project."""
    project = Project.from_env(
        {
            "LIVEFORM_PID": PID,
            "LIVEFORM_KEY": KEY,
            "LIVEFORM_CIPHER": "gcm",
            "LIVEFORM_ENCRYPTION_ONLY": "true",
            "LIVEFORM_PREVIOUS_KEYS": f" {OLD_KEY}\n{OLDER_KEY} ",
            "LIVEFORM_RETURN_KEY": OLD_KEY,
            "LIVEFORM_GCM_LAYOUT": "nonce16:tag16:ciphertext, hex",
            "LIVEFORM_ECB_LAYOUT": "hex",
            "LIVEFORM_BASE_URL": "http://localhost:5000/",
            "LIVEFORM_ENGINE": "cryptography",
            "LIVEFORM_KEY_DERIVATION": "sha256",
            "PATH": "/bin",
        }
    )
    layout = GcmLayout.from_text("nonce16:tag16:ciphertext, hex")
    new, old, older = (
        Project(PID, key=key, cipher="gcm", gcm_layout=layout) for key in (KEY, OLD_KEY, OLDER_KEY)
    )
    returned = Project(PID, key=OLD_KEY, cipher="ecb", ecb_layout="hex").encrypt({"userid": "u"})
    assert (project.pid, project.cipher, project.encryption_only) == (PID, "gcm", True)
    assert (project.base_url, project.engine) == ("http://localhost:5000", "cryptography")
    assert new.decrypt(project.encrypt({"a": "b"})) == {"a": "b"}
    assert [project.decrypt(one.encrypt({"a": "b"})) for one in (old, older)] == [{"a": "b"}] * 2
    assert project.read_return({"encrypted": returned}).userid == "u"


API_ENVIRON = {
    "LIVEFORM_PID": PID,
    "LIVEFORM_API_KEY": KEY,
    "LIVEFORM_API_URL": "https://api.example.com/v3/",
    "LIVEFORM_FACE_AUTH_PID": "face000001",
    "LIVEFORM_FACE_AUTH_KEY": OLD_KEY,
}


@pytest.mark.parametrize(
    ("text", "transfer"),
    [
        ("true", "bare base64 / cbc iv16+ciphertext, base64"),
        ("1", "bare base64 / cbc iv16+ciphertext, base64"),
        ("True", "bare base64 / cbc iv16+ciphertext, base64"),
        ("data hex / ecb hex", "data hex / ecb hex"),
        ("false", None),
        ("0", None),
    ],
)
def test_environ_with_the_options_of_the_api_gives_the_project(text: str, transfer: str | None) -> None:
    """The variables of API, FaceAuth and Secure Data Transfer set their arguments of Project."""
    project = Project.from_env({**API_ENVIRON, "LIVEFORM_SECURE_DATA_TRANSFER": text})
    settings = project.settings()
    assert settings["api_url"] == "https://api.example.com/v3"
    assert settings["face_auth_pid"] == "face000001"
    assert (project.transfer and str(project.transfer.transfer)) == transfer
    assert project.face_auth_url(sid="s1") == Project(
        PID, face_auth_pid="face000001", face_auth_key=OLD_KEY
    ).face_auth_url(sid="s1")


@pytest.mark.parametrize("text", ["yes", "on", "bare base64", "t"])
def test_environ_secure_data_transfer_of_another_spelling_is_refused(text: str) -> None:
    """LIVEFORM_SECURE_DATA_TRANSFER must be a word for true or false, or name the layouts."""
    faults = faults_of(lambda: Project.from_env({**API_ENVIRON, "LIVEFORM_SECURE_DATA_TRANSFER": text}))
    assert set(faults) == {"LIVEFORM_SECURE_DATA_TRANSFER"}


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_environ_says_whether_returns_are_encrypted(text: str, flag: bool) -> None:  # A2
    """LIVEFORM_RETURN_ENCRYPTED sets ``return_encrypted`` of the project."""
    environ = {"LIVEFORM_PID": PID, "LIVEFORM_RETURN_KEY": KEY, "LIVEFORM_RETURN_ENCRYPTED": text}
    assert Project.from_env(environ).return_encrypted is flag


def test_table_says_whether_returns_are_encrypted() -> None:  # A2
    """``return_encrypted`` of a settings table is true or false, also as text, and nothing else."""
    sources = SecretSources({"KEY": KEY}, Path())
    table = {"pid": PID, "return_key": {"env": "KEY"}}
    assert build({**table, "return_encrypted": True}, sources).return_encrypted is True
    assert build(table, sources).return_encrypted is None
    assert build({**table, "return_encrypted": "True"}, sources).return_encrypted is True
    faults = faults_of(lambda: build({**table, "return_encrypted": "yes"}, sources))
    assert set(faults) == {"return_encrypted"}


def test_environ_faults_of_the_api_are_told_at_once_and_never_by_value() -> None:
    """Faults of the API's variables are reported at once, by variable and never by value."""
    environ = dict.fromkeys(API_ENVIRON, f" {KEY} ")
    with pytest.raises(ConfigError) as caught:
        Project.from_env({**environ, "LIVEFORM_SECURE_DATA_TRANSFER": KEY})
    assert {fault.setting for fault in caught.value.faults} == {*environ, "LIVEFORM_SECURE_DATA_TRANSFER"}
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_table_with_the_options_of_the_api_gives_the_project(tmp_path: Path) -> None:
    """A table names the API's keys as it names the others, and a key in the table itself is told."""
    (tmp_path / "api.key").write_text(f"{KEY}\n", encoding="utf-8")
    table = {
        "pid": PID,
        "api_key": {"file": "api.key"},
        "face_auth_pid": "face000001",
        "face_auth_key": {"env": "FACE"},
        "secure_data_transfer": True,
    }
    project = build(table, SecretSources({"FACE": OLD_KEY}, tmp_path))
    other = Project(PID, api_key=KEY, secure_data_transfer=True).transfer
    assert project.transfer is not None
    assert other is not None
    assert other.decrypt_answer(project.transfer.encrypt_answer([1])) == [1]
    assert inline_keys(table) == []
    assert inline_keys({**table, "api_key": KEY, "face_auth_key": KEY}) == ["api_key", "face_auth_key"]


@pytest.mark.parametrize("value", [5, [], {}, "yes"])
def test_table_secure_data_transfer_of_another_kind_is_refused(value: object) -> None:
    """secure_data_transfer in a table must be true, false or a text that names the layouts."""
    table = {"pid": PID, "api_key": KEY, "secure_data_transfer": value}
    assert set(faults_of(lambda: build(table))) == {"secure_data_transfer"}


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("1", True),
        ("false", False),
        ("FALSE", False),
        ("0", False),
    ],
)
def test_environ_flag_is_true_or_false(text: str, flag: bool) -> None:  # S7
    """LIVEFORM_ENCRYPTION_ONLY may be true or false in any case, 1 or 0."""
    environ = {
        "LIVEFORM_PID": PID,
        "LIVEFORM_KEY": KEY,
        "LIVEFORM_CIPHER": "gcm",
        "LIVEFORM_ENCRYPTION_ONLY": text,
    }
    assert Project.from_env(environ).encryption_only is flag


@pytest.mark.parametrize("text", ["yes", "on", "2", " true", "truee"])
def test_environ_flag_of_another_spelling_is_refused(text: str) -> None:
    """LIVEFORM_ENCRYPTION_ONLY in another spelling, such as "yes", is refused."""
    faults = faults_of(lambda: Project.from_env({"LIVEFORM_PID": PID, "LIVEFORM_ENCRYPTION_ONLY": text}))
    assert faults == {"LIVEFORM_ENCRYPTION_ONLY": "must be true or false"}


def test_environ_with_key_files_reads_them(tmp_path: Path) -> None:
    """A key may come from the file that a LIVEFORM_..._FILE variable names."""
    files = {"KEY": f"{KEY}\r\n", "RETURN_KEY": f"{OLD_KEY}\n", "PREVIOUS_KEYS": f"{OLD_KEY}\n{OLDER_KEY}\n"}
    environ = {"LIVEFORM_PID": PID, "LIVEFORM_CIPHER": "gcm"}
    for name, text in files.items():
        (tmp_path / name).write_bytes(text.encode())
        environ[f"LIVEFORM_{name}_FILE"] = str(tmp_path / name)
    project = Project.from_env(environ)
    returned = Project(PID, key=OLD_KEY, cipher="ecb").encrypt({"userid": "u"})
    sealed = [seal(key, a="b") for key in (KEY, OLD_KEY, OLDER_KEY)]
    assert [project.decrypt(text) for text in sealed] == [{"a": "b"}] * 3
    assert project.read_return({"encrypted": returned}).userid == "u"


@pytest.mark.parametrize("name", ["KEY", "RETURN_KEY", "PREVIOUS_KEYS"])
def test_environ_with_a_key_and_its_file_is_refused(name: str, tmp_path: Path) -> None:  # S5
    """A key and its _FILE variable must not both be set."""
    (tmp_path / "key").write_text(KEY)
    environ = {
        "LIVEFORM_PID": PID,
        f"LIVEFORM_{name}": KEY,
        f"LIVEFORM_{name}_FILE": str(tmp_path / "key"),
    }
    problem = faults_of(lambda: Project.from_env(environ))[f"LIVEFORM_{name}"]
    assert problem == f"is set, and so is LIVEFORM_{name}_FILE; set one of them, not both"


def test_environ_with_another_prefix_reads_only_its_own() -> None:
    """With another prefix only its variables are read, and faults are named by it."""
    environ = {"SHOP_PID": PID, "SHOP_BASE_URL": "http://h", "LIVEFORM_ENGINE": "abacus"}
    assert set(faults_of(lambda: Project.from_env(environ, prefix="SHOP_"))) == {"SHOP_BASE_URL"}


@pytest.mark.parametrize("environ", [None, 7, "LIVEFORM_PID=a", [("LIVEFORM_PID", "a")]])
def test_environ_that_is_no_mapping_is_refused(environ: Any) -> None:
    """An environment that is not a mapping is refused."""
    assert any(
        "must be a mapping" in problem for problem in faults_of(lambda: Project.from_env(environ)).values()
    )


def test_environ_without_pid_is_refused() -> None:
    """An environment without LIVEFORM_PID is refused, and it is the only required variable."""
    assert set(faults_of(lambda: Project.from_env({}))) == {"LIVEFORM_PID"}


def test_environ_faults_are_told_at_once_by_variable_and_never_by_value() -> None:
    """All faults of the environment are reported at once, by variable and never by value."""
    environ = {
        f"LIVEFORM_{name}": f" {KEY}"
        for name in (
            "PID",
            "KEY",
            "RETURN_KEY",
            "CIPHER",
            "ENCRYPTION_ONLY",
            "GCM_LAYOUT",
            "ECB_LAYOUT",
            "BASE_URL",
            "ENGINE",
            "KEY_DERIVATION",
        )
    }
    with pytest.raises(ConfigError) as caught:
        Project.from_env({**environ, "LIVEFORM_PREVIOUS_KEYS_FILE": f"/nonexistent/{KEY}"})
    assert {fault.setting for fault in caught.value.faults} == {*environ, "LIVEFORM_PREVIOUS_KEYS_FILE"}
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "environ",
    [
        {"LIVEFORM_KEY": 7, "LIVEFORM_CIPHER": "gcm"},
        {"LIVEFORM_KEY": KEY.encode(), "LIVEFORM_CIPHER": "gcm"},
        {"LIVEFORM_PREVIOUS_KEYS": [KEY]},
        {"LIVEFORM_ENCRYPTION_ONLY": []},
        {"LIVEFORM_KEY_DERIVATION": {}},
        {"LIVEFORM_KEY_FILE": 7},
        {"LIVEFORM_CIPHER": None},
    ],
    ids=lambda environ: next(iter(environ)),
)
def test_environ_of_values_other_than_text_is_refused(environ: dict[str, Any]) -> None:
    """A variable whose value is not text is refused by its name."""
    names = set(faults_of(lambda: Project.from_env({"LIVEFORM_PID": PID, **environ})))
    assert next(iter(environ)) in names


@pytest.mark.parametrize("text", ["", " ", "\r", "\ufeff"])
def test_environ_variable_that_is_empty_is_not_set(text: str) -> None:  # S2
    """An empty variable is not set, whichever it is."""
    environ = dict.fromkeys(variables("LIVEFORM_"), text)
    project = Project.from_env({**environ, "LIVEFORM_PID": PID})
    assert project.settings() == Project(PID).settings()
    assert set(faults_of(lambda: Project.from_env(environ))) == {"LIVEFORM_PID"}


@pytest.mark.parametrize("sign", ['"', "'", "\u201c\u201d"])
def test_environ_value_in_quotes_is_refused_with_a_hint(sign: str) -> None:  # S1
    """Quotes around a value, as ``docker --env-file`` keeps them, are refused in every variable."""
    values = {
        "PID": PID,
        "KEY": KEY,
        "CIPHER": "gcm",
        "ENCRYPTION_ONLY": "true",
        "PREVIOUS_KEYS": f"{OLD_KEY} {OLDER_KEY}",
        "GCM_LAYOUT": "nonce12+ciphertext+tag16, base64",
        "BASE_URL": "https://form.argosidentity.com",
        "SECURE_DATA_TRANSFER": "true",
        "KEY_DERIVATION": "sha256",
    }
    environ = {f"LIVEFORM_{name}": f"{sign[0]}{value}{sign[-1]}" for name, value in values.items()}
    faults = faults_of(lambda: Project.from_env(environ))
    assert set(faults) == set(environ)
    assert all("quotes around it" in problem and "--env-file" in problem for problem in faults.values())


@pytest.mark.parametrize("text", ['"', 'a"', '"a', "'a\"", "it's"])
def test_environ_value_with_a_quote_that_is_no_pair_is_left_alone(text: str) -> None:  # S1
    """One quote alone may belong to a key."""
    environ = {"LIVEFORM_PID": PID, "LIVEFORM_KEY": text, "LIVEFORM_CIPHER": "gcm"}
    assert Project.from_env(environ).decrypt(seal(text, a="b")) == {"a": "b"}


def test_table_value_in_quotes_is_refused_in_a_key_file(tmp_path: Path) -> None:  # S1
    """Quotes around the key of a file are refused as well."""
    (tmp_path / "key").write_text(f'"{KEY}"\n')
    faults = faults_of(
        lambda: build({"pid": PID, "cipher": "gcm", "key": {"file": "key"}}, SecretSources({}, tmp_path))
    )
    assert "quotes around it" in faults["key"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("setting", ["key", "return_key", "api_key"])
def test_table_key_of_two_lines_is_refused(setting: str, line_break: str, tmp_path: Path) -> None:  # S4
    """A key file of two lines is refused, and so is a variable with two."""
    text = f"{KEY}{line_break}{OLD_KEY}\n"
    (tmp_path / "key").write_text(text, encoding="utf-8", newline="")
    table = {"pid": PID, "cipher": "gcm", "key": SecretKey(KEY)}
    for reference in ({"file": "key"}, {"env": "K"}):
        sources = SecretSources({"K": text}, tmp_path)
        faults = faults_of(lambda: build({**table, setting: reference}, sources))  # noqa: B023
        assert faults == {setting: "holds more than one line; a key is one line"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_table_key_file_with_a_byte_order_mark_is_read(encoding: str, tmp_path: Path) -> None:  # S3
    """A byte order mark in a key file says its encoding, and is no part of the key."""
    (tmp_path / "key").write_text(f"{KEY}\r\n", encoding=encoding)
    table = {"pid": PID, "cipher": "gcm", "key": {"file": "key"}}
    assert build(table, SecretSources({}, tmp_path)).decrypt(seal(KEY, a="b")) == {"a": "b"}


@pytest.mark.parametrize("between", [",", ", ", ";", "\n", " "])
def test_environ_list_may_be_separated_as_every_list(between: str) -> None:  # S6
    """Previous keys are separated by commas, semicolons or white space, or are a JSON list."""
    for text in (f"{OLD_KEY}{between}{OLDER_KEY}", f'["{OLD_KEY}","{OLDER_KEY}"]'):
        environ = {"LIVEFORM_KEY": KEY, "LIVEFORM_CIPHER": "gcm", "LIVEFORM_PREVIOUS_KEYS": text}
        project = Project.from_env({"LIVEFORM_PID": PID, **environ})
        assert [project.decrypt(seal(key, a="b")) for key in (OLD_KEY, OLDER_KEY)] == [{"a": "b"}] * 2


def test_environ_list_that_begins_like_json_but_is_none_is_refused() -> None:  # S6
    """A text that begins like a JSON list must be one of texts, and is not shown."""
    environ = {"LIVEFORM_PID": PID, "LIVEFORM_PREVIOUS_KEYS": f'["{KEY}", 7]'}
    faults = faults_of(lambda: Project.from_env(environ))
    assert "JSON list" in faults["LIVEFORM_PREVIOUS_KEYS"]
    assert KEY not in str(faults)


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("LIVEFORM_KEY_FIL", "did you mean LIVEFORM_KEY_FILE?"),
        ("LIVEFORM_CYPHER", "did you mean LIVEFORM_CIPHER?"),
        ("LIVEFORM_PREVIOUS_KEY", "did you mean LIVEFORM_PREVIOUS_KEYS?"),
        ("liveform_kye", "did you mean LIVEFORM_KEY? Variables are written in capitals"),
        ("\ufeffLIVEFORM_PID", "did you mean LIVEFORM_PID? A byte order mark is in front of it"),
    ],
)
def test_environ_name_that_is_nearly_one_is_told(variable: str, hint: str) -> None:  # S6
    """A variable that is nearly one of ours is refused, with the one that was meant."""
    faults = faults_of(lambda: Project.from_env({"LIVEFORM_PID": PID, variable: "x"}))
    assert any(problem.startswith(f"is not a setting; {hint}") for problem in faults.values())


@pytest.mark.parametrize("variable", ["liveform_key", "Liveform_Key"])
def test_environ_name_in_small_letters_is_reported_as_it_is_written(variable: str) -> None:
    """A variable in small letters is named as it is written, with the reason why it is not read."""
    faults = faults_of(lambda: Project.from_env({"LIVEFORM_PID": PID, variable: "x"}))
    problem = f"is written as {variable}, which is not read: variables are written in capitals"
    assert faults == {"LIVEFORM_KEY": problem}


@pytest.mark.parametrize(
    "variable",
    [
        "LIVEFORM_HOME",
        "LIVEFORM_SERVICE_HOST",
        "LIVEFORM_PORT",
        "LIVEFORM_PORT_80_TCP_ADDR",
        "LIVEFORM_",
        "PATH",
    ],
)
def test_environ_name_that_is_like_none_is_left_alone(variable: str) -> None:  # S6
    """A variable of another program, or of Kubernetes, is no fault."""
    assert Project.from_env({"LIVEFORM_PID": PID, variable: "x"}).pid == PID


def test_environ_key_that_cannot_be_read_is_told_by_the_variable_that_names_it() -> None:  # S5
    """A fault of a key file names the variable with the path."""
    environ = {"LIVEFORM_PID": PID, "LIVEFORM_CIPHER": "gcm", "LIVEFORM_KEY_FILE": "missing"}
    faults = faults_of(lambda: Project.from_env(environ))
    assert faults == {"LIVEFORM_KEY_FILE": "the file that it names cannot be read"}


@given(
    st.dictionaries(
        st.sampled_from([f"LIVEFORM_{name.upper()}" for name in SETTINGS] + ["LIVEFORM_KEY_FILE"]), st.text()
    )
)
def test_environ_of_any_text_raises_only_inside_the_tree(environ: dict[str, str]) -> None:
    """Variables of any text give a project or a ConfigError."""
    assert isinstance(outcome(lambda: Project.from_env(environ)), Project | ConfigError)


# A table


def test_table_key_from_environment_is_used() -> None:
    """``{ env = "NAME" }`` takes the key from a variable, without line breaks at its end."""
    project = build(
        {"pid": PID, "cipher": "gcm", "key": {"env": "K"}}, SecretSources({"K": KEY + "\r\n"}, Path())
    )
    assert project.decrypt(seal(KEY, a="b")) == {"a": "b"}


@pytest.mark.parametrize("environ", [{}, {"K": ""}])
def test_table_key_from_unset_variable_is_refused(environ: dict[str, str]) -> None:
    """A key variable that is not set, or is empty, is refused by its name."""
    table = {"pid": PID, "cipher": "gcm", "key": {"env": "K"}}
    faults = faults_of(lambda: build(table, SecretSources(environ, Path())))
    assert faults == {"key": "the environment variable K is not set, or empty"}


@pytest.mark.parametrize("variable", ["\ud800", "한국", "a=b", "\0", ""])
def test_table_key_from_impossible_variable_is_refused(variable: str) -> None:
    """A key variable with an impossible name, such as one with NUL, is refused."""
    table = {"pid": PID, "cipher": "gcm", "key": {"env": variable}}
    assert set(faults_of(lambda: build(table, SecretSources(os.environ, Path())))) == {"key"}


def test_table_key_from_file_is_found_from_the_directory(tmp_path: Path) -> None:
    """A relative key file is found from the directory of the settings file."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text(KEY + "\n")
    table = {"pid": PID, "cipher": "gcm", "key": {"file": "secrets/key"}}
    assert build(table, SecretSources({}, tmp_path)).decrypt(seal(KEY, a="b")) == {"a": "b"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "a key must not be empty"),
        (b"\n", "a key must not be empty"),
        (f" {KEY}".encode(), "white space"),
        (f"{KEY}\t\n".encode(), "white space"),
        (b"\xff\xfe", "cannot be read"),
        (b"k" * (MAX_SECRET_BYTES + 1), "larger than 4096 bytes"),
        (b"k" + "é".encode() * MAX_SECRET_BYTES, "larger than 4096 bytes"),
    ],
    ids=[
        "empty",
        "line break",
        "space before",
        "tab after",
        "not UTF-8",
        "too large",
        "too large beyond ASCII",
    ],
)
def test_table_key_file_that_holds_no_key_is_refused(content: bytes, problem: str, tmp_path: Path) -> None:
    """A key file that is empty, padded, not UTF-8 or larger than 4,096 bytes is refused."""
    (tmp_path / "key").write_bytes(content)
    table = {"pid": PID, "cipher": "gcm", "key": {"file": "key"}}
    faults = faults_of(lambda: build(table, SecretSources({}, tmp_path)))
    assert set(faults) == {"key"}
    assert problem in faults["key"]


def test_table_key_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    """A key file of exactly 4,096 bytes is read."""
    (tmp_path / "key").write_bytes(b"k" * MAX_SECRET_BYTES)
    table = {"pid": PID, "cipher": "gcm", "key": {"file": "key"}}
    assert build(table, SecretSources({}, tmp_path)).cipher == "gcm"


@pytest.mark.parametrize("path", ["missing", ".", "a\0b", "x" * 5000, "\ud800", "key/inside"])
def test_table_key_file_that_cannot_be_read_is_refused(path: str, tmp_path: Path) -> None:
    """A key file that is missing, a directory or an impossible path is refused without its path."""
    (tmp_path / "key").write_text(KEY)
    table = {"pid": PID, "cipher": "gcm", "key": {"file": path}}
    assert faults_of(lambda: build(table, SecretSources({}, tmp_path))) == {
        "key": "the file that it names cannot be read"
    }


def test_table_key_inline_works_and_is_told() -> None:
    """A key written in the table works, and ``inline_keys`` names its setting."""
    table = {"pid": PID, "cipher": "gcm", "key": KEY}
    assert build(table).decrypt(seal(KEY, a="b")) == {"a": "b"}
    assert inline_keys(table) == ["key"]
    assert (
        inline_keys({"key": {"env": "K"}, "return_key": SecretKey(KEY), "previous_keys": [{"env": "K"}]})
        == []
    )


def test_table_key_object_works_without_a_warning() -> None:
    """A SecretKey object in a table is used as a key or as a previous key."""
    project = build(
        {"pid": PID, "cipher": "gcm", "key": SecretKey(KEY), "previous_keys": [SecretKey(OLD_KEY)]}
    )
    assert project.decrypt(seal(OLD_KEY, a="b")) == {"a": "b"}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"env": "K", "file": "key"},
        {"env": "K", "note": "x"},
        {"file": "key", "note": "x"},
        {"env": 7},
        {"file": 7},
        {"vault": "x"},
        7,
        None,
        b"key",
    ],
)
@pytest.mark.parametrize("setting", ["key", "return_key", "previous_keys"])
def test_table_key_of_another_shape_is_refused(setting: str, value: object) -> None:
    """A key reference must be either ``env`` or ``file`` with a text, and nothing else."""
    table = {"pid": PID, "cipher": "gcm", "key": SecretKey(KEY), setting: value}
    assert "not both" in faults_of(lambda: build(table, SecretSources({"K": KEY}, Path())))[setting]


def test_table_previous_keys_are_a_list_of_references() -> None:
    """``previous_keys`` may be a list of references, each to one key."""
    around = SecretSources({"A": OLD_KEY, "B": OLDER_KEY}, Path())
    table = {
        "pid": PID,
        "cipher": "gcm",
        "key": SecretKey(KEY),
        "previous_keys": [{"env": "A"}, {"env": "B"}],
    }
    project = build(table, around)
    assert [project.decrypt(seal(key, a="b")) for key in (OLD_KEY, OLDER_KEY)] == [{"a": "b"}] * 2


def test_table_previous_keys_are_one_reference_with_several_keys() -> None:
    """``previous_keys`` may be one reference to several keys separated by white space."""
    around = SecretSources({"OLD": f"\n{OLD_KEY}\t{OLDER_KEY} \r\n"}, Path())
    table = {"pid": PID, "cipher": "gcm", "key": SecretKey(KEY), "previous_keys": {"env": "OLD"}}
    project = build(table, around)
    assert [project.decrypt(seal(key, a="b")) for key in (OLD_KEY, OLDER_KEY)] == [{"a": "b"}] * 2


def test_table_previous_keys_may_be_none_at_all() -> None:
    """``previous_keys`` may be an empty list, even without a key."""
    assert build({"pid": PID, "previous_keys": []}).pid == PID


def test_table_previous_key_inline_in_a_list_is_told() -> None:
    """A previous key written in the table works, and ``inline_keys`` names its setting."""
    table = {"pid": PID, "cipher": "gcm", "key": SecretKey(KEY), "previous_keys": [OLD_KEY]}
    assert build(table).decrypt(seal(OLD_KEY, a="b")) == {"a": "b"}
    assert inline_keys(table) == ["previous_keys"]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_table_with_one_inline_key_among_references_is_told(at: int) -> None:
    """``inline_keys`` finds one written key among references, wherever it is in the list."""
    keys: list[object] = [{"env": "A"}, SecretKey(OLDER_KEY)]
    keys.insert(at, OLD_KEY)
    assert inline_keys({"previous_keys": keys}) == ["previous_keys"]


def test_table_return_key_opens_returns() -> None:
    """The return key opens returns, and the project's own key does not."""
    table = {"pid": PID, "cipher": "gcm", "key": SecretKey(KEY), "return_key": {"env": "R"}}
    project = build(table, SecretSources({"R": OLD_KEY}, Path()))
    by_key, by_return_key = (
        Project(PID, key=key, cipher="ecb").encrypt({"userid": "u"}) for key in (KEY, OLD_KEY)
    )
    assert project.read_return({"encrypted": by_return_key}).userid == "u"
    with pytest.raises(LiveformError):
        project.read_return({"encrypted": by_key})


@pytest.mark.parametrize(("derivation", "text"), [("utf8", RAW_KEY), ("hex", RAW_KEY.encode().hex())])
def test_table_key_derivation_makes_the_key_bytes(derivation: str, text: str) -> None:
    """``key_derivation`` takes the key's UTF-8 bytes or its 64 hexadecimal digits."""
    around = SecretSources({"K": text}, Path())
    table = {"pid": PID, "cipher": "gcm", "key": {"env": "K"}, "key_derivation": derivation}
    sealed = seal(SecretKey.from_bytes(RAW_KEY.encode()), a="b")
    assert build(table, around).decrypt(sealed) == {"a": "b"}


@pytest.mark.parametrize("derivation", ["utf8", "hex"])
def test_table_key_of_the_wrong_length_for_its_derivation_is_refused(derivation: str) -> None:
    """A key that does not give 32 bytes is refused with its derivation and without its text."""
    around = SecretSources({"K": KEY}, Path())
    table = {"pid": PID, "cipher": "gcm", "key": {"env": "K"}, "key_derivation": derivation}
    faults = faults_of(lambda: build(table, around))
    assert set(faults) == {"key"}
    assert derivation in faults["key"]
    assert KEY not in faults["key"]


@pytest.mark.parametrize("derivation", ["md5", "", 7, None, [], {"a": 1}])
def test_table_key_derivation_unknown_is_refused(derivation: object) -> None:
    """A key derivation other than sha256, utf8 and hex is refused."""
    faults = faults_of(lambda: build({"pid": PID, "key_derivation": derivation}))
    assert faults == {"key_derivation": "must be one of sha256, utf8, hex"}


@pytest.mark.parametrize(
    ("names", "plain"), [({"plain": "tokenId"}, "tokenId"), ({"encrypted": "tok"}, "tokenid")]
)
def test_table_token_names_may_name_one_of_two(names: dict[str, str], plain: str) -> None:
    """``token_names`` may change one of the two names, and the other keeps its default."""
    url = build({"pid": PID, "token_names": names}).form_url(token_id="token-0001")
    assert url.endswith(f"&{plain}=token-0001")


@pytest.mark.parametrize("names", [{}, {"plain": "a", "other": "b"}, {1: "a"}, "ab", ["a", "b"], None, 7])
def test_table_token_names_of_another_shape_are_refused(names: object) -> None:
    """``token_names`` must be a table of ``plain`` and ``encrypted`` only."""
    faults = faults_of(lambda: build({"pid": PID, "token_names": names}))
    assert faults == {"token_names": 'must be { plain = "...", encrypted = "..." }'}


@pytest.mark.parametrize("value", ["", 7, None, []])
def test_table_token_names_other_than_text_are_refused(value: object) -> None:
    """A token name must be text that is not empty."""
    assert set(faults_of(lambda: build({"pid": PID, "token_names": {"plain": value}}))) == {"token_names"}


@pytest.mark.parametrize("value", ["yes", 1, 0, None, []])
def test_table_encryption_only_other_than_bool_is_refused(value: object) -> None:
    """``encryption_only`` in a table must be true or false, not another text or a number."""
    faults = faults_of(lambda: build({"pid": PID, "encryption_only": value}))
    assert faults == {"encryption_only": "must be true or false"}


@pytest.mark.parametrize("value", [7, True, None, [], {}])
@pytest.mark.parametrize("setting", ["pid", "cipher", "gcm_layout", "ecb_layout", "base_url", "engine"])
def test_table_text_setting_other_than_text_is_refused_once(setting: str, value: object) -> None:
    """A text setting of another type is refused with one fault only."""
    assert faults_of(lambda: build({"pid": PID, setting: value})) == {setting: "must be text"}


@pytest.mark.parametrize("name", ["keys", "PID", "", "\x1b[31m", "한국", "x" * 100, 7, ("pid",)])
def test_table_with_unknown_setting_is_refused_with_those_that_are(name: object) -> None:
    """An unknown setting is refused, shown short and printable, with a list of the known ones."""
    with pytest.raises(ConfigError) as caught:
        build({"pid": PID, name: KEY})
    (fault,) = caught.value.faults
    assert fault.setting.isprintable()
    assert len(fault.setting) <= 40
    assert all(setting in fault.problem for setting in SETTINGS)
    assert KEY not in str(caught.value)


def test_table_with_a_key_that_cannot_be_had_still_checks_the_rest() -> None:
    """A missing key variable neither hides other faults nor causes more."""
    table = {
        "pid": PID,
        "cipher": "gcm",
        "key": {"env": "K"},
        "return_key": {"file": "missing"},
        "encryption_only": True,
        "base_url": "http://h",
    }
    assert set(faults_of(lambda: build(table))) == {"key", "return_key", "base_url"}


def test_secret_text_is_the_text_without_its_line_break() -> None:
    """``doctor`` derives the key bytes itself."""
    assert secret_text("key", {"env": "K"}, SecretSources({"K": KEY + "\n"}, Path())) == KEY
