"""Migrate users whom another system has verified: one approved submission for each row of a CSV file.

A user who has a submission already is left out, so correct the lines that failed and run it again.
Install what it needs: pip install '.[web]'
Start `liveform simulate` and set what it prints. Then: python examples/migrate_users.py examples/users.csv
"""

import csv
import os
import sys
from collections import Counter
from pathlib import Path

from liveform import LiveformError, Project, VendorError
from liveform.rest import Client


def migrate(client: Client, row: dict[str, str]) -> bool:
    """Create a submission of one user; return False if the user has one already."""
    if any(client.submissions.list(userid=row["userid"], page_size=1)):
        return False
    client.submissions.create(
        admin=os.environ.get("ADMIN_EMAIL", "admin@example.com"),  # an administrator of your project
        kyc_status="approved",
        userid=row["userid"],
        email=row["email"],
        full_name=row["full_name"],
        birth_date=row["birth_date"],
        id_type=row["id_type"],
        issuing_country=row["issuing_country"],
    )
    return True


def ends_the_run(error: LiveformError) -> bool:
    """Return whether the next row would fail too: no connection, a refused key, the day's calls used up."""
    return isinstance(error, VendorError) and (error.reason != "refused" or error.status in (401, 403))


def main(path: str) -> None:
    """Migrate all rows, and name those that failed by line and code, without personal data."""
    counts = Counter({"created": 0, "already there": 0, "failed": 0})
    with Project.from_env(os.environ).client() as client, Path(path).open(encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                counts["created" if migrate(client, row) else "already there"] += 1
            except LiveformError as error:  # their texts hold no value of the row
                counts["failed"] += 1
                print(f"line {line}: {error}")
                if ends_the_run(error):
                    sys.exit("stopped; run it again to go on")
            if counts.total() % 100 == 0:
                print("rows so far:", counts.total())
    print(*(f"{name}: {count}" for name, count in counts.items()), sep=", ")
    print("correct those lines and run it again: who is there is left out" if counts["failed"] else "done")


if __name__ == "__main__":
    main(sys.argv[1])
