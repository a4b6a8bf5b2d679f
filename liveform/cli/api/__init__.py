"""``liveform submissions``, ``tokens`` and the other commands that call the vendor's REST API."""
