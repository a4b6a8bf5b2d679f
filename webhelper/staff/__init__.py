"""Pages for staff: the console, its sessions, and the kiosk."""
