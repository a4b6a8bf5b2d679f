"""Tests that Node's ``crypto`` reads what liveform encrypts, and the other way round."""

import json
import subprocess
from typing import Any

import pytest
from programs import required_program

from liveform import Ecb, EcbLayout, Gcm, GcmLayout
from liveform.crypto.engines import EngineName

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PLAINTEXTS = [
    '{"userid":"user_12345"}',
    '{"userid":"홍길동","cf1":"한국어 테스트","cf2":"😀👩‍👩‍👧🇰🇷"}',
    '{"cf1":"é\\n\\"quoted\\" \\\\ \\u0000","cf2":"A&B=C+D%2B"}',
    "",
    "x",
    "0123456789abcdef",
    "가" * 5000,
]

# As the vendor's guide writes it: key = SHA-256 of the text; ECB with padding, or GCM with nonce and tag.
SCRIPT = """
const crypto = require('crypto');
const { key: text, cases } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const key = crypto.createHash('sha256').update(text).digest();
const run = {
  ecb: {
    seal({ text }) {
      const cipher = crypto.createCipheriv('aes-256-ecb', key, null);
      return cipher.update(text, 'utf8', 'base64') + cipher.final('base64');
    },
    open({ text }) {
      const cipher = crypto.createDecipheriv('aes-256-ecb', key, null);
      return cipher.update(text, 'base64', 'utf8') + cipher.final('utf8');
    },
  },
  gcm: {
    seal({ text, nonceBytes }) {
      const nonce = crypto.randomBytes(nonceBytes);
      const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce);
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(parts).toString('base64');
    },
    open({ text, nonceBytes }) {
      const data = Buffer.from(text, 'base64');
      const cipher = crypto.createDecipheriv('aes-256-gcm', key, data.subarray(0, nonceBytes));
      cipher.setAuthTag(data.subarray(-16));
      return Buffer.concat([cipher.update(data.subarray(nonceBytes, -16)), cipher.final()]).toString('utf8');
    },
  },
};
process.stdout.write(JSON.stringify(cases.map((one) => run[one.mode][one.operation](one))));
"""

CASES = [("ecb", 0), ("gcm", 12), ("gcm", 16)]
every_mode = pytest.mark.parametrize(("mode", "nonce_bytes"), CASES, ids=["ecb", "gcm-12", "gcm-16"])


def in_node(cases: list[dict[str, Any]]) -> list[str]:
    """Return what Node makes of each case; the texts go over standard input."""
    done = subprocess.run(
        [required_program("node"), "-e", SCRIPT],
        input=json.dumps({"key": KEY, "cases": cases}),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    results: list[str] = json.loads(done.stdout)
    return results


def cases_of(mode: str, operation: str, nonce_bytes: int, texts: list[str]) -> list[dict[str, Any]]:
    """Return one case for Node for each of these texts."""
    return [{"mode": mode, "operation": operation, "nonceBytes": nonce_bytes, "text": text} for text in texts]


def cipher_of(mode: str, nonce_bytes: int, engine: EngineName) -> Ecb | Gcm:
    """Return our cipher of this mode, with the default layout or a longer nonce."""
    if mode == "ecb":
        return Ecb(KEY, EcbLayout(), engine=engine)
    return Gcm(KEY, GcmLayout(nonce_bytes=nonce_bytes), engine=engine)


@every_mode
def test_node_opens_what_we_seal(mode: str, nonce_bytes: int, engine: EngineName) -> None:
    """Node decrypts what either engine encrypts, with Korean text and emoji."""
    cipher = cipher_of(mode, nonce_bytes, engine)
    sealed = [cipher.encrypt_text(text) for text in PLAINTEXTS]
    assert in_node(cases_of(mode, "open", nonce_bytes, sealed)) == PLAINTEXTS


@every_mode
def test_we_open_what_node_seals(mode: str, nonce_bytes: int, engine: EngineName) -> None:
    """Either engine decrypts what Node encrypts, and writes the same bytes in ECB."""
    cipher = cipher_of(mode, nonce_bytes, engine)
    sealed = in_node(cases_of(mode, "seal", nonce_bytes, PLAINTEXTS))
    assert [cipher.decrypt_text(text) for text in sealed] == PLAINTEXTS
    if mode == "ecb":
        assert sealed == [cipher.encrypt_text(text) for text in PLAINTEXTS]


def test_layout_with_12_bytes_is_the_default() -> None:
    """The GCM layout with a nonce of 12 bytes is the default one."""
    assert GcmLayout(nonce_bytes=12) == GcmLayout()
