"""Pages for visitors: links, QR codes and the Return URL."""
