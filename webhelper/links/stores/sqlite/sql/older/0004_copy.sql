-- Every return of a visit was kept, and whether its code was used.
INSERT INTO links (
    seq, id, project, pipeline, sealed, label, created_by, created_at, expires_at, max_uses, uses, last_used_at,
    revoked_at
)
SELECT
    seq, id, project, pipeline, sealed, label, created_by, created_at, expires_at, max_uses, uses, last_used_at,
    revoked_at
FROM old_links;
INSERT INTO visits (link, id, at, userid, browser, exchanged_at)
SELECT link, id, at, userid, browser, exchanged_at FROM old_visits;
INSERT INTO outcomes (link, visit, number, result, submission_id, error_code, at, source)
SELECT link, visit, number, result, submission_id, error_code, returned_at, 'return' FROM old_returns;
INSERT INTO idempotency_keys (scope, key, digest, link_id, at)
SELECT scope, key, digest, link_id, at FROM old_idempotency_keys;
INSERT INTO used_codes (code_id, at) SELECT code_id, at FROM old_used_codes;
