"""The webhook sender: takes events from the sandbox's outbox, and sends them to the project's URL.

``body`` writes what goes over the wire, ``posting`` sends it once, ``sender`` decides what is sent and when,
and ``background`` does so while a server runs.
"""
