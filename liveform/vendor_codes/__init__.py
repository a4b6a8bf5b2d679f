"""The codes that the vendor sends: in the API's errors, in webhooks, in submissions and on the form's pages.

It is an open table: the vendor adds codes, and its lists cannot all be read. ``explain_code`` says what is
known of any code, also of one that is not in the table.
"""

from liveform.vendor_codes.form_codes import CODE_FAMILIES
from liveform.vendor_codes.lookup import VENDOR_CODES, explain_code, explain_codes
from liveform.vendor_codes.model import Actor, CodeExplanation, CodeFamily, CodeKind, VendorCode

__all__ = [
    "CODE_FAMILIES",
    "VENDOR_CODES",
    "Actor",
    "CodeExplanation",
    "CodeFamily",
    "CodeKind",
    "VendorCode",
    "explain_code",
    "explain_codes",
]
