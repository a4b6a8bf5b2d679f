"""Hear of confirmed outcomes in Python: handlers that a web helper calls.

Install what it needs: pip install '.[web]'
Run it: python examples/handlers.py
"""

import time
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from webhelper import create_app
from webhelper.messages.signals import (
    EventMessage,
    OutcomeMessage,
    claim_refuted,
    event_received,
    outcome_confirmed,
)
from webhelper.simulate import LocalSimulator

SEEN: set[str] = set()  # yours is a unique column, written together with the work


# These functions are a module of yours, such as shop.handlers. The setting HANDLERS names it.
@outcome_confirmed.connect
def open_the_account(project: str, message: OutcomeMessage) -> None:
    """Do once what an outcome means; the same message may come again."""
    if message.id not in SEEN:
        print(f"{project}: {message.userid} is {message.status} ({message.source}), link {message.label}")
        SEEN.add(message.id)


@claim_refuted.connect
def look_into_it(project: str, message: OutcomeMessage) -> None:
    """Tell staff of a browser that claimed something else than the vendor says."""
    print(f"{project}: claimed {message.previous}, but the vendor says {message.status}")


@event_received.connect_via("shop")
def note_retries(_: str, message: EventMessage) -> None:
    """Use an event of one project, with all its members."""
    print(f"event {message.number}: {message.event.trigger}, duplicate: {message.is_duplicate}")


def main() -> None:
    """Act as a site whose customer is approved, and as the vendor."""
    token = token_urlsafe(32)
    with LocalSimulator() as vendor, TemporaryDirectory() as directory:
        app = create_app(
            {
                "BASE_URL": "http://127.0.0.1:8000",
                "SECRET_KEYS": [token_urlsafe(32)],
                "API_TOKENS": {"shop": token},
                "PROJECTS": {"shop": vendor.project},
                "STORE": f"sqlite:///{Path(directory) / 'links.db'}",
                "WEBHOOK_SENDERS": ["127.0.0.1"],
                "BACKGROUND_JOBS": False,  # this program does by hand what a server does in threads
            }
        )
        services, client = app.extensions["webhelper"], app.test_client()
        wanted = {"pipeline": "id_document", "fields": {"userid": "user_12345"}, "label": "till-17"}
        made = client.post("/api/links", json=wanted, headers={"Authorization": f"Bearer {token}"})
        opened = client.post(urlsplit(made.get_json()["url"]).path)
        vendor.complete(opened.headers["Location"], "approved")
        for body in (*vendor.events, vendor.events[-1]):
            client.post("/webhooks/shop", data=body)
        services.background.run_pending(time.time())
        services.links.store.close()


if __name__ == "__main__":
    main()
