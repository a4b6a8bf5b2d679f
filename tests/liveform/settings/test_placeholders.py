"""Tests of liveform.settings.placeholders: texts where the setting should be, but is not."""

from pathlib import Path
from typing import Any

import pytest

from liveform import ConfigError, Project, SecretKey, load_projects
from liveform.settings.placeholders import check_written

PID = "abc123de45"
INSTEAD_OF_VALUES = [
    "${ARGOS_KEY}",
    "${ARGOS_KEY:-none}",
    "$(ARGOS_KEY)",
    "$ARGOS_KEY",
    "%ARGOS_KEY%",
    "{{ argos_key }}",
    "${{ secrets.ARGOS_KEY }}",
    "<your key>",
    "<pid>",
    "LIVEFORM_KEY=k3y",
    "export LIVEFORM_KEY=k3y",
    "export KEY=k3y",
    "/run/secrets/key",
    "/var/run/secrets/key",
    "/etc/secrets/key",
    "op://vault/item/field",
    "@Microsoft.KeyVault(SecretUri=https://h.vault.azure.net/secrets/key)",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:key",
    "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/key",
    "#{ARGOS_KEY}#",
    "********",
    "••••••••",
    '{"key": "k3y"}',
    *("••••••••abcd", "abcd••••••••", "ab••••cd", "●●●●●●", "⬤⬤⬤⬤", "∙∙∙∙∙", "······", "◦◦◦◦wxyz"),
    *("sk-****1234", "****1234", "***6789", "ab****", "************abcd"),
    *("ENC[AES256_GCM,data:p673w==,iv:YY=,tag:Aw=,type:str]", "ENC(aGVsbG8=)"),
    "$ANSIBLE_VAULT;1.1;AES256",
    *("[REDACTED]", "[redacted]", "REDACTED", "***REDACTED***", "[FILTERED]", "[MASKED]", "<hidden>"),
    *("(sensitive value)", "(sensitive)", "(known after apply)"),
    *("gcp-sm://x", "azurekeyvault://x", "awssm://x", "env://ARGOS_KEY", "ref+vault://kv/argos"),
    *("__ARGOS_KEY__", "{ARGOS_KEY}", "{argos_key}", "@ARGOS_KEY@", "%{ARGOS_KEY}", "%(argos_key)s"),
    *("<%= argos_key %>", "{% argos_key %}", "[[ argos_key ]]"),
]


@pytest.mark.parametrize("text", INSTEAD_OF_VALUES)
@pytest.mark.parametrize("setting", ["KEY", "API_KEY", "PREVIOUS_KEYS", "PID", "FACE_AUTH_PID"])
def test_placeholder_is_refused_in_a_variable(setting: str, text: str) -> None:
    """A placeholder in a variable is refused by its name, and is not shown."""
    environ = {"LIVEFORM_PID": PID, "LIVEFORM_RETURN_KEY": "k" * 40, f"LIVEFORM_{setting}": text}
    with pytest.raises(ConfigError) as caught:
        Project.from_env(environ)
    problems = dict(caught.value.faults)
    assert any(problem.startswith("looks like ") for problem in problems.values())
    assert text not in str(caught.value)
    assert "k3y" not in str(caught.value)


@pytest.mark.parametrize("text", INSTEAD_OF_VALUES)
def test_placeholder_is_refused_in_files(text: str, tmp_path: Path) -> None:
    """A placeholder in a key file, or in a settings table, is refused."""
    (tmp_path / "key").write_text(f"{text}\n")
    for key in ({"file": str(tmp_path / "key")}, {"env": "K"}, SecretKey("k" * 40)):
        table = {"pid": PID, "return_key": key, "previous_keys": [{"env": "K"}]}
        with pytest.raises(ConfigError, match="looks like"):
            load_projects({"projects": {"a": table}}, environ={"K": text})


@pytest.mark.parametrize(
    "text",
    [
        "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe",
        "$uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe",
        "${uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe",
        "<uwVASemfm5t/h2rLKHDftdRYuKG+NFweGdZYMH>",
        "{uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMH}",
        "/uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMH=",
        "(uwVAS\"emfm5t'Zh2r;LKH,Dft:dRY!uKG#MNF%eG",
        "exportVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYM",
        "an example of a key",
        "#{uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMH",
        "*uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYM**",
        "op:/uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZY",
        "9p://VASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMH",
        "uwVASemfm5t****LKHDftdRYuKGMNFweGdZYMHe/+",
        "***ASemfm5tZh2rLKHDftdRYuKGMNFweGdZYM",
        "__wVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYM__",
        "{2wVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe}",
        "[uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe]",
        "(uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe)",
        "ENC+VASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMH]",
        "@uwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe@",
        "redactedemfm5tZh2rLKHDftdRYuKGMNFweGdZYMH",
        "ab•cd··ef",
        "a*b**c***defghij",
    ],
)
def test_text_of_letters_digits_and_punctuation_is_left_alone(text: str) -> None:
    """What a vendor could issue as a key is not taken for a placeholder."""
    check_written("key", text)
    assert SecretKey(text).expose_text() == text


@pytest.mark.parametrize(
    ("setting", "text"),
    [("CIPHER", "ecb"), ("PID", PID), ("ENCRYPTION_ONLY", "true"), ("BASE_URL", "https://h")],
)
def test_carriage_return_of_an_env_file_is_named(setting: str, text: str) -> None:
    """A variable of an env file with CR LF is refused with the reason, which nobody can see."""
    environ = {"LIVEFORM_PID": PID, f"LIVEFORM_{setting}": f"{text}\r"}
    with pytest.raises(ConfigError) as caught:
        Project.from_env(environ)
    assert dict(caught.value.faults)[f"LIVEFORM_{setting}"].startswith("ends with a carriage return")


def test_carriage_return_behind_a_path_is_named(tmp_path: Path) -> None:
    """A key file whose name ends with a carriage return is refused with the reason."""
    (tmp_path / "k.txt").write_text("k3y")
    environ: dict[str, Any] = {"LIVEFORM_PID": PID, "LIVEFORM_KEY_FILE": f"{tmp_path}/k.txt\r"}
    with pytest.raises(ConfigError, match="LIVEFORM_KEY_FILE: ends with a carriage return"):
        Project.from_env({**environ, "LIVEFORM_CIPHER": "ecb"})


def test_reference_is_named_as_it_is_written() -> None:
    """The message shows the kind of reference that was found, and not that of another shell."""
    with pytest.raises(ConfigError, match="such as %NAME%"):
        check_written("key", "%ARGOS_KEY%")
    with pytest.raises(ConfigError, match=r"such as \$NAME"):
        check_written("key", "$ARGOS_KEY")


def test_object_for_secure_data_transfer_is_refused_with_what_is_allowed() -> None:
    """A setting that is not text, and gets a JSON object, says what is allowed instead."""
    environ = {
        "LIVEFORM_PID": PID,
        "LIVEFORM_API_KEY": "k" * 40,
        "LIVEFORM_SECURE_DATA_TRANSFER": '{"wrapper": "body"}',
    }
    with pytest.raises(ConfigError) as caught:
        Project.from_env(environ)
    assert "looks like" not in str(caught.value)
    assert "must be" in str(caught.value)


@pytest.mark.parametrize("text", ["pid=abc123de45", "form.argosidentity.com/?pid=abc123de45"])
def test_part_of_a_url_as_project_id_is_refused(text: str) -> None:
    """What is around the parameter ``pid`` in a URL does not belong to the id."""
    with pytest.raises(ConfigError, match="LIVEFORM_PID: must be the project id alone"):
        Project.from_env({"LIVEFORM_PID": text})


@pytest.mark.parametrize("setting", ["pid", "face_auth_pid"])
def test_url_as_project_id_is_refused(setting: str) -> None:
    """A whole form URL is no project id, which is its parameter ``pid``."""
    options: Any = {"pid": PID, setting: "https://form.argosidentity.com/?pid=abc123de45"}
    with pytest.raises(ConfigError, match=f"{setting}: must be the project id alone"):
        Project(**options)
