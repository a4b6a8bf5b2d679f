"""Load several projects by name, with keys from the environment; one error lists all wrong settings.

Install what it needs: pip install .
Run it: python examples/several_projects.py
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from liveform import ConfigError, load_projects

SETTINGS = """
[projects.production]
pid = "abc123de45"
cipher = "gcm"
key = { env = "LIVEFORM_KEY" }
encryption_only = true

[projects.staging]
pid = "stg9876543"
base_url = "http://127.0.0.1:8000/simulator"
"""


def main() -> None:
    """Load the projects, build a URL with one, and show the error for a missing key."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "liveform.toml"
        path.write_text(SETTINGS, encoding="utf-8")
        projects = load_projects(path, environ={"LIVEFORM_KEY": "an example of a key, not a real one"})
        print("loaded: ", ", ".join(projects))
        print("staging:", projects["staging"].form_url(userid="user_12345"))
        try:
            load_projects(path, environ={})
        except ConfigError as error:
            print("refused:", *error.faults, sep="\n  ")


if __name__ == "__main__":
    main()
