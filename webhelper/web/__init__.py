"""Code shared by all pages: errors, access log, security headers, redirects, CSRF, cookies, languages."""
