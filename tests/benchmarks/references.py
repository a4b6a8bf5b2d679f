"""These snippets are what people write today, and the references of the benchmarks."""

from __future__ import annotations

import csv
import json
import os
import sys
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7

PID: Final = "abc123de45"
KEY_TEXT: Final = "an example of an API key"
KEY: Final = sha256(KEY_TEXT.encode()).digest()

# What differs from user to user; with three constants, seven fields and 163 bytes of compact JSON.
USER: Final = ("jane.doe@example.com", "user_1234567890", "campaign_summer_2026", "store_17")
CLAIMS: Final = {
    "kycStatus": "approved",
    "submissionId": "abcdefghijklm",
    "userid": "user_1234567890",
    "email": "jane.doe@example.com",
    "cf1": "campaign_summer_2026",
}


def gcm_url(email: str, userid: str, campaign: str, store: str) -> str:
    """Return a form URL with AES-GCM, as a web search finds it."""
    plaintext = json.dumps(_members(email, userid, campaign, store), separators=(",", ":")).encode()
    nonce = os.urandom(12)
    encrypted = b64encode(nonce + AESGCM(KEY).encrypt(nonce, plaintext, None)).decode()
    return "https://form.argosidentity.com?" + urlencode({"pid": PID, "encrypted": encrypted})


def ecb_url(email: str, userid: str, campaign: str, store: str) -> str:
    """Return a form URL with AES-ECB and PKCS#7, as the documentation of cryptography writes it."""
    plaintext = json.dumps(_members(email, userid, campaign, store), separators=(",", ":")).encode()
    padder = PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    encryptor = Cipher(AES(KEY), ECB()).encryptor()  # the vendor's cipher
    encrypted = b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
    return "https://form.argosidentity.com?" + urlencode({"pid": PID, "encrypted": encrypted})


def batch(source: Path, output: Path) -> None:
    """Write a CSV file with a URL for each row of another one, in the loop that people write."""
    with source.open(newline="") as rows, output.open("w", newline="") as file:
        reader = csv.DictReader(rows)
        writer = csv.DictWriter(file, [*(reader.fieldnames or ()), "url"])
        writer.writeheader()
        for row in reader:
            url = gcm_url(row["email"], row["userid"], row["cf1"], row["cf2"])
            writer.writerow({**row, "url": url})


def _members(email: str, userid: str, campaign: str, store: str) -> dict[str, Any]:
    return {
        "email": email,
        "userid": userid,
        "cf1": campaign,
        "cf2": store,
        "allowedCountries": "USA,KOR",
        "rejectDuplicateUser": False,
        "ageLimit": False,
    }


def read_return(url: str) -> dict[str, Any]:
    """Return the members of an encrypted Return URL, without any checks."""
    encrypted = parse_qs(urlsplit(url).query)["encrypted"][0]
    decryptor = Cipher(AES(KEY), ECB()).decryptor()
    padded = decryptor.update(b64decode(encrypted)) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    members: dict[str, Any] = json.loads(unpadder.update(padded) + unpadder.finalize())
    return members


if __name__ == "__main__":
    batch(Path(sys.argv[1]), Path(sys.argv[2]))
