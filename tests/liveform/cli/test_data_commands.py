"""Tests of the commands ``encrypt``, ``decrypt``, ``return``, ``explain``, ``doctor`` and ``qr``."""

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
from vector_files import load_vectors

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
    """Return whether ``text`` holds a character that a terminal may act on, line breaks apart."""
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in text.replace("\n", ""))


def query(text: str) -> str:
    """Return ``text`` percent-encoded for a query string."""
    return quote(text, safe="")


# encrypt and decrypt


@pytest.mark.parametrize(
    "fields", [{}, {"userid": "user_12345"}, {"a": 1, "b": [True, None], "이름": "제인 💳"}]
)
def test_encrypt_gives_text_that_decrypt_opens(fields: dict[str, Any], liveform: Command) -> None:
    """``encrypt`` prints a text that ``decrypt --json`` turns back into the same fields."""
    text = liveform("encrypt", json.dumps(fields), **SECRET).out.strip()
    opened = liveform("decrypt", text, "--json", **SECRET)
    assert PROJECT.decrypt(text) == fields
    assert (opened.code, json.loads(opened.out), opened.err) == (0, fields, "")


def test_encrypt_as_json_is_one_object(liveform: Command) -> None:
    """``encrypt --json`` prints one object with the text as its member ``encrypted``."""
    answer = liveform("encrypt", '{"a": 1}', "--json", **SECRET)
    assert PROJECT.decrypt(json.loads(answer.out)["encrypted"]) == {"a": 1}


def test_encrypt_reads_stdin(liveform: Command) -> None:
    """``encrypt -`` reads the fields from stdin, without the line break at the end."""
    text = liveform("encrypt", "-", stdin='{"이름": "제인"}\n'.encode(), **SECRET).out.strip()
    assert PROJECT.decrypt(text) == {"이름": "제인"}


def test_decrypt_reads_stdin(liveform: Command) -> None:
    """``decrypt -`` reads the text from stdin, without white space around it."""
    answer = liveform("decrypt", "-", stdin=f" {PROJECT.encrypt({'a': 1})}\n".encode(), **SECRET)
    assert json.loads(answer.out) == {"a": 1}


@pytest.mark.parametrize("line_break", ["\n", "\r\n", " "])
def test_decrypt_takes_text_in_lines(line_break: str, liveform: Command) -> None:  # R1
    """``decrypt`` reads a text in lines of 64 characters, as an argument and on stdin."""
    text = RETURNING.encrypt({"a": "x" * 100})
    lines = line_break.join(text[start : start + 64] for start in range(0, len(text), 64))
    ecb = {"PID": PID, "KEY": KEY, "CIPHER": "ecb"}
    for answer in (liveform("decrypt", lines, **ecb), liveform("decrypt", "-", stdin=lines.encode(), **ecb)):
        assert json.loads(answer.out) == {"a": "x" * 100}


def test_decrypt_takes_text_with_a_dash_in_front(liveform: Command) -> None:
    """``decrypt --`` accepts a base64url text that begins with a dash."""
    layout = GcmLayout(encoding="base64url")
    project = Project(PID, key=KEY, cipher="gcm", gcm_layout=layout)
    text = next(text for text in (project.encrypt({"a": 1}) for _ in iter(int, 1)) if text[0] == "-")
    answer = liveform("decrypt", "--gcm-layout", str(layout), "--", text, **SECRET)
    assert json.loads(answer.out) == {"a": 1}


@pytest.mark.parametrize(
    "text", ["", "[]", "7", "null", "{", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000]
)
def test_encrypt_of_no_json_object_is_refused(text: str, liveform: Command) -> None:
    """``encrypt`` of anything but one JSON object ends with exit code 1 and one line."""
    answer = liveform("encrypt", text, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("text", ["", "!", "AAAA", "A" * 64, "A" * 70_000])
def test_decrypt_of_no_encrypted_text_is_refused(text: str, liveform: Command) -> None:
    """``decrypt`` of a text that nobody encrypted ends with exit code 1 and one line."""
    answer = liveform("decrypt", text, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_decrypt_under_another_key_tells_the_one_text_of_all_failures(liveform: Command) -> None:
    """``decrypt`` under another key prints the fixed text of every failure, and no cause."""
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
    """``encrypt`` and ``decrypt`` without a key end with exit code 2 and the name of that setting."""
    answer = liveform(command, "{}", PID=PID)
    assert answer.code == 2
    assert answer.err.startswith("liveform: key: ")


def test_decrypt_shows_control_characters_escaped(liveform: Command) -> None:
    """``decrypt`` escapes control characters and prints letters of all scripts as they are."""
    answer = liveform("decrypt", PROJECT.encrypt({"a": CONTROLS, CONTROLS: "제인"}), **SECRET)
    assert not has_controls(answer.out)
    assert "제인" in answer.out
    assert json.loads(answer.out) == {"a": CONTROLS, CONTROLS: "제인"}


# return


def test_return_prints_claims_not_proof(liveform: Command) -> None:
    """``return`` prints "claims, not proof" first, and each claim on a line of its own."""
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
    """``return --json`` prints every claim, with null for those that were not sent."""
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
    """``return -`` reads the Return URL from stdin."""
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
    """``return`` of a broken or contradictory return ends with exit code 1 and one line."""
    answer = liveform("return", url, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    "url", ["", "not a url", "https://app.example.com/done", "step=2", "https://app?a=1"]
)
def test_return_without_any_claim_says_what_to_give(url: str, liveform: Command) -> None:  # R6
    """``return`` of a text without a claim ends with exit code 1, and says what a Return URL is."""
    answer = liveform("return", url, **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert "give the whole Return URL, in quotes" in answer.err


def test_return_with_an_error_code_alone_is_read(liveform: Command) -> None:  # R6
    """An error code is a claim, and so is an encrypted return that says nothing liveform knows."""
    assert "TK-10001" in liveform("return", "errorCode=TK-10001", **SECRET).out
    sealed = RETURNING.encrypt({"newOne": 1})
    assert liveform("return", f"encrypted={query(sealed)}", **SECRET).code == 0


def test_return_encrypted_without_key_is_refused(liveform: Command) -> None:
    """``return`` of an encrypted return without a key ends with an error that mentions the key."""
    answer = liveform("return", "https://app/?encrypted=AAAA", PID=PID)
    assert answer.code in (1, 2)
    assert "key" in answer.err


def test_return_shows_control_characters_escaped(liveform: Command) -> None:
    """``return`` escapes control characters in the names and values of claims."""
    url = f"https://app/?userid={query(CONTROLS)}&errorCode={query(CONTROLS)}&{query(CONTROLS)}={query(CONTROLS)}"
    answer = liveform("return", url, **SECRET)
    assert answer.code == 0
    assert not has_controls(answer.out)


@pytest.mark.parametrize("form", ["text", "json"])
def test_return_error_shows_no_control_characters(form: str, liveform: Command) -> None:
    """The error of ``return`` is one line without control characters, as text and as JSON."""
    flags = ["--json"] if form == "json" else []
    answer = liveform("return", f"kycStatus={query(CONTROLS)}", *flags, **SECRET)
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert not has_controls(answer.err)


# explain


def test_explain_says_what_is_seen_and_what_is_ignored(liveform: Command) -> None:
    """``explain`` prints what is seen and what is ignored, such as a plain userid beside ``encrypted``."""
    sealed = query(PROJECT.encrypt({"userid": "한국"}))
    answer = liveform("explain", f"{URL}&userid=plain&encrypted={sealed}", "--encryption-only", **SECRET)
    assert answer.code == 0
    assert "userid = 한국  (encrypted)" in answer.out
    assert "ignored   userid: in Encryption-only mode" in answer.out


def test_explain_as_json_has_the_same_parts(liveform: Command) -> None:
    """``explain --json`` has the members pipeline, pid, seen, ignored and problems."""
    data = json.loads(liveform("explain", f"{URL}&pid=twice", "--json", **SECRET).out)
    assert data.keys() == {"pipeline", "pid", "seen", "ignored", "problems", "findings"}
    assert data["pipeline"] == "id_document"
    assert data["seen"][0]["name"] == "lang"
    assert len(data["problems"]) == 2


def test_explain_reads_stdin(liveform: Command) -> None:
    """``explain -`` reads the URL from stdin."""
    assert "lang = ko" in liveform("explain", "-", stdin=URL.encode(), **SECRET).out


@pytest.mark.parametrize("url", ["", "not a url", "pid=a", "https://[::1?pid=a"])
def test_explain_of_no_url_is_refused(url: str, liveform: Command) -> None:
    """``explain`` of a text that is not a URL ends with exit code 1 and one line."""
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
    """``explain`` escapes control characters in names and values, seen, ignored or wrong."""
    pairs = "&".join(f"{query(name)}={query(value)}" for name, value in parameters.items())
    sealed = query(PROJECT.encrypt({**parameters, "cf1": CONTROLS}))
    answer = liveform("explain", f"{URL}&encrypted={sealed}" + f"&{pairs}" * times, **SECRET)
    assert answer.code == 0
    assert not has_controls(answer.out)


# doctor


@pytest.mark.parametrize("form", ["text", "url", "return URL", "envelope"])
def test_doctor_finds_the_layout_of_a_sample(form: str, liveform: Command) -> None:
    """``doctor`` finds the layout of a text, a form URL, a Return URL or a data envelope."""
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
    in_body = form == "envelope"
    assert ('gcm_layout = "nonce16:tag16:ciphertext, hex"' in answer.out) is not in_body
    assert ("in a data envelope" in answer.out) is in_body
    assert ("the settings of liveform cannot express this yet" in answer.out) is in_body
    assert json.loads(as_json.out) == {
        "cipher": "gcm",
        "layout": "nonce16:tag16:ciphertext, hex",
        "key_derivation": "sha256",
        "envelope": in_body,
        "shape": "data" if in_body else "text",
        "settings": {} if in_body else {"cipher": "gcm", "gcm_layout": "nonce16:tag16:ciphertext, hex"},
        "also_fits": [],
    }


def test_doctor_settings_open_the_sample_again(liveform: Command) -> None:
    """The settings that ``doctor`` prints are TOML for a project that decrypts the sample."""
    text = Gcm(KEY, GcmLayout.from_text("tag16+nonce16+ciphertext, base64url")).encrypt_text('{"a":1}')
    printed = [line for line in liveform("doctor", "--", text, KEY=KEY).out.splitlines() if " = " in line]
    toml = f'[projects.a]\npid = "{PID}"\nkey = {{ file = "k" }}\n' + "\n".join(printed)
    Path("liveform.toml").write_text(toml)
    Path("k").write_text(KEY)
    answer = liveform("decrypt", "--project", "a", "--json", "--", text)
    assert json.loads(answer.out) == {"a": 1}


def test_doctor_names_what_else_fits(liveform: Command) -> None:
    """``doctor`` names base64url too if a base64 sample has neither + nor / nor padding."""
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
    """``doctor`` prints the setting for a key that is used as its own 32 bytes."""
    raw = "0123456789abcdef0123456789abcdef"
    sample = Gcm(SecretKey(raw, derivation="utf8")).encrypt_text("{}")
    answer = liveform("doctor", sample, KEY=raw)
    assert 'key_derivation = "utf8"' in answer.out


def test_doctor_finds_cbc(liveform: Command) -> None:
    """``doctor`` recognizes CBC inside a data envelope."""
    sample = json.dumps({"data": Cbc(KEY).encrypt_text('{"a":1}')})
    assert json.loads(liveform("doctor", sample, "--json", KEY=KEY).out)["cipher"] == "cbc"


@pytest.mark.parametrize(
    ("sample", "lines"),
    [
        (
            json.dumps({"data": Cbc(KEY, "zero-iv, hex").encrypt_text('[{"a":"0123456789"}]')}),
            [
                "CBC in a data envelope, layout: zero-iv, hex",
                'secure_data_transfer = "bare base64 / cbc zero-iv, hex"',
            ],
        ),
        (
            json.dumps({"data": Ecb(KEY, "hex").encrypt_text('{"a":"0123456789"}'), "isEncrypted": True}),
            [
                "ECB in a data envelope with isEncrypted, layout: hex",
                'secure_data_transfer = "bare base64 / ecb hex"',
            ],
        ),
        (
            json.dumps({"body": Ecb(KEY, "hex").encrypt_text('{"a":"0123456789"}')}),
            [
                "ECB in a body envelope, layout: hex",
                'secure_data_transfer = "body hex / cbc iv16+ciphertext, base64"',
            ],
        ),
    ],
    ids=["data", "isEncrypted", "body"],
)
def test_doctor_names_bodies_of_secure_data_transfer(
    sample: str, lines: list[str], liveform: Command
) -> None:
    """``doctor`` names the shape of a body, its layout, and the setting for it, under the API key too."""
    assert liveform("doctor", sample, KEY=KEY).out.splitlines()[:2] == lines
    assert liveform("doctor", sample, API_KEY=KEY).out.splitlines()[:2] == lines
    answer = liveform("doctor", sample, KEY="a secretKey", API_KEY=KEY)
    assert answer.out.splitlines()[:2] == lines
    assert (answer.code, answer.err) == (0, "")


def test_doctor_says_what_a_snippet_did(liveform: Command) -> None:  # R3
    """``doctor`` says how a snippet made text and key, and what the vendor documents instead."""
    vector = next(
        each for each in load_vectors("node-samples") if each["made_by"].startswith("SHA-256 in hex")
    )
    lines = liveform("doctor", vector["sample"], KEY=vector["key"]).out.splitlines()
    assert lines[0].startswith(
        "GCM in a JSON object of its parts, layout: iv (hex), content (hex), tag (hex)"
    )
    assert lines[0].endswith("key: SHA-256 in hex, cut to 32 characters")
    assert "documents no such form" in lines[1]
    assert "documents the SHA-256 digest" in lines[1]
    data = json.loads(liveform("doctor", vector["sample"], "--json", KEY=vector["key"]).out)
    assert (data["shape"], data["key_derivation"], data["settings"]) == ("parts", None, {})
    assert data["key"] == "SHA-256 in hex, cut to 32 characters"


def test_doctor_names_the_salted_form(liveform: Command) -> None:
    """``doctor`` names OpenSSL's form, and says that no setting is there for it."""
    answer = liveform("doctor", load_vectors("salted")[0]["text"], KEY=KEY)
    first, second = answer.out.splitlines()
    assert first.startswith('OpenSSL "Salted__" (AES-256-CBC')
    assert second == "the settings of liveform cannot express this yet"


def test_doctor_reads_a_large_body_from_stdin(liveform: Command) -> None:
    """``doctor -`` reads a body of more than 64 KiB, up to 1 MiB."""
    text = Cbc(KEY).encrypt_text(json.dumps([{"userid": "u" * 300_000}]))
    answer = liveform("doctor", "-", stdin=json.dumps({"data": text}).encode(), KEY=KEY)
    assert answer.out.startswith("CBC in a data envelope")
    answer = liveform("doctor", "-", stdin=b" " * (2**20 + 1), KEY=KEY)
    assert (answer.code, answer.err) == (1, "liveform: stdin holds more than 1048576 bytes\n")


def test_doctor_reads_stdin_and_a_key_file(liveform: Command) -> None:
    """``doctor -`` reads the sample from stdin and the key from ``--key-file``."""
    Path("key").write_text(KEY + "\n")
    sample = Ecb(KEY, EcbLayout("hex")).encrypt_text('{"a":1}')
    answer = liveform("doctor", "-", "--key-file", "key", stdin=sample.encode())
    assert 'ecb_layout = "hex"' in answer.out


@pytest.mark.parametrize("sample", ["AAAA", "한국", "A" * 64, "https://h/", '{"data": 7}', "", "A" * 70_000])
def test_doctor_of_what_fits_nothing_is_refused(sample: str, liveform: Command) -> None:
    """``doctor`` of a sample that no layout fits ends with exit code 1 and one line."""
    answer = liveform("doctor", sample, KEY=KEY)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


def test_doctor_without_key_is_refused(liveform: Command) -> None:
    """``doctor`` without a key ends with exit code 2 and names three sources of a key."""
    answer = liveform("doctor", "AAAA")
    assert answer.code == 2
    assert all(source in answer.err for source in ("LIVEFORM_KEY", "--key-file", "settings file"))


# qr


def read_back(image: Image.Image) -> str:
    """Return the text that zxing-cpp reads in a picture."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"))
    return str(found.text)


def drawn(text: str) -> Image.Image:
    """Return the terminal's half blocks as a picture in which drawn halves are light."""
    halves = {" ": (0, 0), "▄": (0, 255), "▀": (255, 0), "█": (255, 255)}
    lines = text.rstrip("\n").split("\n")
    image = Image.new("L", (len(lines[0]), 2 * len(lines)))
    for y, line in enumerate(lines):
        for x, sign in enumerate(line):
            image.putpixel((x, 2 * y), halves[sign][0])
            image.putpixel((x, 2 * y + 1), halves[sign][1])
    return image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST)


def test_qr_to_the_terminal_is_read_back(liveform: Command) -> None:
    """``qr`` into a pipe draws the code without colours, and it can be read back."""
    answer = liveform("qr", URL)
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert read_back(drawn(answer.out)) == URL


@pytest.mark.parametrize(("flags", "colored"), [([], True), (["--no-color"], False)])
def test_qr_on_a_terminal_is_colored_unless_told_otherwise(
    flags: list[str], colored: bool, liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``qr`` on a terminal draws in colours unless ``--no-color`` is given."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert ("\x1b[" in liveform("qr", URL, *flags).out) is colored


@pytest.mark.parametrize(
    ("environ", "colored"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm"}, True),
    ],
    ids=str,
)
def test_qr_is_plain_where_the_environment_asks_for_it(
    environ: dict[str, str], colored: bool, liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:  # T3
    """NO_COLOR, if it is not empty, and a dumb terminal get a code without colours."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in liveform("qr", URL).out) is colored


def test_qr_to_png_is_read_back(liveform: Command) -> None:
    """``qr --output code.PNG`` writes a PNG and prints its version and size in one line."""
    answer = liveform("qr", URL, "-o", "code.PNG", "--module-pixels", "3", "--level", "H")
    with Image.open("code.PNG") as image:
        assert read_back(image) == URL
        modules = image.width // 3
    assert (answer.code, answer.out.count("\n")) == (0, 1)
    assert answer.out.startswith("code.PNG: version ")
    assert f"{modules} modules" in answer.out


def test_qr_to_svg_is_read_back(liveform: Command) -> None:
    """``qr --output code.svg`` writes an SVG with the escaped ``--title``."""
    answer = liveform("qr", URL, "--output", "code.svg", "--title", "Scan <me>")
    svg = Path("code.svg").read_text(encoding="utf-8")
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=300))
    assert answer.code == 0
    assert "<title>Scan &lt;me&gt;</title>" in svg
    assert read_back(Image.open(io.BytesIO(png))) == URL


def test_qr_as_json_has_the_svg_when_there_is_no_file(liveform: Command) -> None:
    """``qr --json`` without ``--output`` prints the SVG as a member."""
    data = json.loads(liveform("qr", URL, "--json").out)
    png = bytes(resvg_py.svg_to_bytes(svg_string=data["svg"], width=300))
    assert data["output"] is None
    assert data["modules"] == 17 + 4 * data["version"] + 8
    assert read_back(Image.open(io.BytesIO(png))) == URL


def test_qr_as_json_says_which_file_it_wrote(liveform: Command) -> None:
    """``qr --json --output`` prints the name of the file and no drawing."""
    data = json.loads(liveform("qr", URL, "--json", "-o", "code.png").out)
    assert data.keys() == {"version", "modules", "output"}
    assert Path(data["output"]).exists()


def test_qr_reads_stdin(liveform: Command) -> None:
    """``qr -`` reads the text from stdin, without the line break at the end."""
    assert read_back(drawn(liveform("qr", "-", stdin=f"{URL}\n".encode()).out)) == URL


@pytest.mark.parametrize("output", ["code.jpg", "code", "", "svg", ".png/", "code.svg.bak"])
def test_qr_to_a_file_of_another_form_is_refused(output: str, liveform: Command, tmp_path: Path) -> None:
    """``qr --output`` to a name without .png or .svg is refused, and no file is written."""
    answer = liveform("qr", URL, "-o", output)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "--output" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["missing/code.svg", "a\0b.svg", "x" * 300 + ".png", "directory.svg"])
def test_qr_to_a_path_that_cannot_be_written_is_refused(output: str, liveform: Command) -> None:
    """``qr --output`` to a path that cannot be written ends with exit code 2 and one line."""
    Path("directory.svg").mkdir()
    answer = liveform("qr", URL, "-o", output)
    assert (answer.code, answer.out, answer.err) == (2, "", "liveform: --output: cannot be written\n")


@pytest.mark.parametrize("size", ["0", "65", "-1"])
def test_qr_of_another_module_size_is_refused(size: str, liveform: Command, tmp_path: Path) -> None:
    """``qr --module-pixels`` must be 1 to 64; otherwise no file is written."""
    answer = liveform("qr", URL, "-o", "code.png", f"--module-pixels={size}")
    assert answer.code == 2
    assert "1 to 64" in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "x" * 3000, "\udcff"])
def test_qr_of_what_fits_no_code_is_refused(text: str, liveform: Command) -> None:
    """``qr`` of an empty, too long or non-Unicode text ends with exit code 2 and one line."""
    answer = liveform("qr", text)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)


def test_qr_without_its_extra_says_what_to_install(
    liveform: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``qr`` without qrcode and zxing-cpp says that it needs the extra ``liveform[qr]``."""
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
    """Every command prints its error as one line of text, or with ``--json`` as one line of JSON."""
    as_text, as_json = liveform(*argv, **SECRET), liveform(*argv, "--json", **SECRET)
    message = json.loads(as_json.err)["error"]
    assert as_text.code == as_json.code != 0
    assert as_text.out == as_json.out == ""
    assert as_text.err == f"liveform: {message['message']}\n"
    assert as_json.err.count("\n") == 1
    assert message.keys() == {"code", "message"}


def test_qr_on_a_terminal_without_block_characters_asks_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """``qr`` to a stdout that cannot encode block characters is refused."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    arguments = argparse.Namespace(input="https://h/", level="M", output=None, title="QR code", no_color=True)
    with pytest.raises(FieldError, match="no block characters"):
        commands.qr(arguments)


@pytest.mark.parametrize(
    "keys", [{"KEY": KEY}, {"RETURN_KEY": KEY}, {"RETURN_KEY": KEY, "KEY": "of query strings"}]
)
def test_return_needs_no_cipher(keys: dict[str, str], liveform: Command) -> None:
    """``return`` needs only a key or a return key, and no cipher."""
    encrypted = RETURNING.encrypt({"kycStatus": "pending"})
    answer = liveform("return", f"encrypted={query(encrypted)}", "--json", **keys)
    assert (answer.code, json.loads(answer.out)["kyc_status"]) == (0, "pending")


def test_return_needs_no_cipher_with_a_key_file(liveform: Command) -> None:
    """``return --key-file`` reads an encrypted return without a cipher."""
    Path("key").write_text(KEY)
    encrypted = RETURNING.encrypt({"kycStatus": "pending"})
    assert liveform("return", f"encrypted={query(encrypted)}", "--key-file", "key").code == 0
