"""Private mode: register token ids, give each user one, and delete those that nobody needs.

In private mode a form opens only with a registered token id.

Install what it needs: pip install '.[web]'
Start `liveform simulate --private-mode`, and set the variables that it prints. Then
run it: python examples/private_mode.py
"""

import os
import sys
from collections import Counter, deque
from secrets import token_hex

from liveform import Project
from liveform.rest import Client, TokenProgress

USERS = ("user_12345", "user_20002")


def register(client: Client, count: int) -> deque[str]:
    """Return new token ids, all of them registered."""
    token_ids = [token_hex(16) for _ in range(count)]
    registration = client.tokens.register(token_ids, progress=show)
    if not registration.complete:  # registering one again is harmless
        codes = Counter(one.code for one in registration.failed)
        sys.exit(f"not registered: {dict(codes)}; ended early: {registration.error}")
    return deque(token_ids)


def show(progress: TokenProgress) -> None:
    """Print how far a run is."""
    print(f"{progress.done} of {progress.total} done, {progress.failed} failed")


def main() -> None:
    """Register 1,200 token ids, use two of them, and delete the rest."""
    project = Project.from_env(os.environ)
    with project.client() as client:
        unused = register(client, 1_200)  # yours is a table that says which user got which one
        for userid in USERS:
            print(userid, project.form_url(userid=userid, token_id=unused.popleft()))
        deletion = client.tokens.delete(unused)
        print("deleted:", deletion.deleted, "registered now:", client.tokens.count())


if __name__ == "__main__":
    main()
