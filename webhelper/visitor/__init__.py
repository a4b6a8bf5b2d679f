"""Pages for the person who opens a link: the link, its QR code, the Return URL."""
