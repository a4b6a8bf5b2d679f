"""Look up the submissions of a user: list them, then read each one in full.

Install what it needs: pip install '.[web]'
Start `liveform simulate`, and set the variables that it prints. Then
run it: python examples/look_up_submission.py user_12345
(migrate_users.py makes a submission of this user.)
"""

import os
import sys

from liveform import LiveformError, Project
from liveform.rest import Client, Submission


def look_up(client: Client, userid: str) -> list[Submission]:
    """Return all submissions of a user; a list has only a part of each, so each is read again."""
    listed = client.submissions.list(userid=userid)
    return [client.submissions.get(one.submission_id) for one in listed if one.submission_id is not None]


def show(submission: Submission) -> None:
    """Print what is not personal, and only the names of what is."""
    print(submission.submission_id, submission.status, submission.created_at)
    if submission.kyc is not None and submission.kyc.comment_code:
        print("  because:", ", ".join(submission.kyc.comment_code))
    if submission.data is not None:
        print("  known of the person:", ", ".join(sorted(submission.data.raw)))


def main(userid: str) -> None:
    """Look one user up."""
    try:
        with Project.from_env(os.environ).client() as client:
            found = look_up(client, userid)
    except LiveformError as error:
        sys.exit(f"{error.code}: {error}")
    print("submissions found:", len(found))
    for submission in found:
        show(submission)


if __name__ == "__main__":
    main(sys.argv[1])
