"""Regression tests for what a hostile review of version 0.1 found, one test for each finding."""

import argparse
import io
import sys
import traceback
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from liveform import (
    BadSignatureError,
    ConfigError,
    Ecb,
    EcbLayout,
    ExpiredError,
    FieldError,
    Gcm,
    GcmLayout,
    InlineKeyWarning,
    KeyFormatError,
    KycStatus,
    LiveformError,
    MalformedError,
    Project,
    TokenNames,
    UnexpectedValueError,
    cli,
    find_layout,
    load_projects,
    sign_state,
    verify_state,
)
from liveform.cli import inputs as sources
from liveform.crypto.layout_text import MAX_BYTES
from liveform.state import _sign, _verify

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PLAIN = Project("abc")
SECRET = Project("abc", key=KEY, cipher="ecb")


def test_state_with_surrogates_in_place_of_an_emoji_is_refused() -> None:
    """A state whose emoji was replaced by two surrogates has another signature and is refused."""
    bound: dict[str, Any] = {"subject": "s", "purpose": "p", "keys": [KEY]}
    state = sign_state("order-\U0001f600", expires_in=60, **bound)
    assert verify_state(state, **bound) == "order-\U0001f600"
    with pytest.raises(BadSignatureError):
        verify_state(state.replace("\U0001f600", "\ud83d\ude00"), **bound)


def test_state_lasts_at_least_as_long_as_asked() -> None:
    """The expiry of a state is rounded up to the next second, not down."""
    state = _sign("v", "s", "p", 1, [KEY], now=100.9)
    assert _verify(state, "s", "p", [KEY], now=101.8) == "v"
    with pytest.raises(ExpiredError):
        _verify(state, "s", "p", [KEY], now=102)


@pytest.mark.parametrize(("name", "error"), [("expires_in", FieldError), ("keys", KeyFormatError)])
def test_state_with_a_class_for_a_value_is_refused(name: str, error: type[LiveformError]) -> None:
    """The class ``timedelta`` or ``list`` itself is refused as an expiry or as keys."""
    arguments: Any = {"subject": "s", "purpose": "p", "expires_in": 9, "keys": [KEY]}
    arguments[name] = {"expires_in": timedelta, "keys": list}[name]
    with pytest.raises(error):
        sign_state("v", **arguments)


@pytest.mark.parametrize("path", ["/done;jsessionid=1", "/v=2/done", "/a=b"])
def test_return_url_with_an_equals_sign_in_its_path_is_read(path: str) -> None:
    """The query of a Return URL starts at the first question mark, even after ``=`` in the path."""
    for address in (f"https://app.example.com{path}", path):
        assert PLAIN.read_return(f"{address}?kycStatus=rejected").kyc_status is KycStatus.REJECTED


def test_explain_with_an_equals_sign_in_the_path_finds_the_query() -> None:
    """``explain`` finds the query of a URL whose path holds an equals sign."""
    url = "https://form.argosidentity.com/a=b?pid=abc"
    assert PLAIN.explain(url).pid == "abc"


def test_explain_takes_no_fragment_for_a_query() -> None:
    """``explain`` ignores parameters in the fragment, which a browser does not send."""
    explanation = PLAIN.explain("https://form.argosidentity.com/#x?pid=abc&userid=5")
    assert explanation.seen == ()
    assert any("pid is missing" in problem for problem in explanation.problems)


@pytest.mark.parametrize("fields", [{"sid": "x", "action": None}, {"sid": "x"}])
@pytest.mark.parametrize("named", [{"action": None}, {}])
def test_injection_with_action_none_is_an_injection_all_the_same(fields: Any, named: Any) -> None:
    """``injection_url`` adds ``action=addveri`` even if ``action`` is given as None."""
    assert "action=addveri" in PLAIN.injection_url(fields, **named)


@pytest.mark.parametrize(
    ("query", "userid"),
    [
        ("cf1=hello?userid=victim&kycStatus=approved", None),
        ("next=/cb?userid=9&userid=alice", "alice"),
        ("step=2?userid=u&kycStatus=approved", "u"),
    ],
)
def test_late_question_mark_is_mended_only_where_it_must_be_one(query: str, userid: str | None) -> None:
    """A question mark inside a claim, or before a claim that is given again, is part of the value."""
    assert PLAIN.read_return(f"https://a/d?{query}").userid == userid


def test_claims_given_twice_are_refused_whatever_the_fragment_says() -> None:
    """A claim given twice in the query is refused, whatever the fragment claims."""
    with pytest.raises(MalformedError, match="twice"):
        PLAIN.read_return("https://h/?kycStatus=rejected&kycStatus=rejected#kycStatus=approved")


@pytest.mark.parametrize(
    "call",
    [
        lambda: Project("x", key=KEY, ciper="gcm"),  # type: ignore[call-arg]
        lambda: sign_state("v", subject="jane@x", purpose="p", expires=5, keys=[KEY]),  # type: ignore[call-arg]
    ],
)
def test_mistyped_argument_leaves_no_key_in_our_frames(call: Callable[[], object]) -> None:
    """The TypeError of a mistyped argument leaves no key in the locals of our frames."""
    with pytest.raises(TypeError) as caught:
        call()
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    ours = [frame.f_locals for frame in frames if frame.f_code.co_filename.endswith("tracebacks.py")]
    assert ours
    assert KEY not in repr(
        [{name: value for name, value in names.items() if name != "function"} for names in ours]
    )


def test_inline_key_warning_as_an_error_shows_no_key() -> None:
    """An InlineKeyWarning raised as an error shows no key in the locals of its traceback."""
    table = {"projects": {"a": {"pid": "x", "key": KEY, "cipher": "ecb"}}}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InlineKeyWarning) as caught:
            load_projects(table, environ={"SECRET": KEY})
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    ours = [frame.f_locals for frame in frames if "/tests/" not in frame.f_code.co_filename]
    assert ours
    assert KEY not in repr(ours)


def test_key_in_place_of_a_variable_name_is_not_repeated() -> None:
    """A key given by mistake as the name of a variable is not repeated in the error."""
    with pytest.raises(ConfigError, match="that it names is not set") as caught:
        load_projects({"projects": {"a": {"pid": "x", "cipher": "ecb", "key": {"env": KEY}}}}, environ={})
    assert KEY not in str(caught.value)


def test_member_names_are_shown_escaped_in_errors() -> None:
    """An error shows the name of a member with line breaks and terminal codes escaped."""
    with pytest.raises(FieldError) as caught:
        SECRET.encrypt({"a\n\x1b[31m": object()})
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "argv",
    [["url", f"--plain={KEY}"], ["url", f"-h{KEY}"], [f"x (choose from {KEY}"], ["decrypt", f"--{KEY}", "x"]],
)
def test_command_repeats_no_value_of_a_wrong_usage(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A command called wrongly exits with 2 and never prints a key found in its arguments."""
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    assert caught.value.code == 2
    assert KEY not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Project("p", token_names=TokenNames("\ud800", "t")), ConfigError),
        (lambda: Project("p", token_names=TokenNames("a\nb&c", "x")), ConfigError),
        (lambda: Project.from_env({}, prefix="\ud800"), ConfigError),
        (lambda: Gcm(KEY).encrypt(bytes(MAX_BYTES + 1)), FieldError),
        (lambda: GcmLayout(tuple(map(PurePosixPath, ("nonce", "ciphertext", "tag")))), ConfigError),  # type: ignore[arg-type]
        (lambda: GcmLayout((10**5000, 1, 2)), ConfigError),  # type: ignore[arg-type]
        (lambda: load_projects({"projects": {"a": {10**5000: 1}}}), ConfigError),
        (lambda: EcbLayout().write("x"), FieldError),  # type: ignore[arg-type]
        (lambda: GcmLayout().read(None), MalformedError),  # type: ignore[arg-type]
        (lambda: GcmLayout().write(3), FieldError),  # type: ignore[arg-type]
        (lambda: GcmLayout().split(5), FieldError),  # type: ignore[arg-type]
        (lambda: SECRET.form_url(allowed_countries=memoryview(b"x")), FieldError),
    ],
)
def test_odd_arguments_end_inside_the_tree(call: Callable[[], object], error: type[LiveformError]) -> None:
    """Arguments of an odd type raise a LiveformError, never an error of Python's own."""
    with pytest.raises(error):
        call()


def test_layout_errors_show_no_text_in_our_frames() -> None:
    """The error of an unreadable text does not keep the text in the locals of its frames."""
    with pytest.raises(MalformedError) as caught:
        EcbLayout().read("not base64, jane@example.com")
    frames = [frame.f_locals for frame, _ in traceback.walk_tb(caught.value.__traceback__)][1:]
    assert "jane" not in repr(frames)


@pytest.mark.parametrize("sign", [":", ".", "%"])
def test_sample_of_separators_fits_nothing(sign: str) -> None:
    """A sample of 65,536 separators fits no layout and is refused."""
    with pytest.raises(UnexpectedValueError):
        find_layout(sign * 65_536, KEY)


def test_sample_with_colon_and_slashes_is_no_url() -> None:
    """A sample that holds ``://`` between two base64 parts is read as a sample, not as a URL."""
    layout = GcmLayout.from_text("nonce12:ciphertext:tag16, base64")
    gcm = Gcm(KEY, layout, nonce_source=lambda length: b"\0" * length)
    samples = (gcm.encrypt_text(f'{{"a":"{number}"}}') for number in range(20_000))
    sample = next(text for text in samples if "://" in text)
    assert find_layout(sample, KEY).layout == layout


def test_stdin_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stdin opened for writing only is refused with a MalformedError."""

    class Unreadable(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError

    monkeypatch.setattr(sys, "stdin", argparse.Namespace(buffer=Unreadable()))
    with pytest.raises(MalformedError, match="stdin cannot be read"):
        sources.read_stdin()


def test_full_disk_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk ends the command with exit code 1 and one line on stderr."""

    def main(argv: list[str]) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "main", main)
    monkeypatch.setattr(cli, "_go_nowhere", lambda: None)
    with pytest.raises(SystemExit) as caught:
        cli.run()
    assert caught.value.code == 1
    assert capsys.readouterr().err == "liveform: cannot write: No space left on device\n"


def test_directory_that_cannot_be_looked_into_holds_no_settings_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory without search permission counts as one without a settings file."""

    def exists(path: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", exists)
    monkeypatch.setenv("LIVEFORM_KEY", KEY)
    arguments = argparse.Namespace(settings=None, project=None, key_file=None, input="x")
    assert sources.key_texts(arguments) == [KEY]


@pytest.mark.parametrize(
    "base_url",
    [
        "http://evil.com[::1]",
        "http://[::1].evil.com",
        "https://[::1]x:80",
        "https://form.argosidentity.com\\.evil.com",
        "https://exa%70le.com",
        "https://0x7f.1",
        "https://1.2.3.4.5",
        "https://[v1.a]",
        "https://h/..",
        "https://h/a/../b",
        'https://h/"><script>',
    ],
)
def test_base_url_that_browsers_read_otherwise_is_refused(base_url: str) -> None:
    """A base_url that a browser would reject or resolve to another address is refused."""
    with pytest.raises(ConfigError):
        Project("p", base_url=base_url)


def test_key_file_with_a_byte_order_mark_gives_the_same_key(tmp_path: Path) -> None:
    """A byte order mark at the start of a key file is not part of the key."""
    (tmp_path / "key").write_bytes(b"\xef\xbb\xbf" + KEY.encode())
    (tmp_path / "liveform.toml").write_text(
        '[projects.a]\npid = "p"\ncipher = "ecb"\nkey = { file = "key" }\n'
    )
    project = load_projects(tmp_path / "liveform.toml")["a"]
    assert project.decrypt(SECRET.encrypt({"a": 1})) == {"a": 1}


def test_doctor_command_warns_of_an_inline_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The doctor command warns of a key written in the settings file, and does not show it."""
    monkeypatch.chdir(tmp_path)
    Path("s.toml").write_text(f'[projects.a]\nkey = "{KEY}"\n')
    assert cli.main(["doctor", "--settings", "s.toml", Ecb(KEY).encrypt_text("{}")]) == 0
    captured = capsys.readouterr()
    assert "projects.a.key holds a key itself" in captured.err
    assert KEY not in captured.err + captured.out


def test_url_that_could_not_be_read_is_not_built() -> None:
    """An encrypted URL of more than 8,000 characters is not built."""
    with pytest.raises(FieldError, match="8000"):
        SECRET.form_url(cf1="x" * 6_000)


def test_what_decrypt_returns_encrypt_takes() -> None:
    """``encrypt`` accepts JSON of the deepest nesting that ``decrypt`` returns."""
    text = '{"a":' + "[" * 15 + "1" + "]" * 15 + "}"
    members = SECRET.decrypt(Ecb(KEY).encrypt_text(text))
    assert SECRET.decrypt(SECRET.encrypt(members)) == members


def test_explain_names_tabs_that_browsers_drop() -> None:
    """``explain`` reports a tab in a URL as a problem, since browsers drop it."""
    explanation = PLAIN.explain("https://form.argosidentity.com/?p\tid=abc")
    assert any("tab or line break" in problem for problem in explanation.problems)


def test_default_token_spellings_are_no_extras_under_other_names() -> None:
    """The default names of the token id are refused as extras even if token_names changes them."""
    project = Project("p", token_names=TokenNames("foo", "bar"))
    for name in ("tokenid", "token", "tokenId"):
        with pytest.raises(FieldError):
            project.form_url(extra={name: "otherone1"})


def test_mistyped_variable_is_named_and_not_passed_over() -> None:
    """A mistyped LIVEFORM_ variable is refused with the name that was probably meant."""
    with pytest.raises(ConfigError, match="LIVEFORM_KYE: is not a setting; did you mean LIVEFORM_KEY"):
        Project.from_env({"LIVEFORM_PID": "p", "LIVEFORM_KYE": "k"})
    assert Project.from_env({"LIVEFORM_PID": "p", "LIVEFORM_SECRET_KEYS": "of another program"}).pid == "p"


def test_unix_time_is_not_taken_for_a_duration() -> None:
    """A start_valid_until that looks like a Unix time is refused, not added to the present."""
    with pytest.raises(FieldError, match="Unix time"):
        SECRET.form_url(start_valid_until=1_800_000_000.0)


def test_previous_keys_alone_are_refused() -> None:
    """A project with previous keys but without a key is refused."""
    with pytest.raises(ConfigError) as caught:
        Project("p", previous_keys=["x"])
    assert [fault.setting for fault in caught.value.faults] == ["previous_keys"]


def test_explain_plain_sid_alone_leaves_encrypted_as_it_is() -> None:
    """A plain sid without a plain action is ignored, and ``encrypted`` still counts."""
    explanation = SECRET.explain(SECRET.form_url(userid="u") + "&sid=1")
    assert [seen.name for seen in explanation.seen] == ["userid"]
    assert [ignored.name for ignored in explanation.ignored] == ["sid"]
