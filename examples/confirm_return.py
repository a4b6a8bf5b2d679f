"""Confirm a return: the Return URL says what happened, and the vendor's API says whether that is true.

Install what it needs: pip install '.[web]'
Start `liveform simulate --return-url http://127.0.0.1:9000/done`, and set the variables that it prints. Then
run it: python examples/confirm_return.py
Open the URL that it prints and end the form. Nothing runs at the Return URL: paste its address.
"""

import os
import secrets

from liveform import LiveformError, Project, VendorError, sign_state, verify_state
from liveform.rest import Client
from liveform.webhooks import confirm_return

STATE_KEYS = [secrets.token_urlsafe(32)]  # the newest first; keep them with your other secrets


def start(project: Project, userid: str, session_id: str) -> str:
    """Return the form URL of this user, with a state that only this session can use."""
    state = sign_state(userid, subject=session_id, purpose="signup", expires_in=3600, keys=STATE_KEYS)
    return project.form_url(userid=userid, cf3=state)


def finish(project: Project, client: Client, return_url: str, session_id: str) -> str:
    """Return what the user may be told."""
    try:
        claims = project.read_return(return_url)
        state = claims.cf3 or ""
        # 1. This session began the check, and for this user.
        userid = verify_state(state, subject=session_id, purpose="signup", keys=STATE_KEYS)
        # 2. The vendor has this submission, it has the same user and state, and this is its status.
        confirmed = confirm_return(claims, client, expect={"userid": userid, "cf3": state})
    except VendorError as error:
        return f"thank you, we are still checking ({error.code})"
    except LiveformError as error:
        return f"please start again ({error.code})"
    if confirmed.approved:
        return f"welcome, {userid}"
    return f"not approved: {confirmed.status}"


def main() -> None:
    """Act as a site with one user in one session."""
    project = Project.from_env(os.environ)
    session_id = secrets.token_urlsafe(16)
    print(start(project, "user_12345", session_id), flush=True)
    with project.client() as client:
        print(finish(project, client, input("Return URL: "), session_id))


if __name__ == "__main__":
    main()
