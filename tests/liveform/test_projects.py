"""Tests of load_projects, which reads several projects from a settings file or a mapping."""

import traceback
from pathlib import Path
from typing import Any

import outcomes
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveform import ConfigError, Project, load_projects
from liveform.settings.file import MAX_SETTINGS_BYTES
from liveform.settings.secrets import InlineKeyWarning
from liveform.settings.table import SETTINGS

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OLD_KEY = "8Q2pMt0dUSMFweGdZYMHeVASemfm5tZh2rLKHDft"

TOML = """\
title = "other tables and values are left alone"

[logging]
level = "info"

[projects.production]
pid = "abc123de45"
cipher = "gcm"
key = { env = "SHOP_KEY" }
previous_keys = [{ env = "SHOP_OLD_KEY" }]
encryption_only = true

[projects.staging]
pid = "stage12345"
cipher = "ecb"
key = { file = "secrets/staging" }
token_names = { plain = "tokenId", encrypted = "tokenId" }
base_url = "http://localhost:5000"

[projects.plain]
pid = "plain12345"
"""
ENVIRON = {"SHOP_KEY": KEY, "SHOP_OLD_KEY": OLD_KEY}


def faults_of(source: Any, environ: dict[str, str] | None = None) -> dict[str, str]:
    """Return the faults of the ConfigError that loading raises, by setting."""
    return outcomes.faults_of(lambda: load_projects(source, environ={} if environ is None else environ))


def in_file(tmp_path: Path, content: bytes | str) -> Path:
    """Return the path of a settings file with this content."""
    path = tmp_path / "liveform.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("kind", [str, Path])
def test_file_with_several_projects_gives_them_by_name(kind: type, tmp_path: Path) -> None:
    """A settings file gives each project by name, with keys from variables and files."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "staging").write_text(OLD_KEY + "\n")
    projects = load_projects(kind(in_file(tmp_path, TOML)), environ=ENVIRON)
    assert list(projects) == ["production", "staging", "plain"]
    assert [project.pid for project in projects.values()] == ["abc123de45", "stage12345", "plain12345"]
    assert [project.cipher for project in projects.values()] == ["gcm", "ecb", None]
    assert [project.encryption_only for project in projects.values()] == [True, False, False]
    old = Project("abc123de45", key=OLD_KEY, cipher="gcm").encrypt({"a": "b"})
    assert projects["production"].decrypt(old) == {"a": "b"}
    staged = Project("stage12345", key=OLD_KEY, cipher="ecb").encrypt({"a": "b"})
    assert projects["staging"].decrypt(staged) == {"a": "b"}
    assert projects["plain"].form_url() == "https://form.argosidentity.com/?pid=plain12345"


def test_file_uses_the_process_environment_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ``environ`` the keys come from the environment of the process."""
    monkeypatch.setenv("SHOP_KEY", KEY)
    toml = '[projects.a]\npid = "p"\ncipher = "gcm"\nkey = { env = "SHOP_KEY" }\n'
    assert load_projects(in_file(tmp_path, toml))["a"].cipher == "gcm"


def test_mapping_of_the_same_shape_gives_the_same_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mapping gives the same projects, and its key files are found from the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_text(KEY)
    table = {"pid": "p", "cipher": "gcm", "key": {"file": "key"}}
    projects = load_projects({"projects": {"a": table, "b": {"pid": "q"}}, "other": 1})
    assert [project.pid for project in projects.values()] == ["p", "q"]
    assert table == {"pid": "p", "cipher": "gcm", "key": {"file": "key"}}


def test_key_inline_in_a_file_warns_without_the_key(tmp_path: Path) -> None:
    """A key written in the file works, and gives one warning that names only the setting."""
    path = in_file(tmp_path, f'[projects.a]\npid = "p"\ncipher = "gcm"\nkey = "{KEY}"\n')
    with pytest.warns(InlineKeyWarning, match=r"^projects\.a\.key holds a key itself") as caught:
        projects = load_projects(path, environ={})
    assert projects["a"].cipher == "gcm"
    assert KEY not in str(caught[0].message)
    assert (len(caught), caught[0].filename) == (1, __file__)


def test_faults_of_several_projects_are_told_at_once_and_never_by_value(tmp_path: Path) -> None:
    """The faults of all projects are reported at once, by setting and never by value."""
    toml = f"""\
[projects.one]
pid = "secret pid {KEY}"
cipher = "secret-cipher-{KEY}"
key = {{ env = "UNSET" }}
base_url = "http://secret-host.example/{KEY}"
[projects.two]
pid = "p"
cipher = "gcm"
key = {{ file = "secret-path-{KEY}" }}
gcm_layout = "secret-layout-{KEY}"
ecb_layout = "secret-layout-{KEY}"
engine = "secret-engine-{KEY}"
encryption_only = "secret-flag-{KEY}"
key_derivation = "secret-derivation-{KEY}"
previous_keys = [{{ env = "PADDED" }}]
token_names = "secret-names-{KEY}"
keys = "secret-unknown-{KEY}"
[projects]
three = "secret-table-{KEY}"
"""
    with pytest.raises(ConfigError) as caught:
        load_projects(in_file(tmp_path, toml), environ={"PADDED": f" {OLD_KEY}"})
    assert {fault.setting for fault in caught.value.faults} >= {
        "projects.one.pid",
        "projects.one.cipher",
        "projects.one.key",
        "projects.one.base_url",
        "projects.two.key",
        "projects.two.gcm_layout",
        "projects.two.ecb_layout",
        "projects.two.engine",
        "projects.two.encryption_only",
        "projects.two.key_derivation",
        "projects.two.previous_keys",
        "projects.two.token_names",
        "projects.two.keys",
        "projects.three",
    }
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert KEY not in shown
    assert OLD_KEY not in shown
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["{}", "{0}", "{x}", "{", "}", "{{}}", "{0.__class__}", "%s", "a.b", ""])
def test_project_name_with_braces_is_told_as_it_is(name: str) -> None:
    """A fault shows a project's name with braces or percent signs unchanged."""
    assert list(faults_of({"projects": {name: {}}})) == [f"projects.{name}.pid"]


@pytest.mark.parametrize("name", ["\x1b[31m", "x\ny", "한국", "\ud800", "x" * 100])
def test_project_name_in_a_fault_is_short_and_printable(name: str) -> None:
    """A fault shows at most 40 printable characters of a project's name."""
    (setting,) = faults_of({"projects": {name: {}}})
    assert setting.isprintable()
    assert setting.isprintable()
    assert len(setting) <= len("projects.") + 40 + len(".pid")


def test_project_name_of_a_huge_number_is_told_as_a_fault() -> None:
    """A project name that is a number of 5,001 digits is a fault, not a ValueError of Python."""
    assert faults_of({"projects": {10**5000: {}}})


@pytest.mark.parametrize(
    "source", [{}, {"projects": {}}, {"projects": None}, {"projects": [{"pid": "p"}]}, {"projects": "p"}]
)
def test_source_without_project_tables_is_refused(source: dict[str, object]) -> None:
    """A source without at least one [projects.NAME] table is refused."""
    assert faults_of(source) == {"projects": "must hold at least one table, [projects.NAME]"}


@pytest.mark.parametrize("environ", [7, "K=a", [("K", "a")]])
def test_environ_that_is_no_mapping_is_refused(environ: Any) -> None:
    """An ``environ`` that is not a mapping is refused."""
    assert any("must be a mapping" in text for text in faults_of({"projects": {"a": {}}}, environ).values())


@pytest.mark.parametrize("table", ["p", 7, None, ["pid"]])
def test_project_that_is_no_table_is_refused(table: object) -> None:
    """A project that is not a table of settings is refused by its name."""
    assert faults_of({"projects": {"a": table}}) == {"projects.a": "must be a table of settings"}


@pytest.mark.parametrize(
    "path",
    ["missing.toml", "", ".", "a\0b", "\ud800", "x" * 5000, None, 7, b"liveform.toml", ["a"], object()],
)
def test_file_that_cannot_be_read_is_refused(
    path: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing file, a directory, an impossible path or another type cannot be read."""
    monkeypatch.chdir(tmp_path)
    assert faults_of(path) == {"settings file": "cannot be read"}


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (f"[projects.a]\nkey = {KEY}\n".encode(), ", at line 2, column 7"),
        (f'[projects.a]\nkey = "{KEY}\n'.encode(), ", at line 2, column"),
        (f'a = "{KEY}"\na = "{KEY}"\n'.encode(), ", at line 2, column"),
        (b"a = ", ""),
        (b"\xff\xfe", ""),
        (f'a = "{KEY}\xff"'.encode("latin-1"), ""),
        (b"\xef\xbb\xbfa = \xef\xbb\xbf1", ", at line 1, column 5"),
        (b"a = 1\0", ", at line 1, column"),
        (b"a = " + b"[" * 30_000, ""),
        (b"a = " + b"{b=" * 10_000, ""),
        (b"a = " + b"9" * 5_000, ""),
        (b"a = 9999-99-99", ""),
    ],
    ids=[
        "bare key",
        "open text",
        "twice",
        "nothing",
        "UTF-16",
        "Latin-1",
        "another byte order mark",
        "NUL",
        "nested lists",
        "nested tables",
        "huge number",
        "no date",
    ],
)
def test_file_that_is_not_toml_is_refused_by_place_only(content: bytes, where: str, tmp_path: Path) -> None:
    """A file that is not TOML is refused by line and column, without any of its text."""
    with pytest.raises(ConfigError) as caught:
        load_projects(in_file(tmp_path, content), environ={})
    assert str(caught.value).startswith(f"settings file: is not TOML{where}")
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_file_with_a_byte_order_mark_is_read(encoding: str, tmp_path: Path) -> None:  # S3
    """A byte order mark, as Windows editors write it, says the encoding and is no part of the TOML."""
    mark = "\ufeff" if encoding.startswith("utf-16-") else ""
    path = in_file(tmp_path, f'{mark}[projects.a]\npid = "p"\n'.encode(encoding))
    assert load_projects(path, environ={})["a"].pid == "p"


def test_file_of_the_largest_size_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    """A settings file of 32,768 bytes is read, and one of 32,769 is refused."""
    toml = b'[projects.a]\npid = "p"\n#'
    path = in_file(tmp_path, toml.ljust(MAX_SETTINGS_BYTES, b"x"))
    assert load_projects(path, environ={})["a"].pid == "p"
    path = in_file(tmp_path, toml.ljust(MAX_SETTINGS_BYTES + 1, b"x"))
    assert faults_of(path) == {"settings file": f"is larger than {MAX_SETTINGS_BYTES} bytes"}


def test_error_of_loading_carries_no_frames_of_its_own(tmp_path: Path) -> None:
    """The error of a broken file has neither a cause nor a context."""
    with pytest.raises(ConfigError) as caught:
        load_projects(in_file(tmp_path, "a = ["), environ={})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.sampled_from(["ecb", "gcm", "utf8", "hex", "base64", "https://h"])
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["env", "file", "plain", "encrypted"]) | st.text(), inner, max_size=3
        )
    ),
    max_leaves=8,
)
_NAMES = st.text(st.characters(codec=None)) | st.integers() | st.sampled_from(["{}", "{a}", "{"])


@pytest.mark.filterwarnings("ignore::liveform.InlineKeyWarning")
@given(
    st.fixed_dictionaries(
        {
            "projects": _TREES
            | st.dictionaries(
                _NAMES,
                _TREES | st.dictionaries(st.sampled_from(SETTINGS) | st.text(), _TREES, max_size=5),
                max_size=3,
            )
        }
    )
)
def test_mapping_of_any_shape_raises_only_inside_the_tree(source: dict[str, object]) -> None:
    """A mapping of any nested values gives projects or a ConfigError."""
    assert isinstance(outcomes.outcome(lambda: load_projects(source)), dict | ConfigError)


@pytest.mark.filterwarnings("ignore::liveform.InlineKeyWarning")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text() | st.text().map(lambda text: f"[projects.a]\npid = 'p'\n{text}"))
def test_file_of_any_text_raises_only_inside_the_tree(content: str, tmp_path: Path) -> None:
    """A settings file of any text gives projects or a ConfigError."""
    assert isinstance(
        outcomes.outcome(lambda: load_projects(in_file(tmp_path, content), environ={})), dict | ConfigError
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary())
def test_file_of_any_bytes_raises_only_inside_the_tree(content: bytes, tmp_path: Path) -> None:
    """A settings file of any bytes gives projects or a ConfigError."""
    assert isinstance(
        outcomes.outcome(lambda: load_projects(in_file(tmp_path, content), environ={})), dict | ConfigError
    )
