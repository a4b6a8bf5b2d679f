"""The commands ``encrypt``, ``decrypt``, ``return``, ``explain``, ``doctor`` and ``qr``."""

import argparse
import io
import json
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import resvg_py
import zxingcpp
from commands import Command
from PIL import Image

from liveform import Cbc, Ecb, EcbLayout, FieldError, Gcm, GcmLayout, Project, SecretKey
from liveform.cli import commands

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
SECRET = {"PID": PID, "KEY": KEY, "CIPHER": "gcm"}
PROJECT = Project(PID, key=KEY, cipher="gcm")
RETURNING = Project(PID, key=KEY, cipher="ecb")  # Return URLs are always ECB
URL = "https://form.argosidentity.com/?pid=abc123de45&lang=ko"
# C0, DEL, C1 (0x9b is CSI to many terminals), bidirectional override, line separator
CONTROLS = "a\x1b[31m\x07\x7f\x9b31m\u202e\u2028b"


def has_controls(text: str) -> bool:
    """Whether something that a terminal may act on stands in ``text``, line breaks apart."""
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in text.replace("\n", ""))


def query(text: str) -> str:
    """Return ``text`` percent-encoded."""
    return quote(text, safe="")


# encrypt and decrypt


@pytest.mark.parametrize(
    "fields", [{}, {"userid": "user_12345"}, {"a": 1, "b": [True, None], "이름": "제인 💳"}]
)
def test_encrypt_gives_text_that_decrypt_opens(fields: dict[str, Any], liveform: Command) -> None:
    """There and back, by argument and as JSON."""
    text = liveform("encrypt", json.dumps(fields), **SECRET).out.strip()
    opened = liveform("decrypt", text, "--json", **SECRET)
    assert PROJECT.decrypt(text) == fields
    assert (opened.code, json.loads(opened.out), opened.err) == (0, fields, "")


def test_encrypt_as_json_is_one_object(liveform: Command) -> None:
    """``--json`` gives the text as a member."""
    answer = liveform("encrypt", '{"a": 1}', "--json", **SECRET)
    assert PROJECT.decrypt(json.loads(answer.out)["encrypted"]) == {"a": 1}


def test_encrypt_reads_stdin(liveform: Command) -> None:
    """A dash is stdin, whose line break at the end does not count."""
    text = liveform("encrypt", "-", stdin='{"이름": "제인"}\n'.encode(), **SECRET).out.strip()
    assert PROJECT.decrypt(text) == {"이름": "제인"}


def test_decrypt_reads_stdin(liveform: Command) -> None:
    """What encrypt wrote can be piped."""
    answer = liveform("decrypt", "-", stdin=f" {PROJECT.encrypt({'a': 1})}\n".encode(), **SECRET)
    assert json.loads(answer.out) == {"a": 1}


def test_decrypt_takes_text_with_a_dash_in_front(liveform: Command) -> None:
    """base64url may begin with a dash; ``--`` ends the options."""
    layout = GcmLayout(encoding="base64url")
    project = Project(PID, key=KEY, cipher="gcm", gcm_layout=layout)
    text = next(text for text in (project.encrypt({"a": 1}) for _ in iter(int, 1)) if text[0] == "-")
    answer = liveform("decrypt", "--gcm-layout", str(layout), "--", text, **SECRET)
    assert json.loads(answer.out) == {"a": 1}


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "null", "{", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000]
)
def test_encrypt_of_no_json_object_is_refused(text: str, liveform: Command) -> None:
    """Data that is wrong is exit 1."""
    answer = liveform("encrypt", text, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("text", ["", "!", "AAAA", "A" * 64, "A" * 70_000])
def test_decrypt_of_no_encrypted_text_is_refused(text: str, liveform: Command) -> None:
    """Exit 1 and one line, which does not hold the text."""
    answer = liveform("decrypt", text, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_decrypt_under_another_key_tells_the_one_text_of_all_failures(liveform: Command) -> None:
    """Nothing of the cause comes out."""
    text = Project(PID, key="another", cipher="gcm").encrypt({"a": 1})
    answer = liveform("decrypt", text, "--json", **SECRET)
    error = json.loads(answer.err)["error"]
    assert answer.code == 1
    assert error == {
        "code": "decrypt_failed",
        "message": "cannot be decrypted: another key, cipher or layout, or damaged on the way",
    }


@pytest.mark.parametrize("command", ["encrypt", "decrypt"])
def test_encrypt_and_decrypt_without_key_are_refused(command: str, liveform: Command) -> None:
    """A setting is missing: exit 2."""
    answer = liveform(command, "{}", PID=PID)
    assert answer.code == 2
    assert answer.err.startswith("liveform: key: ")


def test_decrypt_shows_control_characters_escaped(liveform: Command) -> None:
    """Somebody else's values must not act on the terminal; letters of all scripts stay as they are."""
    answer = liveform("decrypt", PROJECT.encrypt({"a": CONTROLS, CONTROLS: "제인"}), **SECRET)
    assert not has_controls(answer.out)
    assert "제인" in answer.out
    assert json.loads(answer.out) == {"a": CONTROLS, CONTROLS: "제인"}


# return


def test_return_prints_claims_not_proof(liveform: Command) -> None:
    """The first line says what the rest is worth."""
    sealed = RETURNING.encrypt({"kycStatus": "approved", "userid": "u", "cf1": "한국", "newOne": [1]})
    answer = liveform("return", f"https://app/done?encrypted={query(sealed)}", **SECRET)
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0].startswith("claims, not proof")
    assert dict(line.split(maxsplit=1) for line in lines[1:]) == {
        "kyc_status": "approved",
        "userid": "u",
        "cf1": "한국",
        "encrypted": "true",
        "extra": '{"newOne": [1]}',
    }


def test_return_as_json_has_every_claim(liveform: Command) -> None:
    """Null for what was not sent."""
    answer = liveform("return", "kycStatus=rejected&email=a%40b.c", "--json", **SECRET)
    assert json.loads(answer.out) == {
        "kyc_status": "rejected",
        "submission_id": None,
        "userid": None,
        "email": "a@b.c",
        "cf1": None,
        "cf2": None,
        "cf3": None,
        "error_code": None,
        "encrypted": False,
        "extra": {},
    }


def test_return_reads_stdin(liveform: Command) -> None:
    """A log line can be piped."""
    answer = liveform("return", "-", stdin=b"https://app/done?kycStatus=pending\n", **SECRET)
    assert "pending" in answer.out


@pytest.mark.parametrize(
    "url",
    [
        "kycStatus=great",
        "kycStatus=approved&kycStatus=rejected",
        "https://app/?encrypted=AAAA",
        "a=%ff",
        "a=" + "x" * 70_000,
    ],
)
def test_return_that_cannot_be_read_is_refused(url: str, liveform: Command) -> None:
    """Somebody else's bytes: exit 1."""
    answer = liveform("return", url, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_return_encrypted_without_key_is_refused(liveform: Command) -> None:
    """There is nothing to open it with."""
    answer = liveform("return", "https://app/?encrypted=AAAA", PID=PID)
    assert answer.code in (1, 2)
    assert "key" in answer.err


def test_return_shows_control_characters_escaped(liveform: Command) -> None:
    """Anybody can write a Return URL, in plain."""
    url = f"https://app/?userid={query(CONTROLS)}&errorCode={query(CONTROLS)}&{query(CONTROLS)}={query(CONTROLS)}"
    answer = liveform("return", url, **SECRET)
    assert answer.code == 0
    assert not has_controls(answer.out)


@pytest.mark.parametrize("form", ["text", "json"])
def test_return_error_shows_no_control_characters(form: str, liveform: Command) -> None:
    """An error is one line, whatever was in the URL."""
    flags = ["--json"] if form == "json" else []
    answer = liveform("return", f"kycStatus={query(CONTROLS)}", *flags, **SECRET)
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert not has_controls(answer.err)


# explain


def test_explain_says_what_is_seen_and_what_is_ignored(liveform: Command) -> None:
    """In Encryption-only mode a plain userid has no effect."""
    sealed = query(PROJECT.encrypt({"userid": "한국"}))
    answer = liveform("explain", f"{URL}&userid=plain&encrypted={sealed}", "--encryption-only", **SECRET)
    assert answer.code == 0
    assert "userid = 한국  (encrypted)" in answer.out
    assert "ignored   userid: in Encryption-only mode" in answer.out


def test_explain_as_json_has_the_same_parts(liveform: Command) -> None:
    """Pipeline, pid, seen, ignored, problems."""
    data = json.loads(liveform("explain", f"{URL}&pid=twice", "--json", **SECRET).out)
    assert data.keys() == {"pipeline", "pid", "seen", "ignored", "problems"}
    assert data["pipeline"] == "id_document"
    assert data["seen"][0]["name"] == "lang"
    assert len(data["problems"]) == 2


def test_explain_reads_stdin(liveform: Command) -> None:
    """As the other commands do."""
    assert "lang = ko" in liveform("explain", "-", stdin=URL.encode(), **SECRET).out


@pytest.mark.parametrize("url", ["", "not a url", "pid=a", "https://[::1?pid=a"])
def test_explain_of_no_url_is_refused(url: str, liveform: Command) -> None:
    """Exit 1."""
    answer = liveform("explain", url, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    "parameters",
    [
        {"email": CONTROLS},
        {"pid": CONTROLS},
        {CONTROLS: "x"},
        {"action": CONTROLS},
        {"blacklistCountries": CONTROLS},
    ],
    ids=lambda parameters: ascii(next(iter(parameters))),
)
@pytest.mark.parametrize("times", [1, 2])
def test_explain_shows_control_characters_escaped(
    parameters: dict[str, str], times: int, liveform: Command
) -> None:
    """Names and values of a URL, in what is seen, ignored and wrong."""
    pairs = "&".join(f"{query(name)}={query(value)}" for name, value in parameters.items())
    sealed = query(PROJECT.encrypt({**parameters, "cf1": CONTROLS}))
    answer = liveform("explain", f"{URL}&encrypted={sealed}" + f"&{pairs}" * times, **SECRET)
    assert answer.code == 0
    assert not has_controls(answer.out)


# doctor


@pytest.mark.parametrize("form", ["text", "url", "return URL", "envelope"])
def test_doctor_finds_the_layout_of_a_sample(form: str, liveform: Command) -> None:
    """From the text alone, a whole URL, or the body of Secure Data Transfer."""
    layout = GcmLayout.from_text("nonce16:tag16:ciphertext, hex")
    text = Gcm(KEY, layout).encrypt_text('{"userid":"u"}')
    sample = {
        "text": text,
        "url": f"{URL}&encrypted={query(text)}",
        "return URL": f"https://app.example.com/done?encrypted={query(text)}",
        "envelope": json.dumps({"data": text}),
    }[form]
    answer = liveform("doctor", sample, KEY=KEY)
    as_json = liveform("doctor", sample, "--json", KEY=KEY)
    assert answer.code == 0
    assert 'gcm_layout = "nonce16:tag16:ciphertext, hex"' in answer.out
    assert ("in a data envelope" in answer.out) is (form == "envelope")
    assert json.loads(as_json.out) == {
        "cipher": "gcm",
        "layout": "nonce16:tag16:ciphertext, hex",
        "key_derivation": "sha256",
        "envelope": form == "envelope",
        "settings": {"cipher": "gcm", "gcm_layout": "nonce16:tag16:ciphertext, hex"},
        "also_fits": [],
    }


def test_doctor_settings_open_the_sample_again(liveform: Command) -> None:
    """The lines with = are TOML for the settings file, as they are."""
    text = Gcm(KEY, GcmLayout.from_text("tag16+nonce16+ciphertext, base64url")).encrypt_text('{"a":1}')
    printed = [line for line in liveform("doctor", "--", text, KEY=KEY).out.splitlines() if " = " in line]
    toml = f'[projects.a]\npid = "{PID}"\nkey = {{ file = "k" }}\n' + "\n".join(printed)
    Path("liveform.toml").write_text(toml)
    Path("k").write_text(KEY)
    answer = liveform("decrypt", "--project", "a", "--json", "--", text)
    assert json.loads(answer.out) == {"a": 1}


def test_doctor_names_what_else_fits(liveform: Command) -> None:
    """A sample without + and / is base64 and base64url alike, if it needs no padding."""
    ecb = Ecb(KEY)
    digests = (sha256(bytes([number])).hexdigest()[:32] for number in range(256))
    texts = (ecb.encrypt_text(json.dumps({"a": digest})) for digest in digests)
    sample = next(text for text in texts if not set(text) & set("+/="))
    answer = liveform("doctor", sample, KEY=KEY)
    data = json.loads(liveform("doctor", sample, "--json", KEY=KEY).out)
    assert 'ecb_layout = "base64"' in answer.out
    assert "this sample also fits: ECB, layout: base64url" in answer.out
    assert [other["settings"] for other in data["also_fits"]] == [
        {"cipher": "ecb", "ecb_layout": "base64url"}
    ]


def test_doctor_names_another_key_derivation(liveform: Command) -> None:
    """A vendor that takes the text's own 32 bytes."""
    raw = "0123456789abcdef0123456789abcdef"
    sample = Gcm(SecretKey(raw, derivation="utf8")).encrypt_text("{}")
    answer = liveform("doctor", sample, KEY=raw)
    assert 'key_derivation = "utf8"' in answer.out


def test_doctor_finds_cbc(liveform: Command) -> None:
    """The webhook's envelope may be CBC."""
    sample = json.dumps({"data": Cbc(KEY).encrypt_text('{"a":1}')})
    assert json.loads(liveform("doctor", sample, "--json", KEY=KEY).out)["cipher"] == "cbc"


def test_doctor_reads_stdin_and_a_key_file(liveform: Command) -> None:
    """The key from a file, the sample from a pipe."""
    Path("key").write_text(KEY + "\n")
    sample = Ecb(KEY, EcbLayout("hex")).encrypt_text('{"a":1}')
    answer = liveform("doctor", "-", "--key-file", "key", stdin=sample.encode())
    assert 'ecb_layout = "hex"' in answer.out


@pytest.mark.parametrize("sample", ["AAAA", "한국", "A" * 64, "https://h/", '{"data": 7}', "", "A" * 70_000])
def test_doctor_of_what_fits_nothing_is_refused(sample: str, liveform: Command) -> None:
    """Exit 1 and one line."""
    answer = liveform("doctor", sample, KEY=KEY)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_doctor_without_key_is_refused(liveform: Command) -> None:
    """And says where a key comes from."""
    answer = liveform("doctor", "AAAA")
    assert answer.code == 2
    assert all(source in answer.err for source in ("LIVEFORM_KEY", "--key-file", "settings file"))


# qr


def read_back(image: Image.Image) -> str:
    """Return what zxing-cpp reads in a picture."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return str(found.text)


def drawn(text: str) -> Image.Image:
    """Return the terminal's half blocks as a picture: what is drawn is light."""
    halves = {" ": (0, 0), "▄": (0, 255), "▀": (255, 0), "█": (255, 255)}
    lines = text.rstrip("\n").split("\n")
    image = Image.new("L", (len(lines[0]), 2 * len(lines)))
    for y, line in enumerate(lines):
        for x, sign in enumerate(line):
            image.putpixel((x, 2 * y), halves[sign][0])
            image.putpixel((x, 2 * y + 1), halves[sign][1])
    return image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST)


def test_qr_to_the_terminal_is_read_back(liveform: Command) -> None:
    """Where stdout is no terminal there are no colours."""
    answer = liveform("qr", URL)
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert read_back(drawn(answer.out)) == URL


@pytest.mark.parametrize(("flags", "colored"), [([], True), (["--no-color"], False)])
def test_qr_on_a_terminal_is_colored_unless_told_otherwise(
    flags: list[str], colored: bool, liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own colours it scans on any background."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert ("\x1b[" in liveform("qr", URL, *flags).out) is colored


def test_qr_to_png_is_read_back(liveform: Command) -> None:
    """The file's name says the form; one line says what was written."""
    answer = liveform("qr", URL, "-o", "code.PNG", "--module-pixels", "3", "--level", "H")
    with Image.open("code.PNG") as image:
        assert read_back(image) == URL
        modules = image.width // 3
    assert (answer.code, answer.out.count("\n")) == (0, 1)
    assert answer.out.startswith("code.PNG: version ")
    assert f"{modules} modules" in answer.out


def test_qr_to_svg_is_read_back(liveform: Command) -> None:
    """With a title for screen readers."""
    answer = liveform("qr", URL, "--output", "code.svg", "--title", "Scan <me>")
    svg = Path("code.svg").read_text(encoding="utf-8")
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=300))
    assert answer.code == 0
    assert "<title>Scan &lt;me&gt;</title>" in svg
    assert read_back(Image.open(io.BytesIO(png))) == URL


def test_qr_as_json_has_the_svg_when_there_is_no_file(liveform: Command) -> None:
    """A program without a terminal gets a drawing too."""
    data = json.loads(liveform("qr", URL, "--json").out)
    png = bytes(resvg_py.svg_to_bytes(svg_string=data["svg"], width=300))
    assert data["output"] is None
    assert data["modules"] == 17 + 4 * data["version"] + 8
    assert read_back(Image.open(io.BytesIO(png))) == URL


def test_qr_as_json_says_which_file_it_wrote(liveform: Command) -> None:
    """And no drawing besides."""
    data = json.loads(liveform("qr", URL, "--json", "-o", "code.png").out)
    assert data.keys() == {"version", "modules", "output"}
    assert Path(data["output"]).exists()


def test_qr_reads_stdin(liveform: Command) -> None:
    """``liveform url | liveform qr -``."""
    assert read_back(drawn(liveform("qr", "-", stdin=f"{URL}\n".encode()).out)) == URL


@pytest.mark.parametrize("output", ["code.jpg", "code", "", "svg", ".png/", "code.svg.bak"])
def test_qr_to_a_file_of_another_form_is_refused(output: str, liveform: Command, tmp_path: Path) -> None:
    """Nothing is written."""
    answer = liveform("qr", URL, "-o", output)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "--output" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["missing/code.svg", "a\0b.svg", "x" * 300 + ".png", "directory.svg"])
def test_qr_to_a_path_that_cannot_be_written_is_refused(output: str, liveform: Command) -> None:
    """One line, no traceback."""
    Path("directory.svg").mkdir()
    answer = liveform("qr", URL, "-o", output)
    assert (answer.code, answer.out, answer.err) == (2, "", "liveform: --output: cannot be written\n")


@pytest.mark.parametrize("size", ["0", "65", "-1"])
def test_qr_of_another_module_size_is_refused(size: str, liveform: Command, tmp_path: Path) -> None:
    """1 to 64."""
    answer = liveform("qr", URL, "-o", "code.png", f"--module-pixels={size}")
    assert answer.code == 2
    assert "1 to 64" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "x" * 3000, "\udcff"])
def test_qr_of_what_fits_no_code_is_refused(text: str, liveform: Command) -> None:
    """Empty, too long, not Unicode."""
    answer = liveform("qr", text)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)


def test_qr_without_its_extra_says_what_to_install(
    liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """qrcode is an extra, and so is zxing-cpp."""
    monkeypatch.setitem(sys.modules, "qrcode", None)
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    answer = liveform("qr", URL)
    assert answer.code == 2
    assert "it comes with the extra liveform[qr]" in answer.err


# all of them


@pytest.mark.parametrize(
    "argv",
    [
        ["url", "--email", "nobody"],
        ["knowledge", "--email", "nobody"],
        ["inject"],
        ["encrypt", "["],
        ["decrypt", "!"],
        ["return", "kycStatus=x"],
        ["explain", "x"],
        ["doctor", "!"],
        ["qr", ""],
    ],
    ids=lambda argv: argv[0],
)
def test_error_of_every_command_is_one_line_as_text_and_as_json(argv: list[str], liveform: Command) -> None:
    """``liveform: ...`` for people, ``{"error": {"code": ..., "message": ...}}`` for programs."""
    as_text, as_json = liveform(*argv, **SECRET), liveform(*argv, "--json", **SECRET)
    message = json.loads(as_json.err)["error"]
    assert as_text.code == as_json.code != 0
    assert as_text.out == as_json.out == ""
    assert as_text.err == f"liveform: {message['message']}\n"
    assert as_json.err.count("\n") == 1
    assert message.keys() == {"code", "message"}


def test_qr_on_a_terminal_without_block_characters_asks_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Escaped block characters are no drawing."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    arguments = argparse.Namespace(input="https://h/", level="M", output=None, title="QR code", no_color=True)
    with pytest.raises(FieldError, match="no block characters"):
        commands.qr(arguments)


@pytest.mark.parametrize(
    "keys", [{"KEY": KEY}, {"RETURN_KEY": KEY}, {"RETURN_KEY": KEY, "KEY": "of query strings"}]
)
def test_return_needs_no_cipher(keys: dict[str, str], liveform: Command) -> None:
    """Return URLs are always ECB; the cipher is that of query strings."""
    encrypted = RETURNING.encrypt({"kycStatus": "pending"})
    answer = liveform("return", f"encrypted={query(encrypted)}", "--json", **keys)
    assert (answer.code, json.loads(answer.out)["kyc_status"]) == (0, "pending")


def test_return_needs_no_cipher_with_a_key_file(liveform: Command) -> None:
    """The same for a file."""
    Path("key").write_text(KEY)
    encrypted = RETURNING.encrypt({"kycStatus": "pending"})
    assert liveform("return", f"encrypted={query(encrypted)}", "--key-file", "key").code == 0
