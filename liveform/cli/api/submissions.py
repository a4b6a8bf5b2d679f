"""``liveform submissions``: read, create, change, review and erase submissions."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, cast

from liveform.cli.api.confirm import add_yes, confirm
from liveform.cli.api.data_file import add_data, blaming_data, read_data
from liveform.cli.api.output import show
from liveform.cli.commands import CommandOutput
from liveform.errors import FieldError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping

    from liveform.cli.api.noun import Noun
    from liveform.rest.client import Client
    from liveform.rest.operations.submission_changes import ReviewChanges

_REQUIRED: Final = ("email", "full_name", "birth_date", "kyc_status")
_ADMIN_HELP: Final = "e-mail of an administrator of the project, in whose name it is done"


def add_commands(noun: Noun) -> None:
    """Add the commands below ``submissions``."""
    sub = noun.command("get", get, "read one submission", takes="SUBMISSION_ID", personal=True)
    _add_id(sub)
    sub.add_argument("--part", choices=("kyc", "aml", "data", "others"), help="only that part of it")
    _add_list(noun.listing("list", list_all, "list submissions: all, or those of a user or of some days"))
    sub = noun.listing("applicant", applicant, "list the approved submissions of one applicant", takes="ID")
    sub.add_argument("applicant_id", metavar="ID", help="the vendor's applicant_id")
    sub = noun.command("create", create, "create a submission that was verified elsewhere (migration)")
    add_data(sub, about="JSON object: email, fullName, birthDate, kycStatus, and what else is known")
    _add_admin(sub)
    sub = noun.command("update", update, "change members of a submission", takes="SUBMISSION_ID")
    _add_id(sub)
    add_data(sub, about="JSON object with the members to change")
    _add_admin(sub)
    _add_review(noun.command("review", review, "approve or reject a pending one", takes="SUBMISSION_ID"))
    _add_delete(noun.command("delete", delete, "delete a submission", takes="SUBMISSION_ID"))
    _add_erase(noun.command("erase", erase, "erase parts of a submission", takes="SUBMISSION_ID"))


def _add_id(sub: ArgumentParser) -> None:
    sub.add_argument("submission_id", metavar="SUBMISSION_ID", help="the vendor's submission_id")


def _add_admin(sub: ArgumentParser) -> None:
    sub.add_argument("--admin", metavar="EMAIL", required=True, help=_ADMIN_HELP)


def _add_list(sub: ArgumentParser) -> None:
    sub.add_argument("--userid", metavar="ID", help="your own id of the user")
    sub.add_argument("--email", metavar="EMAIL", help="the e-mail of the customer")
    sub.add_argument("--start-date", metavar="YYYY-MM-DD", help="the first day")
    sub.add_argument("--end-date", metavar="YYYY-MM-DD", help="the last day")
    sub.add_argument(
        "--page-size", type=int, metavar="N", help="how many the vendor sends at once, 1 to 2000"
    )


def _add_review(sub: ArgumentParser) -> None:
    _add_id(sub)
    sub.add_argument("--status", choices=("approved", "rejected"), required=True, help="the decision")
    _add_admin(sub)
    sub.add_argument("--reject-comment", metavar="TEXT", help="why; required to reject")
    sub.add_argument(
        "--data", metavar="FILE", help="JSON object with members to correct; - reads it from stdin"
    )


def _add_delete(sub: ArgumentParser) -> None:
    _add_id(sub)
    group = sub.add_mutually_exclusive_group(required=True)
    group.add_argument(
        "--admin-name", metavar="EMAIL", help="an administrator; only then the vendor sends a delete webhook"
    )
    group.add_argument("--no-webhook", action="store_true", help="delete without one, and without a webhook")
    add_yes(sub)


def _add_erase(sub: ArgumentParser) -> None:
    _add_id(sub)
    sub.add_argument(
        "--fields", metavar="NAME,NAME", required=True, help="such as id_image,selfie_image,data,OCR_raw"
    )
    group = sub.add_mutually_exclusive_group()
    group.add_argument("--data-fields", metavar="NAME,NAME", help="what goes of data; needs data in --fields")
    group.add_argument("--erase-all-data", action="store_true", help="all of data goes")
    sub.add_argument("--admin-name", metavar="EMAIL", help=_ADMIN_HELP)
    add_yes(sub)


def get(client: Client, arguments: Namespace) -> CommandOutput:
    """Read one submission."""
    found = client.submissions.get(arguments.submission_id, request_type=arguments.part)
    return show(found.raw, arguments)


def list_all(client: Client, arguments: Namespace) -> Iterator[Mapping[str, Any]]:
    """List submissions."""
    for one in client.submissions.list(
        userid=arguments.userid,
        email=arguments.email,
        start_date=arguments.start_date,
        end_date=arguments.end_date,
        page_size=arguments.page_size,
    ):
        yield one.raw


def applicant(client: Client, arguments: Namespace) -> Iterator[Mapping[str, Any]]:
    """List the submissions of one applicant."""
    for one in client.submissions.by_applicant(arguments.applicant_id):
        yield one.raw


def create(client: Client, arguments: Namespace) -> CommandOutput:
    """Create a submission."""
    members = read_data(arguments)
    missing = [name for name in _REQUIRED if name not in members]
    if missing:
        raise FieldError("--data", f"needs {', '.join(missing)} too")
    with blaming_data():
        submission_id = client.submissions.create(admin=arguments.admin, **members)
    return CommandOutput(f"created: {submission_id}", {"submission_id": submission_id})


def update(client: Client, arguments: Namespace) -> CommandOutput:
    """Change a submission."""
    members = read_data(arguments)
    with blaming_data():
        client.submissions.update(arguments.submission_id, admin=arguments.admin, **members)
    return _done("updated", arguments)


def review(client: Client, arguments: Namespace) -> CommandOutput:
    """Approve or reject a submission."""
    members = None if arguments.data is None else cast("ReviewChanges", read_data(arguments))
    with blaming_data() if members else nullcontext():
        result = client.submissions.review(
            arguments.submission_id,
            status=arguments.status,
            admin=arguments.admin,
            reject_comment=arguments.reject_comment,
            update_fields=members,
        )
    status = result.final_status or arguments.status
    return CommandOutput(f"{status}: {arguments.submission_id}", _id_of(arguments) | {"status": status})


def delete(client: Client, arguments: Namespace) -> CommandOutput:
    """Delete a submission."""
    confirm(arguments, "Delete this submission?")
    client.submissions.delete(arguments.submission_id, admin_name=arguments.admin_name)
    return _done("deleted", arguments)


def erase(client: Client, arguments: Namespace) -> CommandOutput:
    """Erase parts of a submission."""
    fields = arguments.fields.split(",")
    data_fields = None if arguments.data_fields is None else arguments.data_fields.split(",")
    if "data" in fields and data_fields is None and not arguments.erase_all_data:
        raise FieldError("--fields", "data needs --data-fields, or --erase-all-data to erase all of it")
    confirm(arguments, f"Erase {len(fields)} parts of this submission?")
    client.submissions.erase(
        arguments.submission_id,
        fields,
        data_fields=data_fields,
        erase_all_data=arguments.erase_all_data,
        admin_name=arguments.admin_name,
    )
    return _done("erased", arguments)


def _done(what: str, arguments: Namespace) -> CommandOutput:
    return CommandOutput(f"{what}: {arguments.submission_id}", _id_of(arguments) | {what: True})


def _id_of(arguments: Namespace) -> dict[str, Any]:
    return {"submission_id": arguments.submission_id}
