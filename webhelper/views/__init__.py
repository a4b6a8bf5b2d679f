"""One thin blueprint for each door: links, QR codes, API, returns, console, kiosk, health."""
