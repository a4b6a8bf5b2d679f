"""The simulator alone: as a command for programs in any language, and as a server in a test."""

from webhelper.error_reports import names_extra

with names_extra():
    from webhelper.simulate.form_driver import FormRefused
    from webhelper.simulate.local_server import LocalSimulator

__all__ = ["FormRefused", "LocalSimulator"]
