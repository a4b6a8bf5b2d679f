"""The rows of docs/vendor-api.md in a few words, and what holds each of them.

Sections 1 to 9 are whole. Of sections 10 and 11, the rows are here that say what goes over the wire.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Row(NamedTuple):
    """One row.

    Attributes:
        says: what it says.
        elsewhere: the test outside of this suite that holds it, as file and function; empty if none does.
        why_not: why nothing can hold it; empty if something does.
    """

    says: str
    elsewhere: str = ""
    why_not: str = ""


def elsewhere(says: str, test: str) -> Row:
    """Return a row that a test outside of this suite holds."""
    return Row(says, elsewhere=test)


def cannot(says: str, why: str) -> Row:
    """Return a row that nothing can hold."""
    return Row(says, why_not=why)


# The last row of each section that is here as a whole; the lettered rows are 1.9a to 1.9g.
LAST: Final = {1: 14, 2: 14, 3: 21, 4: 6, 5: 11, 6: 9, 7: 9, 8: 5, 9: 30}

ROWS: Final[dict[str, Row]] = {
    "1.1": Row("address /v3, header x-api-key; FaceAuth has a key of its own"),
    "1.2": Row("the address has changed before, so it is a setting"),
    "1.3": Row("TLS alone; no key goes over plain HTTP"),
    "1.4": Row("statuses of the gateway: 400, two kinds of 403, 413, 500, 502"),
    "1.5": Row("the gateway answers {message}"),
    "1.6": Row("throttling: 429, and Retry-After if it comes"),
    "1.7": Row("limits a second and a day; all methods count; the day begins at 00:00 UTC"),
    "1.8": Row("errors have no single shape, and all are read"),
    "1.9a": Row("{errorCode, message}"),
    "1.9b": Row("{errorCode, errorMessage, details}"),
    "1.9c": Row("{errorCode: sentence}"),
    "1.9d": Row("{message, statusCode}"),
    "1.9e": Row("{traceId, errorCode, message}"),
    "1.9f": Row("projections: {message} with a status"),
    "1.9g": Row("review: a type and a message; their names are a guess"),
    "1.10": Row("business errors are 400; 404, 405 and 409 are for projections"),
    "1.11": Row("two forms of times; dates are YYYY-MM-DD"),
    "1.12": Row("no ids of requests; traceId in two answers"),
    "1.13": cannot("Omni and Verify are other products", "liveform does not speak to them"),
    "1.14": cannot("a path of a pre-production API is seen", "it is not to be used"),
    "2.1": Row("names of the query of GET submission"),
    "2.2": Row("pages: nextpageKey goes back as nextpage_id and nextpage_date"),
    "2.3": Row("other spellings of nextpageKey are read too"),
    "2.4": Row("50 a page by default, 2,000 at most"),
    "2.5": Row("start_date and end_date are YYYY-MM-DD"),
    "2.6": Row("{Items: []} also for one submission"),
    "2.7": Row("lists have fewer members"),
    "2.8": Row("no match: an empty list is assumed"),
    "2.9": Row("a deleted submission is answered as Deleted Submission"),
    "2.10": Row("by applicant: a bare array of approved submissions"),
    "2.11": Row("applicant_id is the same for one person"),
    "2.12": Row("the search by e-mail goes to /submission"),
    "2.13": Row("under Secure Data Transfer the query is one parameter data"),
    "2.14": Row("members of data are texts"),
    "3.1": Row("migration: five required members"),
    "3.2": Row("migration: optional members"),
    "3.3": Row("idType is an open set"),
    "3.4": Row("migration answers {message, submissionId}"),
    "3.5": Row("migration refuses unknown members and wrong formats by codes"),
    "3.6": Row("PATCH: submissionId, admin, data"),
    "3.7": Row("PATCH: members that only the event shows"),
    "3.8": Row("PATCH: the text of the answer does not matter"),
    "3.9": Row("PATCH refuses with sentences"),
    "3.10": Row("PATCH changes decided submissions"),
    "3.11": Row("DELETE: submission_id and admin_name in the query"),
    "3.12": Row("DELETE: no event without admin_name"),
    "3.13": Row("DELETE answers {message, content, statusCode}"),
    "3.14": Row("DELETE refuses with sentences"),
    "3.15": Row("id, day, ID type and status stay"),
    "3.16": Row("partial delete: fields and data_fields in the query, joined by commas"),
    "3.17": Row("names of fields"),
    "3.18": Row("names of data_fields; all of data goes without them"),
    "3.19": Row("review: JSON with status, admin, rejectComment, updateFields"),
    "3.20": Row("review answers {submissionId, message, finalStatus}"),
    "3.21": Row("review refuses with a type and a sentence"),
    "4.1": Row("GET image: two names for the id, so it is a setting"),
    "4.2": Row("GET image: four types; the file is the answer"),
    "4.3": Row("PUT image: text fields of a form, base64, no file names"),
    "4.4": Row("PUT image answers {message}"),
    "4.5": Row("PUT image refuses with codes"),
    "4.6": Row("no limit of the size is known; 413 is possible"),
    "5.1": Row("tokens: one path for POST, GET and DELETE, with {tokenId: []}"),
    "5.2": Row("DELETE: 500 a request"),
    "5.3": cannot("DELETE by count", "its members are unknown, and it is not built"),
    "5.4": Row("DELETE answers {success, message, summary, details}; a part can fail"),
    "5.5": Row("codes of refused token ids"),
    "5.6": Row("GET of an unknown one: token_not_found"),
    "5.7": Row("GET: one, the list with its expired state, the count"),
    "5.8": Row("GET: keys of the next page; their names in the request are a guess"),
    "5.9": Row("POST: 500 a request, 100,000 a project"),
    "5.10": Row("tokenid in URLs, token inside encrypted"),
    "5.11": Row("token_id in token_expired, tokenId in other events, Token_id in faceAuth"),
    "6.1": Row("AML: amlThreshold, if the dashboard has none"),
    "6.2": Row("AML answers {message, result, raw_data}"),
    "6.3": Row("AML refuses with codes"),
    "6.4": Row("the report is a PDF"),
    "6.5": Row("monitoring: 1 to 25 submissions; a part can fail"),
    "6.6": Row("monitoring refuses with codes; 500 if all fail"),
    "6.7": Row("a record of a worklist"),
    "6.8": Row("records are taken off a worklist"),
    "6.9": cannot("no list of worklists or records", "no page has one"),
    "7.1": Row("settings: category=management; traceId and item"),
    "7.2": Row("settings: members, with formReturnUrlConfig"),
    "7.3": Row("settings: userId, and no errorCode"),
    "7.4": Row("settings: isEncrypted"),
    "7.5": Row("projections: created, read, listed, deleted"),
    "7.6": Row("projections: names of fields"),
    "7.7": Row("projections: 404, 405, 409"),
    "7.8": Row("a projection thins GET and events until it is deleted"),
    "7.9": cannot("no endpoint for analytics", "no page has one"),
    "8.1": Row("FaceAuth URL: always encrypted, with the key of the add-on"),
    "8.2": Row("POST faceauth: a form; a rejection is a normal answer"),
    "8.3": Row("fail codes and codes of errors"),
    "8.4": Row("GET faceauth: one, or days in pages"),
    "8.5": Row("the picture is base64 text; DELETE answers success"),
    "9.1": Row("POST to one URL of the project, for FaceAuth too"),
    "9.2": Row("JSON with the Content-Type application/json"),
    "9.3": Row("no id, time or signature in any header"),
    "9.4": Row("retries and time-outs are unknown; 2xx is wanted"),
    "9.5": Row("an event may never arrive, so the API is asked"),
    "9.6": Row("events repeat, and come in another order; an unfinished one is rejected late"),
    "9.7": Row("the receiver makes the key of an event"),
    "9.8": Row("absent data is left out"),
    "9.9": Row("encrypted: data is a text, and there is no webhook_trigger"),
    "9.10": Row("the outcome stands in kyc_result, and not at the top"),
    "9.11": Row("Knowledge: submission_id, email and cf are the same"),
    "9.12": Row("additional_list is a list, or an object"),
    "9.13": Row("approved: full_name, or fullName of older revisions"),
    "9.14": Row("rejected: single texts, lists in GET"),
    "9.15": Row("updated_at, or update_at"),
    "9.16": Row("submit is sent for pending alone"),
    "9.17": Row("delete is sent with admin_name alone"),
    "9.18": Row("the statuses incomplete, pending, approved, rejected"),
    "9.19": Row("updated: names of changed members"),
    "9.20": Row("age groups"),
    "9.21": Row("duplicated_information needs name, birth date, gender and nationality"),
    "9.22": Row("injectionFail: three codes"),
    "9.23": Row("injection: action.created_at has the dashed form"),
    "9.24": Row("aml: currentstatus and risk_level_summary"),
    "9.25": Row("aml_monitor: after a submission went on a worklist"),
    "9.26": Row("older events have projectId too"),
    "9.27": Row("token_expired: its members; no submission"),
    "9.28": Row("both services send it on their own"),
    "9.29": Row("after one use, or after 24 hours"),
    "9.30": Row("faceAuth: three revisions of its members"),
    "10.1": cannot("the layout of GCM", "it is unknown; it is a setting, and the doctor finds it"),
    "10.2": cannot("IV and text of CBC, text of ECB", "unknown; they are settings"),
    "10.3": Row("bodies: bare or wrapped; isEncrypted beside data"),
    "10.3b": Row("the query is percent-encoded"),
    "10.4": Row("encrypted: data is a text, with at most isEncrypted beside it"),
    "10.7": Row("what Secure Data Transfer covers"),
    "10.5": elsewhere(
        "the form of OpenSSL and CryptoJS, Salted__",
        "tests/liveform/test_doctor.py::test_doctor_names_the_salted_form",
    ),
    "10.11": Row("the FaceAuth URL has the same scheme with another key"),
}
