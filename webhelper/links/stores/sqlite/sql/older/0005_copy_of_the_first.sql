-- The same in the first files of this version: token ids did not say which key had sealed them.
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
SELECT link, visit, number, result, submission_id, error_code, returned_at, source FROM old_outcomes;
INSERT INTO submissions (project, submission_id, link, visit)
SELECT project, submission_id, link, visit FROM old_submissions;
INSERT INTO events (
    number, project, key, trigger, submission_id, occurred_at, received_at, last_received_at, deliveries, state,
    due_at, fence, attempts, replays, times_done, ended_at, problem, visit, sealed
)
SELECT
    number, project, key, trigger, submission_id, occurred_at, received_at, last_received_at, deliveries, state,
    due_at, fence, attempts, replays, times_done, ended_at, problem, visit, sealed
FROM old_events;
INSERT INTO refusals (day, project, reason, times) SELECT day, project, reason, times FROM old_refusals;
INSERT INTO messages (number, id, kind, sink, at, data, due_at, fence, attempts, ended_at, problem)
SELECT number, id, kind, sink, at, data, due_at, fence, attempts, ended_at, problem FROM old_messages;
INSERT INTO token_ids (number, project, digest, sealed, sealed_by, state, at, link_id)
SELECT number, project, digest, sealed, x'', state, at, link_id FROM old_token_ids;
INSERT INTO idempotency_keys (scope, key, digest, link_id, at)
SELECT scope, key, digest, link_id, at FROM old_idempotency_keys;
INSERT INTO used_codes (code_id, at) SELECT code_id, at FROM old_used_codes;
