"""Receive the vendor's webhooks with FastAPI.

Install what it needs: pip install '.[rest]' fastapi
Run it: python examples/webhook_fastapi.py
"""

import asyncio
import logging
import sys
from hmac import compare_digest
from secrets import token_urlsafe

import httpx2
from fastapi import FastAPI, HTTPException, Request, Response

from liveform import LiveformError, Project
from liveform.webhooks import MAX_BODY_BYTES, Event, build_event, read_event

PROJECT = Project("abc123de45", api_key="an example of an API key", secure_data_transfer=True)
SECRET = token_urlsafe(32)  # yours is a setting; it is a part of the webhook URL in the dashboard
SEEN: set[str] = set()  # yours is a unique column, written together with the work
WORK: asyncio.Queue[Event] = asyncio.Queue()  # yours is a queue that survives a restart

app = FastAPI()


@app.post("/webhooks/{secret}", status_code=204)
async def receive(secret: str, request: Request) -> Response:
    """Take an event in, and answer at once."""
    if not compare_digest(secret.encode(), SECRET.encode()):
        raise HTTPException(404)
    try:
        event = read_event(await limited_body(request), PROJECT)
    except LiveformError as error:
        logging.getLogger(__name__).warning("webhook refused: %s", error.code)  # never the body
        raise HTTPException(400) from None
    if event.key not in SEEN:
        WORK.put_nowait(event)
        SEEN.add(event.key)
    return Response(status_code=204)


async def limited_body(request: Request) -> bytes:
    """Return the body, of which no more is kept than an event may have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)


async def main() -> None:
    """Send an event twice, then a plain one, and one to a guessed address."""
    logging.basicConfig(stream=sys.stdout, format="log: %(message)s")
    body = build_event("approved", {"submission_id": "kz3m1x9q2w8ab", "userid": "user_12345"}, PROJECT)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://app.example.com") as client:
        for name, path, content in (
            ("first", SECRET, body),
            ("again", SECRET, body),
            ("plain", SECRET, build_event("aml", {}, PROJECT, encrypt=False)),
            ("guess", "guess", body),
        ):
            print(f"{name}:", (await client.post(f"/webhooks/{path}", content=content)).status_code)
    print("to do:", await WORK.get(), "and", WORK.qsize(), "more")


if __name__ == "__main__":
    asyncio.run(main())
