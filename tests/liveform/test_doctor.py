"""Tests of liveform.doctor, which finds the vendor's layout from one sample and its key."""

import json
import secrets
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import (
    Cbc,
    CbcLayout,
    Ecb,
    Finding,
    Gcm,
    GcmLayout,
    KeyDerivation,
    KeyFormatError,
    LiveformError,
    MalformedError,
    Project,
    SecretKey,
    UnexpectedValueError,
    find_layout,
)
from liveform.crypto.salted import SaltedLayout
from liveform.doctor import MAX_BODY_CHARS, cbc_layouts, diagnose_body, gcm_layouts

VECTORS = Path(__file__).parents[1] / "vectors"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"


def load(name: str) -> Any:
    """Return the content of one file of test vectors."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def layout_of(text: str) -> GcmLayout:
    """Return the layout that gcm-other-layouts.json describes in words."""
    order, nonce, encoding, joined = text.split("; ")
    separator = None if joined == "joined" else joined[-1]
    return GcmLayout(tuple(order.split("+")), int(nonce.split()[1]), encoding, separator)  # type: ignore[arg-type]


@pytest.mark.parametrize("vector", load("gcm-other-layouts"), ids=lambda vector: vector["name"])
def test_doctor_names_every_gcm_layout(vector: dict[str, Any]) -> None:
    """The doctor names the layout of each GCM vector from one sample and its key."""
    finding = find_layout(vector["encrypted"], vector["key"])
    assert (finding.cipher, finding.layout) == ("gcm", layout_of(vector["layout"]))
    assert (finding.derivation, finding.envelope, finding.also_fits) == (KeyDerivation.SHA256, False, ())


ENVELOPES = {
    "iv-in-front": "iv16+ciphertext",
    "iv-colon-ciphertext": "iv16:ciphertext",
    "zero-iv": "zero-iv",
    "iv-is-key-head": "key-head-iv",
}


@pytest.mark.parametrize("vector", load("envelopes"), ids=lambda vector: vector["name"])
def test_doctor_names_every_envelope(vector: dict[str, Any]) -> None:
    """The doctor names the cipher and layout inside a Secure Data Transfer body."""
    finding = find_layout(vector["body"], vector["key"])
    kind, encoding = vector["name"].split("/")
    assert (finding.cipher, finding.envelope) == (vector["mode"], True)
    if vector["mode"] == "cbc":
        assert finding.layout == CbcLayout.from_text(f"{ENVELOPES[kind]}, {encoding}")
    assert str(finding.layout).endswith(encoding)


@pytest.mark.parametrize("vector", load("encrypt-ecb"), ids=lambda vector: vector["name"])
def test_doctor_names_ecb(vector: dict[str, Any]) -> None:
    """The doctor recognizes every ECB vector, even one of a single block."""
    finding = find_layout(vector["encrypted"], vector["key"])
    assert (finding.cipher, str(finding.layout)) == ("ecb", "base64")


@pytest.mark.parametrize("layout", [*gcm_layouts()], ids=str)
def test_doctor_finding_makes_a_project_that_opens_the_sample(layout: GcmLayout) -> None:
    """The settings of a finding make a project that decrypts the sample, for each GCM layout."""
    sample = Gcm(KEY, layout).encrypt_text('{"userid":"u"}')
    finding = find_layout(sample, KEY)
    settings: Any = finding.settings()
    assert Project("p", key=KEY, **settings).decrypt(sample) == {"userid": "u"}


@pytest.mark.parametrize("layout", [*cbc_layouts()], ids=str)
def test_doctor_finds_every_cbc_layout(layout: CbcLayout) -> None:
    """The doctor finds every CBC layout, as its first finding or among ``also_fits``."""
    sample = Cbc(KEY, layout).encrypt_text(json.dumps({"userid": "u" * 40}))
    findings = [finding := find_layout(sample, KEY), *finding.also_fits]
    assert layout in [one.layout for one in findings]
    assert {one.cipher for one in findings} == {"cbc"}


def test_doctor_layouts_are_all_different() -> None:
    """The doctor tries 108 different GCM layouts and 15 CBC layouts, the defaults first."""
    assert len({str(layout) for layout in gcm_layouts()}) == 108
    assert len({str(layout) for layout in cbc_layouts()}) == 15
    assert next(gcm_layouts()) == GcmLayout()
    assert next(cbc_layouts()) == CbcLayout()


def test_doctor_takes_a_whole_url() -> None:
    """The doctor accepts a whole URL, a query, a text with white space and an escaped text."""
    text = Ecb(KEY).encrypt_text('{"userid":"u"}')
    for sample in (
        f"https://form.argosidentity.com?pid=x&encrypted={quote(text, safe='')}",
        f"encrypted={quote(text, safe='')}",
        f"  {text}\n",
        quote(text, safe=""),
    ):
        assert find_layout(sample, KEY).cipher == "ecb"


def test_doctor_takes_the_exact_reading_before_the_mended_one() -> None:
    """A padded sample is base64 first and an unpadded one base64url first; the other also fits."""
    gcm = Gcm(KEY, nonce_source=lambda length: b"\0" * length)
    sample = next(
        text
        for text in (gcm.encrypt_text(f'{{"cf1":"{number}"}}') for number in range(100, 1000))
        if not set("+/") & set(text) and text.endswith("=")
    )
    url_safe = GcmLayout(encoding="base64url")
    for text, likely, other in ((sample, GcmLayout(), url_safe), (sample.rstrip("="), url_safe, GcmLayout())):
        finding = find_layout(text, KEY)
        assert (finding.layout, [one.layout for one in finding.also_fits]) == (likely, [other])


def test_doctor_tells_what_one_sample_cannot_decide() -> None:
    """A one-block ECB sample also fits CBC with a zero IV, and the finding says so."""
    finding = find_layout(Ecb(KEY).encrypt_text("{}"), KEY)
    assert CbcLayout("zero") in [other.layout for other in finding.also_fits]


@pytest.mark.parametrize(
    ("key", "derivation"), [("k" * 32, KeyDerivation.UTF8), ("0123456789abcdef" * 4, KeyDerivation.HEX)]
)
def test_doctor_finds_another_key_derivation(key: str, derivation: KeyDerivation) -> None:
    """The doctor finds a key that is used as UTF-8 or as hex, and names that derivation."""
    sample = Gcm(SecretKey(key, derivation=derivation)).encrypt_text('{"userid":"u"}')
    finding = find_layout(sample, key)
    assert finding.derivation is derivation
    assert finding.settings()["key_derivation"] == derivation.value
    assert f"key derivation {derivation.value}" in str(finding)


def test_doctor_takes_a_ready_made_key() -> None:
    """The doctor accepts a SecretKey made from bytes, and a sample that is not JSON."""
    key = SecretKey.from_bytes(secrets.token_bytes(32))
    assert find_layout(Gcm(key).encrypt_text("not json"), key).cipher == "gcm"


def test_doctor_finding_reads_as_a_sentence() -> None:
    """The text of a finding names the cipher, the envelope if there is one, and the layout."""
    assert str(Finding("gcm", GcmLayout())) == "GCM, layout: nonce12+ciphertext+tag16, base64"
    assert str(Finding("cbc", CbcLayout(), shape="data")).startswith("CBC in a data envelope, layout: iv16+")


@pytest.mark.parametrize(
    "sample",
    [Ecb("another key").encrypt_text("{}"), Gcm("another key").encrypt_text("{}"), "@@@@", "AAAA"],
    ids=["ECB", "GCM", "no text", "no block"],
)
def test_doctor_says_when_no_layout_fits(sample: str) -> None:
    """A sample that no known layout opens under this key is refused with that reason."""
    with pytest.raises(UnexpectedValueError, match="no known layout fits this key"):
        find_layout(sample, KEY)


@pytest.mark.parametrize("sample", ["@@@@", "%", "AAAA%2"], ids=["no text", "percent", "cut escape"])
def test_doctor_error_of_a_sample_names_the_sample(sample: str) -> None:
    """The error of a sample that no layout fits has ``sample`` as its field."""
    with pytest.raises(UnexpectedValueError) as caught:
        find_layout(sample, KEY)
    assert caught.value.field == "sample"


@pytest.mark.parametrize("spaces", ["", " \n"])
def test_doctor_takes_a_sample_of_65536_characters(spaces: str) -> None:
    """A sample may have 65,536 characters, not counting white space around it."""
    sample = Ecb(KEY).encrypt_text(json.dumps({"cf1": "x" * (49_151 - len('{"cf1": ""}'))}))
    assert len(sample) == 65_536
    assert find_layout(spaces + sample + spaces, KEY).cipher == "ecb"


@pytest.mark.parametrize(
    "sample",
    [
        "",
        "   ",
        5,
        None,
        "x" * 65_537,
        '{"data": 5}',
        "{}",
        "{broken",
        "encrypted=a&encrypted=b",
    ],
)
def test_doctor_refuses_what_is_no_sample(sample: Any) -> None:
    """A sample that is empty, not text, too long, ambiguous or a broken envelope is malformed."""
    with pytest.raises(MalformedError):
        find_layout(sample, KEY)


@pytest.mark.parametrize("key", ["", " x", 5, None])
def test_doctor_refuses_what_is_no_key(key: Any) -> None:
    """An empty, padded or non-text key is refused with a KeyFormatError."""
    with pytest.raises(KeyFormatError):
        find_layout("AAAA", key)


@given(st.text(min_size=1, max_size=100) | st.binary(max_size=64).map(lambda data: data.hex()))
def test_doctor_of_anything_raises_only_liveform_errors(sample: str) -> None:
    """Any text that is not a sample is refused with a LiveformError."""
    with pytest.raises(LiveformError):
        find_layout(sample, KEY)


# Bodies of Secure Data Transfer

EVENT = '{"webhook_trigger":"approved","submission_id":"kz3m1x9q2w8ab","userid":"user_12345"}'
SHAPES: dict[str, Callable[[str], str]] = {
    "text": lambda text: text,
    "data": lambda text: json.dumps({"data": text}),
    "data+isEncrypted": lambda text: json.dumps({"data": text, "isEncrypted": True}),
    "body": lambda text: json.dumps({"body": text}),
}


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ('"data": "TEXT",', "data"),
        ('  "data":"TEXT"}\n', "data"),
        ('"data": "TEXT", "isEncrypted": true', "data+isEncrypted"),
        ('"body": "TEXT"', "body"),
    ],
)
def test_line_copied_out_of_an_envelope_is_an_envelope(line: str, shape: str) -> None:
    """Who copies the one line of a body gets the findings of the body."""
    text = Ecb(KEY).encrypt_text(EVENT)
    found = find_layout(line.replace("TEXT", text), KEY)
    assert (found.cipher, found.shape) == ("ecb", shape)
    assert found.settings() == find_layout(SHAPES[shape](text), KEY).settings()


@pytest.mark.parametrize("layout", [*cbc_layouts()], ids=str)
@pytest.mark.parametrize("shape", ["text", "data", "data+isEncrypted"])
def test_doctor_finding_of_an_answer_makes_a_project_that_opens_it(shape: str, layout: CbcLayout) -> None:
    """The settings of a finding make a project that opens the captured answer, in each shape and layout."""
    text = Cbc(KEY, layout).encrypt_text(EVENT)
    finding = find_layout(SHAPES[shape](text), KEY)
    assert (finding.cipher, finding.shape) == ("cbc", shape)
    assert finding.settings() == {"secure_data_transfer": f"bare base64 / cbc {finding.layout}"}
    settings: Any = finding.settings()
    project = Project("p", api_key=KEY, **settings)
    assert project.transfer is not None
    assert project.transfer.decrypt_answer({"data": text}) == json.loads(EVENT)


@pytest.mark.parametrize(
    ("shape", "settings", "words"),
    [
        ("text", {"cipher": "ecb", "ecb_layout": "hex"}, "ECB, layout: hex"),
        ("data", {"secure_data_transfer": "bare base64 / ecb hex"}, "ECB in a data envelope, layout: hex"),
        (
            "data+isEncrypted",
            {"secure_data_transfer": "bare base64 / ecb hex"},
            "ECB in a data envelope with isEncrypted, layout: hex",
        ),
        (
            "body",
            {"secure_data_transfer": "body hex / cbc iv16+ciphertext, base64"},
            "ECB in a body envelope, layout: hex",
        ),
    ],
)
def test_doctor_finding_of_ecb_says_what_the_shape_tells(
    shape: str, settings: dict[str, str], words: str
) -> None:
    """An ECB text alone is a query string; in ``data`` it is an answer, and in ``body`` a request."""
    finding = find_layout(SHAPES[shape](Ecb(KEY, "hex").encrypt_text(EVENT)), KEY)
    assert (finding.shape, finding.envelope, str(finding)) == (shape, shape != "text", words)
    assert finding.settings() == settings
    Project("p", key=KEY, **({"cipher": "ecb", "api_key": KEY} | settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sample",
    [
        SHAPES["data"](Gcm(KEY).encrypt_text(EVENT)),
        SHAPES["body"](Gcm(KEY).encrypt_text(EVENT)),
        SHAPES["body"](Cbc(KEY).encrypt_text(EVENT)),
    ],
    ids=["GCM answer", "GCM request", "CBC request"],
)
def test_doctor_finding_that_settings_cannot_say_has_none(sample: str) -> None:
    """A body in a cipher that its direction does not have in the settings is named, but gives none."""
    assert find_layout(sample, KEY).settings() == {}


def test_doctor_finding_of_a_body_names_another_key_derivation() -> None:
    """The settings of a body name the key derivation too, if it is not the usual one."""
    raw = "k" * 32
    sample = SHAPES["data"](Cbc(SecretKey(raw, derivation="utf8")).encrypt_text(EVENT))
    assert find_layout(sample, raw).settings()["key_derivation"] == "utf8"


@pytest.mark.parametrize("members", [{"data": "AAAA", "body": 5}, {"body": "AAAA", "isEncrypted": True}])
def test_doctor_takes_the_member_that_is_text(members: dict[str, object]) -> None:
    """Of ``data`` and ``body``, the doctor reads the one that is text, whatever is beside it."""
    name = "data" if members.get("data") else "body"
    sample = json.dumps({**members, name: Ecb(KEY).encrypt_text("{}")})
    assert find_layout(sample, KEY).shape == name


@pytest.mark.parametrize(
    "body", ['{"data": {"a": 1}}', '{"body": null}', '{"isEncrypted": true}', "[1]", "{"]
)
def test_doctor_refuses_a_body_without_a_text(body: str) -> None:
    """A body without an encrypted text, such as a clear faceAuth event, is refused."""
    with pytest.raises(LiveformError):
        find_layout(body, KEY)
    assert diagnose_body(body, [KEY]) is None


@pytest.mark.parametrize(
    ("length", "refused"), [(MAX_BODY_CHARS, False), (MAX_BODY_CHARS + 1, True)], ids=["longest", "longer"]
)
def test_doctor_takes_a_body_of_a_megabyte(length: int, refused: bool) -> None:
    """A body may have 1 MiB; a longer one is refused unread."""
    text = Cbc(KEY).encrypt_text(json.dumps([{"userid": "u" * 700_000}]))
    body = SHAPES["data"](text)
    body = body[:-1] + " " * (length - len(body)) + "}"
    assert len(body) == length
    if refused:
        with pytest.raises(MalformedError):
            find_layout(body, KEY)
        assert diagnose_body(body, [KEY]) is None
    else:
        assert find_layout(body, KEY).layout == CbcLayout()
        assert diagnose_body(body.encode(), [KEY]) == "cbc iv16+ciphertext, base64, current key"


# The form of OpenSSL and CryptoJS


@pytest.mark.parametrize("vector", load("salted"), ids=lambda vector: vector["name"])
@pytest.mark.parametrize("shape", SHAPES)
def test_doctor_names_the_salted_form(shape: str, vector: dict[str, Any]) -> None:
    """The doctor opens OpenSSL's form with the key text as passphrase, and says so by name."""
    finding = find_layout(SHAPES[shape](vector["text"]), vector["key"])
    assert (finding.cipher, finding.layout, finding.shape) == ("salted", SaltedLayout(), shape)
    assert str(finding).startswith('OpenSSL "Salted__" (AES-256-CBC, the key text as passphrase')
    assert str(finding).endswith("layout: Salted__+salt8+ciphertext, base64")
    assert finding.settings() == {}


def test_doctor_names_the_salted_form_in_hex() -> None:
    """OpenSSL's form may be written in hex."""
    vector = load("salted")[0]
    text = b64decode(vector["text"]).hex()
    assert find_layout(text, vector["key"]).layout == SaltedLayout("hex")


@pytest.mark.parametrize("key", ["another key", SecretKey(KEY)], ids=["another text", "no text"])
def test_doctor_says_that_a_text_is_salted_if_it_does_not_open(key: str | SecretKey) -> None:
    """A text of OpenSSL's form that does not open, or whose key has no text, is refused with its name."""
    with pytest.raises(
        UnexpectedValueError, match="no known layout fits this key; it is in OpenSSL's Salted__"
    ):
        find_layout(load("salted")[0]["text"], key)


# A body that does not open


@pytest.mark.parametrize(
    ("keys", "which"),
    [
        ([KEY], "current"),
        ([KEY, "another key"], "current"),
        (["another key", KEY], "previous"),
        (["another key", "a third key", SecretKey(KEY)], "previous"),
    ],
)
@pytest.mark.parametrize("layout", ["zero-iv, hex", "iv16:ciphertext, base64"])
def test_diagnosis_names_layout_and_key(keys: list[str | SecretKey], which: str, layout: str) -> None:
    """The diagnosis of a body names the cipher, the layout, and whether the key is the current one."""
    text = Cbc(KEY, layout).encrypt_text(EVENT)
    for shape in ("data", "data+isEncrypted", "body"):
        body = SHAPES[shape](text)
        assert diagnose_body(body, keys) == f"cbc {layout}, {which} key"
        assert diagnose_body(body.encode(), iter(keys)) == f"cbc {layout}, {which} key"


def test_diagnosis_of_other_ciphers_and_of_a_bare_text() -> None:
    """The diagnosis also knows ECB, GCM and, with the text of a key, OpenSSL's form."""
    assert diagnose_body(Ecb(KEY, "hex").encrypt_text(EVENT), [KEY]) == "ecb hex, current key"
    gcm = Gcm(KEY, "nonce16:tag16:ciphertext, hex").encrypt_text(EVENT)
    assert diagnose_body(f"\n{gcm}\n", [KEY]) == "gcm nonce16:tag16:ciphertext, hex, current key"
    salted = SHAPES["data"](load("salted")[0]["text"])
    assert diagnose_body(salted, [KEY]) == "salted Salted__+salt8+ciphertext, base64, current key"
    assert diagnose_body(salted, [SecretKey(KEY)]) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        "",
        b"\xff\xfe",
        "%41%41",
        "{}",
        "[]",
        "null",
        '{"data":"%41"}',
        '{"data":""}',
        '{"data":"!"}',
        None,
        5,
        [],
        Cbc("another key", iv_source=bytes).encrypt_text(EVENT),
        '{"data":"a","data":"b"}',
        "x" * (MAX_BODY_CHARS + 1),
    ],
    ids=lambda body: ascii(body)[:20],
)
def test_diagnosis_of_what_no_layout_opens_is_none(body: Any) -> None:
    """A body that is no text, too long, damaged, or under another key has no diagnosis and no error."""
    assert diagnose_body(body, [KEY]) is None
    assert diagnose_body(body, []) is None


@pytest.mark.parametrize("key", ["", " x", 5, None])
def test_diagnosis_refuses_what_is_no_key(key: Any) -> None:
    """The diagnosis refuses an empty, padded or non-text key."""
    with pytest.raises(KeyFormatError):
        diagnose_body("{}", [KEY, key])


@pytest.mark.parametrize("keys", [KEY, SecretKey(KEY), None, 7])
def test_keys_of_a_body_must_be_a_list(keys: Any) -> None:
    """One key alone is refused: its letters are no keys, and the answer would be that nothing fits."""
    with pytest.raises(KeyFormatError, match="a list") as caught:
        diagnose_body("{}", keys)
    assert KEY not in str(caught.value)


@given(st.text() | st.binary() | st.text().map(lambda text: json.dumps({"data": text})))
def test_diagnosis_of_anything_is_none(body: str | bytes) -> None:
    """Any other body has no diagnosis, and raises nothing."""
    assert diagnose_body(body, [KEY]) is None


@pytest.mark.parametrize("length", [64, 76])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", " "])
def test_doctor_reads_a_sample_in_lines(length: int, line_break: str) -> None:  # R1
    """A sample that something wrote in lines, as OpenSSL and MIME do, is one text."""
    for text in (Ecb(KEY).encrypt_text('{"userid":"' + "u" * 100 + '"}'), Gcm(KEY).encrypt_text("x" * 100)):
        lines = [text[start : start + length] for start in range(0, len(text), length)]
        finding = find_layout(line_break.join(lines), KEY)
        assert (str(finding.layout).endswith("base64"), finding.derivation) == (True, KeyDerivation.SHA256)
