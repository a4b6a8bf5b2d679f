"""Tests of the table of documented failures."""

import re

from liveform.rest.sending.known_failures import NAMING_SENTENCES, SENTENCES

# In the vendor's words, by their rows
DOCUMENTED = """
Invalid Query String parameters
User is not authorized to access this resource with an explicit deny
Forbidden
API-Key is required.
The project is not found.
Decryption is Failed. Please check the api-key.
Data Processing Error.
data parsing error. please check input data.
submissionId is required.
projectId or x-api-key is required.
admin is required.
At least one property to modify is required.
not Exist Submission ID
not Exist Submission Data
not Exist Project Data
delete Process FAIL
adminName and comment is required
Project not found.
Access denied. The admin is not registered in the project.
Submission Id is required.
Invalid Submission Id.
Only submissions in pending status can be reviewed
This submission cannot be reviewed by client.
Invalid status
Invalid data format.
Reject comment is required
Projection not found
Method not allowed
Projection count limit exceeded
required key is missing
error in processing data
Cannot find submission. Please check input data.
error in delete submission
"""


def test_every_documented_sentence_is_known_by_its_words() -> None:
    """A sentence with another letter would not be recognised, and the caller would not see it."""
    assert [known.text for known in SENTENCES] == DOCUMENTED.strip().splitlines()


def test_each_sentence_is_there_once_with_its_row() -> None:
    """Every sentence names its row of docs/vendor-api.md and its page, and no sentence is there twice."""
    texts = [known.text.casefold().rstrip(".") for known in SENTENCES]
    assert len(set(texts)) == len(texts)
    assert all(re.fullmatch(r"\d+\.\d+ [A-Z]+(, \d+\.\d+ [A-Z]+)*", known.row) for known in SENTENCES)


def test_naming_sentences_are_in_small_letters() -> None:
    """The sentences that name a member are compared without regard to case."""
    assert all(text == text.casefold() for text in NAMING_SENTENCES)
