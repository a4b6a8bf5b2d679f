"""The methods of ``AsyncClient``, by resource: lists of names. Each has the docstring of its builder."""

from liveform.rest.async_calls import AsyncResource, call, pages, saves, steps
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


class AsyncSubmissions(AsyncResource):
    """What the API does with submissions."""

    __slots__ = ()
    get = call(submissions.get)
    list = pages(submissions.list_all)
    by_applicant = call(submissions.by_applicant)
    create = call(submission_changes.create)
    update = call(submission_changes.update)
    review = call(submission_changes.review)
    delete = call(submission_deletes.delete)
    erase = call(submission_deletes.erase)


class AsyncImages(AsyncResource):
    """What the API does with the images of submissions."""

    __slots__ = ()
    get = call(images.get)
    save = saves(images.get)
    put = call(images.put)


class AsyncTokens(AsyncResource):
    """What the API does with the token ids of private mode."""

    __slots__ = ()
    register = steps(tokens.register)
    get = call(tokens.get)
    list = pages(tokens.list_all)
    count = call(tokens.count)
    delete = steps(tokens.delete)


class AsyncFaceAuths(AsyncResource):
    """What the API does with face authentications."""

    __slots__ = ()
    create = call(face_auth.create)
    get = call(face_auth.get)
    list = pages(face_auth.list_all)
    image = call(face_auth.image)
    save_image = saves(face_auth.image)
    delete = call(face_auth.delete)


class AsyncAml(AsyncResource):
    """What the API does to screen people for money laundering."""

    __slots__ = ()
    run = call(aml.run)
    report = call(aml.report)
    save_report = saves(aml.report)
    monitor_add = call(aml.monitor_add)
    monitor_get = call(aml.monitor_get)
    monitor_remove = call(aml.monitor_remove)


class AsyncProjections(AsyncResource):
    """What the API does with projections."""

    __slots__ = ()
    create = call(projections.create)
    get = call(projections.get)
    list = call(projections.list_all)
    delete = call(projections.delete)


class AsyncProjectResource(AsyncResource):
    """What the API tells of the project."""

    __slots__ = ()
    settings = call(project_settings.settings)
