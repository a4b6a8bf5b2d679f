"""Text on the wire: base64, hex and percent-encoding; one JSON object; query pairs."""
