"""Tests of what the doctor reads of programs for Node and CryptoJS: samples, and keys made in other ways."""

import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import Ecb, KeyDerivation, LiveformError, SecretKey, UnexpectedValueError, find_layout
from liveform.key_guesses import known_keys, other_keys

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
SAMPLES = load_vectors("node-samples")
HEX_GCM = SAMPLES[0]["sample"]


@pytest.mark.parametrize("vector", SAMPLES, ids=vector_name)
def test_doctor_opens_what_node_wrote(vector: dict[str, Any]) -> None:  # R3
    """The doctor names cipher, form and key of what Node's ``crypto`` made in the ways of snippets."""
    finding = find_layout(vector["sample"], vector["key"])
    assert finding.cipher == vector["cipher"]
    assert finding.shape == ("text" if vector["name"].startswith("ecb") else "parts")
    if vector["made_by"] in tuple(KeyDerivation):
        assert (finding.derivation, finding.key) == (vector["made_by"], "")
    else:
        assert (finding.derivation, finding.key) == (None, vector["made_by"])
        assert f"key: {vector['made_by']}" in str(finding)
        assert "SHA-256 digest" in finding.advice
    assert finding.settings() == {}
    assert not finding.envelope


@pytest.mark.parametrize(
    "form",
    [
        lambda text: b64encode(text.encode()).decode(),
        lambda text: urlsafe_b64encode(text.encode()).decode().rstrip("="),
        lambda text: quote(text, safe=""),
        lambda text: f"https://form.argosidentity.com/?pid=a&encrypted={quote(text, safe='')}",
        lambda text: (
            f"https://form.argosidentity.com/?pid=a&encrypted={quote(b64encode(text.encode()).decode())}"
        ),
        lambda text: f"  {json.dumps(json.loads(text), indent=2)}\n",
    ],
    ids=["base64", "base64url", "percent", "in a URL", "base64 in a URL", "indented"],
)
def test_parts_are_found_in_whatever_is_around_them(form: Any) -> None:  # R3
    """The JSON of the parts may be in base64, percent-encoded, in a URL or in several lines."""
    finding = find_layout(form(HEX_GCM), KEY)
    assert str(finding) == "GCM in a JSON object of its parts, layout: iv (hex), content (hex), tag (hex)"
    assert "documents no such form" in finding.advice


@pytest.mark.parametrize(
    "names",
    [
        ("iv", "content", "tag"),
        ("IV", "cipherText", "authTag"),
        ("nonce", "encrypted_data", "auth_tag"),
        ("initialization-vector", "payload", "Tag"),
    ],
)
def test_parts_are_found_by_the_names_that_snippets_use(names: tuple[str, str, str]) -> None:  # R3
    """The members may have any of the usual names, in any case."""
    values = json.loads(HEX_GCM).values()
    finding = find_layout(json.dumps(dict(zip(names, values, strict=True))), KEY)
    assert str(finding.layout) == ", ".join(f"{name} (hex)" for name in names)


def test_finding_of_a_documented_form_needs_no_advice() -> None:
    """A text that the form can read has settings, and nothing to change."""
    finding = find_layout(Ecb(KEY).encrypt_text('{"a":1}'), KEY)
    assert (finding.advice, finding.settings()["cipher"]) == ("", "ecb")


@pytest.mark.parametrize(
    ("sample", "what"),
    [
        (HEX_GCM, "it is a JSON object of iv, content, tag, as programs for Node and CryptoJS write it"),
        (SAMPLES[-1]["sample"], "it is a JSON object of iv, ct, s"),
        ("U2FsdGVkX18BAgMEBQYHCLbjq72jjggsicbZGQjxvdE=", "it is in OpenSSL's Salted__ form"),
        ("gAAAAABmZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFy", "it is a Fernet token"),
        ("eyJhbGciOiJkaXIifQ..aXY.Y3Q.dGFn", "it is an encrypted JSON Web Token"),
        ("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln", "it is a signed JSON Web Token"),
        ("eyJ1c2VyaWQiOiJ1c2VyXzEyMzQ1In0=", "it is JSON in base64, and not encrypted"),
    ],
)
def test_sample_that_does_not_open_is_named(sample: str, what: str) -> None:  # R3
    """What does not open under the key is named, as far as its form is known."""
    with pytest.raises(UnexpectedValueError, match="no known layout fits this key") as caught:
        find_layout(sample, "another key")
    assert what in str(caught.value)


@pytest.mark.parametrize(
    "members",
    [
        {"iv": "", "content": ""},
        {"iv": "zz", "content": "zz", "tag": "zz"},
        {"iv": [1, 2], "content": [256]},
        {"iv": None, "data": {"type": "Buffer", "data": "x"}},
        {"iv": "00" * 16, "content": "00" * 5},
        {"iv": "00" * 16, "content": "00" * 16, "tag": "00" * 16},
        {"s": "00", "ct": "00"},
    ],
    ids=str,
)
def test_parts_that_cannot_be_read_are_refused(members: dict[str, object]) -> None:  # R3
    """Parts of a wrong length, in no encoding or of another type fit nothing."""
    with pytest.raises(UnexpectedValueError, match="it is a JSON object"):
        find_layout(json.dumps(members), KEY)


def test_key_that_is_made_already_is_tried_as_it_is() -> None:
    """A SecretKey has no text to make other keys of."""
    (guess,) = known_keys(SecretKey(KEY))
    assert guess.key == SecretKey(KEY)
    with pytest.raises(UnexpectedValueError):
        find_layout(SAMPLES[2]["sample"], SecretKey(KEY))


@pytest.mark.parametrize("text", [KEY, "short", "x" * 32, "ß" * 20, "\ud800"])
def test_every_guess_is_a_key_of_its_own_way(text: str) -> None:
    """Each guess is a whole key, and says in words how it was made."""
    guesses = list(other_keys(text))
    assert len({guess.about for guess in guesses}) == len(guesses) > 0
    assert all(guess.derivation is None for guess in guesses)


json_members = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["iv", "nonce", "content", "data", "tag", "s", "ct"]), json_members)
    .map(json.dumps)
    .flatmap(lambda text: st.sampled_from([text, b64encode(text.encode()).decode()]))
)
def test_doctor_of_any_parts_raises_only_liveform_errors(sample: str) -> None:
    """Any JSON object, also in base64, is found or refused within the error tree."""
    try:
        find_layout(sample, SecretKey(KEY))
    except LiveformError:
        return
