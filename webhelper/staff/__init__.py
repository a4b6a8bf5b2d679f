"""Pages for staff: console, kiosk, and who is signed in."""
