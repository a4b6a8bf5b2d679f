"""Sign a user up: send the user to the form, and check on return that it is the same user.

Install what it needs: pip install '.[state]'
Run it: python examples/signup_flow.py
"""

import secrets
from urllib.parse import parse_qsl, urlsplit

from liveform import LiveformError, Project, sign_state, verify_state

PROJECT = Project("abc123de45", key="an example of a key, not a real one", cipher="ecb")
STATE_KEYS = [secrets.token_urlsafe(32)]  # the newest first; keep them with your other secrets


def start(user_id: str, session_id: str) -> str:
    """Return the form URL for this user, with a state that only this session can use."""
    state = sign_state(user_id, subject=session_id, purpose="signup", expires_in=3600, keys=STATE_KEYS)
    return PROJECT.form_url(userid=user_id, cf3=state, start_valid_until=900)


def finish(return_url: str, session_id: str) -> str:
    """Return a message for the user. The account stays inactive until the webhook or the API confirms it."""
    try:
        claims = PROJECT.read_return(return_url)
        user_id = verify_state(claims.cf3, subject=session_id, purpose="signup", keys=STATE_KEYS)
    except LiveformError as error:
        return f"Please start again ({error.code})."
    if claims.userid != user_id:
        return "Please start again (another user)."
    return f"Thank you. We are checking with our provider (claimed: {claims.kyc_status})."


def main() -> None:
    """Act as the browser: come back in the same session, in another session, and with a forged URL."""
    url = start("user_12345", "session-a")
    fields = PROJECT.decrypt(dict(parse_qsl(urlsplit(url).query))["encrypted"])
    returned = PROJECT.encrypt({"kycStatus": "approved", "userid": fields["userid"], "cf3": fields["cf3"]})
    back = f"https://app.example.com/done?encrypted={returned.replace('+', '%2B')}"
    print("own session:    ", finish(back, "session-a"))
    print("another session:", finish(back, "session-b"))
    print("forged:         ", finish("https://app.example.com/done?kycStatus=approved", "session-a"))


if __name__ == "__main__":
    main()
