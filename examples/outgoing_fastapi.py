"""Receive the messages of a web helper with FastAPI, in a site that does not install liveform.

Install what it needs: pip install '.[web]' fastapi
Run it: python examples/outgoing_fastapi.py
"""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx2
from fastapi import FastAPI, HTTPException, Request, Response

from webhelper.messages.standard_webhooks import sign  # the web helper's part, for main() alone

SECRET = (
    "whsec_" + base64.b64encode(b"an example of a secret, 32 bytes").decode()
)  # yours is in OUTGOING_SECRETS
MAX_BODY_BYTES = 65_536
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: asyncio.Queue[Any] = asyncio.Queue()  # yours is a queue that survives a restart

app = FastAPI()


@app.post("/liveform", status_code=204)
async def receive(request: Request) -> Response:
    """Take a message in, and answer at once."""
    body = await limited_body(request)
    if not is_genuine(body, request.headers):
        raise HTTPException(401)
    if request.headers["webhook-id"] not in SEEN:
        WORK.put_nowait(json.loads(body))
        SEEN.add(request.headers["webhook-id"])
    return Response(status_code=204)


async def limited_body(request: Request) -> bytes:
    """Return the body, of which no more is kept than a message may have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)


def is_genuine(body: bytes, headers: Mapping[str, str]) -> bool:
    """Return whether the web helper signed it, in the last five minutes (Standard Webhooks 1.0.0)."""
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or len(timestamp) > 12 or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    digest = hmac.digest(base64.b64decode(SECRET.removeprefix("whsec_")), signed, "sha256")
    wanted = b"v1," + base64.b64encode(digest)
    signatures = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(wanted, one) for one in signatures)


async def main() -> None:
    """Send a message twice, then one that was changed, and one that was kept for an hour."""
    transport, now = httpx2.ASGITransport(app), time.time()
    body = b'{"type":"outcome.confirmed","data":{"userid":"user_12345","status":"approved"}}'
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    async with httpx2.AsyncClient(transport=transport, base_url="https://app.example.com") as client:
        for name, content, at in (
            ("first", body, now),
            ("again", body, now + 5),
            ("changed", body.replace(b"approved", b"rejected"), now),
            ("old", body, now - 3600),
        ):
            headers = sign(body, message_id="msg_1", at=at, secrets=[key])
            answer = await client.post("/liveform", content=content, headers=headers)
            print(f"{name}:", answer.status_code)
    print("to do:", await WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    asyncio.run(main())
