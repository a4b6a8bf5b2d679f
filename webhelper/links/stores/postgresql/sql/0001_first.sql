-- Texts are compared by their bytes: ids of visits sort by time, and no locale has a say in it.
-- Times are Unix times in seconds.

CREATE TABLE links (
    seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            text COLLATE "C" NOT NULL UNIQUE,
    project       text COLLATE "C" NOT NULL,
    pipeline      text COLLATE "C" NOT NULL,
    sealed        bytea NOT NULL,            -- JSON of the fields of a spec that are personal
    userid_digest bytea,                     -- keyed, to find the link by its user id
    label         text COLLATE "C",
    folded        text COLLATE "C",          -- the label as it is searched for
    kiosk_number  integer,                   -- of a kiosk's code
    created_by    text COLLATE "C" NOT NULL,
    created_at    double precision NOT NULL,
    expires_at    bigint NOT NULL,
    max_uses      integer,
    uses          integer NOT NULL DEFAULT 0,
    last_used_at  double precision,
    revoked_at    double precision,
    token_id_expired_at double precision,    -- in private mode, when the vendor said so
    outcome       text COLLATE "C",          -- of one use, JSON: what its visit shows
    counts        text COLLATE "C"           -- of more uses, JSON: what so many visits show
) WITH (fillfactor = 80);
-- No index has a column that a use changes: a use is then written beside the row (HOT), and into no index.
CREATE INDEX links_by_label ON links (label, seq) WHERE label IS NOT NULL;
CREATE INDEX links_by_userid ON links (userid_digest, seq) WHERE userid_digest IS NOT NULL;
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE INDEX links_of_kiosks ON links (expires_at) WHERE kiosk_number IS NOT NULL;
CREATE INDEX links_revoked ON links (seq) WHERE revoked_at IS NOT NULL;
CREATE INDEX links_without_token_id ON links (seq) WHERE token_id_expired_at IS NOT NULL;

CREATE TABLE link_changes (                  -- one row: how often reusable links were taken out of use
    number        bigint NOT NULL
);
INSERT INTO link_changes VALUES (0);

CREATE TABLE kiosk_numbers (                 -- the number of each kiosk's latest code
    kiosk         text COLLATE "C" PRIMARY KEY,
    number        integer NOT NULL
);

CREATE TABLE visits (
    link          bigint NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    id            text COLLATE "C" NOT NULL, -- sorts by time
    at            double precision NOT NULL,
    userid        bytea,                     -- sealed
    userid_digest bytea,                     -- keyed
    browser       bytea,                     -- digest of a random cookie
    exchanged_at  double precision,          -- when its result code was used
    exchanged_by  bytea,                     -- a random mark of the call that used it
    is_final      boolean,                   -- true while what is shown of its outcomes is final
    PRIMARY KEY (link, id)
) WITH (fillfactor = 90);
CREATE INDEX visits_by_userid ON visits (userid_digest, link) WHERE userid_digest IS NOT NULL;

CREATE TABLE outcomes (
    link          bigint NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    visit         text COLLATE "C" NOT NULL,
    number        integer NOT NULL,          -- from 0, in the order of their arrival
    result        text COLLATE "C",
    submission_id text COLLATE "C",
    error_code    text COLLATE "C",
    at            double precision NOT NULL,
    source        text COLLATE "C" NOT NULL,
    PRIMARY KEY (link, visit, number)
);

CREATE TABLE submissions (                   -- of which visit each is, as the vendor said
    project       text COLLATE "C" NOT NULL,
    submission_id text COLLATE "C" NOT NULL,
    link          bigint NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    visit         text COLLATE "C" NOT NULL,
    PRIMARY KEY (project, submission_id)
);
CREATE INDEX submissions_by_visit ON submissions (link, visit);

CREATE TABLE events (
    number           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- a second delivery leaves a gap
    project          text COLLATE "C" NOT NULL,
    key              text COLLATE "C" NOT NULL,
    trigger          text COLLATE "C" NOT NULL,
    submission_id    text COLLATE "C",
    occurred_at      double precision,
    received_at      double precision NOT NULL,
    last_received_at double precision NOT NULL,
    deliveries       integer NOT NULL DEFAULT 1,
    delivery         bytea NOT NULL,         -- a random mark of the latest delivery
    state            text COLLATE "C" NOT NULL DEFAULT 'waiting',
    due_at           double precision,       -- when it may be leased, NULL once it is done or has failed
    fence            bigint NOT NULL DEFAULT 0,
    attempts         integer NOT NULL DEFAULT 0,
    replays          integer NOT NULL DEFAULT 0,
    times_done       integer NOT NULL DEFAULT 0,
    ended_at         double precision,       -- when it was done or failed
    problem          text COLLATE "C",
    visit            text COLLATE "C",
    sealed           bytea NOT NULL,         -- JSON of the members
    UNIQUE (project, key)
);
CREATE INDEX events_due ON events (due_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX events_ended ON events (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE refusals (
    day     text COLLATE "C" NOT NULL,
    project text COLLATE "C" NOT NULL,
    reason  text COLLATE "C" NOT NULL,
    times   bigint NOT NULL,
    PRIMARY KEY (day, project, reason)
);

CREATE TABLE messages (
    number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           text COLLATE "C" NOT NULL,  -- the same for every sink
    kind         text COLLATE "C" NOT NULL,
    sink         text COLLATE "C" NOT NULL,
    at           double precision NOT NULL,
    data         text COLLATE "C" NOT NULL,  -- JSON, nothing personal
    due_at       double precision,           -- NULL once it is delivered or given up
    fence        bigint NOT NULL DEFAULT 0,
    attempts     integer NOT NULL DEFAULT 0,
    ended_at     double precision,
    problem      text COLLATE "C"
);
CREATE INDEX messages_due ON messages (sink, due_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX messages_ended ON messages (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE token_ids (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project   text COLLATE "C" NOT NULL,
    digest    bytea NOT NULL UNIQUE,         -- keyed
    sealed    bytea NOT NULL,
    sealed_by bytea NOT NULL,                -- tells the keys apart
    state     text COLLATE "C" NOT NULL DEFAULT 'new',
    at        double precision NOT NULL,     -- since when it is in this state
    link_id   text COLLATE "C" UNIQUE        -- the link that drew it, which may have been deleted since
);
CREATE INDEX token_ids_by_state ON token_ids (project, sealed_by, state, number);

CREATE TABLE jobs (
    job    text COLLATE "C" PRIMARY KEY,
    holder text COLLATE "C" NOT NULL,
    until  double precision NOT NULL
);

CREATE TABLE idempotency_keys (
    scope   text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    digest  bytea NOT NULL,
    link_id text COLLATE "C" NOT NULL REFERENCES links (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    at      double precision NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_link ON idempotency_keys (link_id);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (at);

CREATE TABLE used_codes (
    code_id text COLLATE "C" PRIMARY KEY,
    at      double precision NOT NULL,
    used_by bytea NOT NULL                   -- a random mark of the call that used it
);
CREATE INDEX used_codes_by_time ON used_codes (at);

-- Counts one use of a link for a new visit, or gives the visit to which its browser comes back.
--
-- The row of the link is locked first, and only then are its visits looked at: the look is a statement of its
-- own, so it sees what the holder of the lock before this one has committed. In one UPDATE with a sub-select,
-- a browser that races with itself would be counted several times.
--
-- A visit that is here already was counted by this very call, whose answer was lost.
CREATE FUNCTION redeem(
    p_link text, p_visit text, p_at double precision, p_userid bytea, p_userid_digest bytea,
    p_browser bytea, p_since double precision, p_earliest text,
    OUT answer text, OUT id text, OUT at double precision, OUT userid bytea, OUT exchanged_at double precision
) LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    l links%ROWTYPE;
BEGIN
    SELECT * INTO l FROM links WHERE links.id = p_link FOR NO KEY UPDATE;
    IF NOT FOUND THEN answer := 'unknown'; RETURN; END IF;
    IF EXISTS (SELECT 1 FROM visits v WHERE v.link = l.seq AND v.id = p_visit) THEN answer := 'new'; RETURN; END IF;
    IF l.revoked_at IS NOT NULL THEN answer := 'revoked'; RETURN; END IF;
    IF p_at >= l.expires_at THEN answer := 'expired'; RETURN; END IF;
    IF p_browser IS NOT NULL AND l.token_id_expired_at IS NULL THEN
        SELECT v.id, v.at, v.userid, v.exchanged_at INTO id, at, userid, exchanged_at FROM visits v
        WHERE v.link = l.seq AND v.id >= p_earliest AND v.at > p_since AND v.browser = p_browser
        ORDER BY v.id DESC LIMIT 1;
        IF FOUND THEN answer := 'again'; RETURN; END IF;
    END IF;
    IF l.uses >= l.max_uses THEN answer := 'used_up'; RETURN; END IF;
    IF l.token_id_expired_at IS NOT NULL THEN answer := 'token_id_expired'; RETURN; END IF;
    UPDATE links SET uses = l.uses + 1, last_used_at = p_at WHERE links.seq = l.seq;
    INSERT INTO visits (link, id, at, userid, userid_digest, browser)
    VALUES (l.seq, p_visit, p_at, p_userid, p_userid_digest, p_browser);
    answer := 'new';
END $$;
