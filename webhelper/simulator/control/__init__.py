"""The control API: JSON for tests in other languages, which set the sandbox and look into it."""
