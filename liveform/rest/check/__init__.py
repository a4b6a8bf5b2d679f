"""Our settings of a project held against those of the dashboard."""
