"""Rotate a key: the new key encrypts, and the old one decrypts until no old URL is in use.

Install what it needs: pip install .
Run it: python examples/rotating_keys.py
"""

from liveform import DecryptError, Project


def main() -> None:
    """Decrypt a text before, during and after a rotation."""
    old, new = "an example of an old key", "an example of a new key"
    before = Project("abc123de45", key=old, cipher="gcm")
    during = Project("abc123de45", key=new, cipher="gcm", previous_keys=[old])
    after = Project("abc123de45", key=new, cipher="gcm")

    text = before.encrypt({"userid": "user_12345"})
    print("during the rotation:", during.decrypt(text))
    print("new texts:          ", after.decrypt(during.encrypt({"userid": "user_12345"})))
    try:
        after.decrypt(text)
    except DecryptError as error:
        print("after it:           ", error)


if __name__ == "__main__":
    main()
