"""``liveform batch``: the URL of every row of a file, resumable, in constant memory."""
