"""Build, encrypt and read ARGOS ID check Liveform URLs."""

from liveform.project import Project

__all__ = ["Project"]
