"""The methods of ``Client``, by resource: lists of names. Each has the docstring of its builder."""

from typing import Final

from liveform.rest.calls import Resource, call, pages, saves, steps
from liveform.rest.operations import (
    aml,
    face_auth,
    images,
    project_settings,
    projections,
    submission_changes,
    submission_deletes,
    submissions,
    tokens,
)


class Submissions(Resource):
    """What the API does with submissions."""

    __slots__ = ()
    get: Final = call(submissions.get)
    list: Final = pages(submissions.list_all)
    by_applicant: Final = call(submissions.by_applicant)
    create: Final = call(submission_changes.create)
    update: Final = call(submission_changes.update)
    review: Final = call(submission_changes.review)
    delete: Final = call(submission_deletes.delete)
    erase: Final = call(submission_deletes.erase)


class Images(Resource):
    """What the API does with the images of submissions."""

    __slots__ = ()
    get: Final = call(images.get)
    save: Final = saves(images.get)
    put: Final = call(images.put)


class Tokens(Resource):
    """What the API does with the token ids of private mode."""

    __slots__ = ()
    register: Final = steps(tokens.register)
    get: Final = call(tokens.get)
    list: Final = pages(tokens.list_all)
    count: Final = call(tokens.count)
    delete: Final = steps(tokens.delete)


class FaceAuths(Resource):
    """What the API does with face authentications."""

    __slots__ = ()
    create: Final = call(face_auth.create)
    get: Final = call(face_auth.get)
    list: Final = pages(face_auth.list_all)
    image: Final = call(face_auth.image)
    save_image: Final = saves(face_auth.image)
    delete: Final = call(face_auth.delete)


class Aml(Resource):
    """What the API does to screen people for money laundering."""

    __slots__ = ()
    run: Final = call(aml.run)
    report: Final = call(aml.report)
    save_report: Final = saves(aml.report)
    monitor_add: Final = call(aml.monitor_add)
    monitor_get: Final = call(aml.monitor_get)
    monitor_remove: Final = call(aml.monitor_remove)


class Projections(Resource):
    """What the API does with projections."""

    __slots__ = ()
    create: Final = call(projections.create)
    get: Final = call(projections.get)
    list: Final = call(projections.list_all)
    delete: Final = call(projections.delete)


class ProjectResource(Resource):
    """What the API tells of the project."""

    __slots__ = ()
    settings: Final = call(project_settings.settings)
