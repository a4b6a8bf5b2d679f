"""Review submissions: list those that wait for a decision, approve one, or reject it with a comment.

Install what it needs: pip install '.[web]'
Start `liveform simulate`, and set the variables that it prints. Open the URL that
`liveform url --userid user_50005` prints, and end the form as pending. Then
run it: python examples/review_pending.py
        python examples/review_pending.py SUBMISSION_ID
        python examples/review_pending.py SUBMISSION_ID "The document is not readable"
"""

import os
import sys

from liveform import LiveformError, Project
from liveform.rest import Client

ADMIN = os.environ.get("ADMIN_EMAIL", "admin@example.com")  # an administrator of your project


def list_pending(client: Client) -> None:
    """Print the ids of all submissions that wait. The API cannot filter by status, so all are read."""
    waiting = [one for one in client.submissions.list(page_size=2_000) if one.status == "pending"]
    print("waiting:", len(waiting))
    for submission in waiting:
        print(submission.submission_id)


def approve(client: Client, submission_id: str) -> None:
    """Approve a submission."""
    result = client.submissions.review(submission_id, status="approved", admin=ADMIN)
    print(result.submission_id, "is now", result.final_status)


def reject(client: Client, submission_id: str, comment: str) -> None:
    """Reject a submission; the vendor wants to know why."""
    result = client.submissions.review(submission_id, status="rejected", admin=ADMIN, reject_comment=comment)
    print(result.submission_id, "is now", result.final_status)


def main(*arguments: str) -> None:
    """List, approve or reject, by the number of arguments."""
    try:
        with Project.from_env(os.environ).client() as client:
            (list_pending, approve, reject)[len(arguments)](client, *arguments)
    except LiveformError as error:
        sys.exit(f"{error.code}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
