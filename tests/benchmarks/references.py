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
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
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

# An approval with what older and newer revisions of the vendor's page show (W-approved).
EVENT: Final = {
    "webhook_trigger": "approved",
    "kyc_result": {
        "status": "approved",
        "updated_at": "2026-06-24T01:02:03.456Z",
        "created_at": "2026-06-24T01:00:03.456Z",
        "kyc_result_at": "2026-06-24T01:02:03.456Z",
        "reviewer": "system",
    },
    "applicant_id": "0123456789abcdef0123456789abcdef",
    "submission_id": "abcdefghijklm",
    "email": "jane.doe@example.com",
    "userid": "user_1234567890",
    "tokenId": "tok_1234567890",
    "cf": {"cf1": "campaign_summer_2026", "cf2": "store_17", "cf3": "table_4"},
    "ipAddress": "203.0.113.7",
    "age_group": "adult",
    "gender": "female",
    "date_of_birth": "1990-01-01",
    "nationality": "KOR",
    "full_name": "Jane Doe",
    "first_name": "Jane",
    "last_name": "Doe",
    "idType": "passport",
    "issuingCountry": "KOR",
    "issueDate": "2020-01-01",
    "expireDate": "2030-01-01",
    "documentNumber": "M00000000",
    "additional_list": [{"answer": "yes", "inputValue": "yes", "blockType": "radio"}],
}
_AES: Final = AES(KEY)


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


def read_encrypted_event(body: bytes) -> dict[str, Any]:
    """Return the members of an encrypted webhook, without checks; the key is scheduled once, as ours is."""
    sealed = b64decode(json.loads(body)["data"])
    decryptor = Cipher(_AES, CBC(sealed[:16])).decryptor()
    padded = decryptor.update(sealed[16:]) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    members: dict[str, Any] = json.loads(unpadder.update(padded) + unpadder.finalize())
    return members


if __name__ == "__main__":
    batch(Path(sys.argv[1]), Path(sys.argv[2]))
