"""What every page shares: error pages, access log, security headers, CSRF, cookies, languages."""
