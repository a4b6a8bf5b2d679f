"""AES-256 and the texts around it: keys, engines, ciphers, layouts, and JSON objects under a cipher."""
