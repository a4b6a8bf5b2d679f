"""From rows and URLs to the bytes of OUT: a module for each format, and the file of refused rows."""
