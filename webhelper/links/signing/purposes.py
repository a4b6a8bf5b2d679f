"""The table of what the site signs: one salt for each purpose, so that no value passes for another."""

from enum import Enum

_DAY_S = 86_400


class Purpose(Enum):
    """One kind of signed value.

    Keys are derived from ``SECRET_KEYS`` as itsdangerous does it: HMAC-SHA-256 of the salt under the secret.

    Attributes:
        salt: tells the keys of this purpose apart from those of every other.
        signature_bytes: how much of HMAC-SHA-256 is sent. NIST SP 800-107 section 5.3 asks for 8 bytes where
            each guess takes a request to the server.
        lifetime_s: how long a value holds, in seconds; 0 where another rule ends it.
    """

    LINK = ("liveform.webhelper.link.v1", 9, 0)  # 72 bits, of which 70 are sent; the link itself expires
    VISIT_STATE = ("liveform.webhelper.visit.v2", 16, _DAY_S)  # time to fill the form in
    USERID_TAG = ("liveform.webhelper.userid.v2", 6, 0)  # part of a visit state, and ends with it
    BROWSER_TAG = ("liveform.webhelper.browser.v1", 6, 0)  # as USERID_TAG
    RESULT = ("liveform.webhelper.result.v1", 32, 600)
    WAIT = ("liveform.webhelper.wait.v1", 32, 7 * _DAY_S)  # a review by people takes days
    HAND_OVER = ("liveform.webhelper.hand over.v1", 32, 600)  # as long as a browser may come back
    RESULT_PAGE = ("liveform.webhelper.result page.v1", 32, 3600)
    KIOSK_TICKET = ("liveform.webhelper.kiosk ticket.v1", 32, 900)
    KIOSK = ("liveform.webhelper.kiosk.v1", 32, 30 * _DAY_S)
    SESSION = ("liveform.webhelper.session.v2", 32, 0)  # SESSION_HOURS and SESSION_IDLE_MINUTES end it
    THROTTLE = ("liveform.webhelper.throttle.v1", 16, 0)  # digests of those who are counted

    def __init__(self, salt: str, signature_bytes: int, lifetime_s: int) -> None:
        self.salt = salt
        self.signature_bytes = signature_bytes
        self.lifetime_s = lifetime_s
