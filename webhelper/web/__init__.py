"""What every page shares: security headers, errors, languages, logs, and who is signed in."""
