-- Contributions: what devices are asked, and what they answered, as sums. No row names a device: a report's name is drawn
-- for it alone, times are no finer than the task's window or hour.

-- Every task that was ever taken up, as it was signed. `split` holds what two aggregators share in secret.
CREATE TABLE tasks (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    role      TEXT NOT NULL CHECK (role IN ('collector', 'leader', 'helper')),
    envelope  TEXT NOT NULL,
    site_key  TEXT NOT NULL,
    split     TEXT,
    added_at  INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

-- `trusted` and `local`: one running sum a part and window. A report is added and dropped; no vector is ever a row.
CREATE TABLE batches (
    part    BLOB NOT NULL,
    window  INTEGER NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('open', 'released', 'dropped')),
    reports INTEGER NOT NULL,
    cells   BLOB NOT NULL,
    PRIMARY KEY (part, window)
) STRICT, WITHOUT ROWID;

-- Names of reports that were added, so that the same one is not added twice; forgotten when its window takes no more.
CREATE TABLE report_nonces (
    part   BLOB NOT NULL,
    nonce  BLOB NOT NULL,
    window INTEGER NOT NULL,
    PRIMARY KEY (part, nonce)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_nonces_by_window ON report_nonces (part, window);

-- `split`, leader: reports until both aggregators have them. `report` is scrubbed then, the name stays against replays.
CREATE TABLE uploads (
    part   BLOB NOT NULL,
    id     BLOB NOT NULL,
    time   INTEGER NOT NULL,
    job    INTEGER,
    report BLOB,
    PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_waiting ON uploads (part, time) WHERE report IS NOT NULL;
CREATE INDEX uploads_by_job ON uploads (job) WHERE job IS NOT NULL;

-- `split`, leader: reports that are on their way to the helper together, until it has answered.
CREATE TABLE aggregation_jobs (
    job      INTEGER PRIMARY KEY AUTOINCREMENT,
    part     BLOB NOT NULL,
    attempts INTEGER NOT NULL,
    next_at  INTEGER NOT NULL
) STRICT;

-- `split`, helper: names of reports that were added.
CREATE TABLE aggregated (
    part BLOB NOT NULL,
    id   BLOB NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

-- `split`, helper: what a leader was answered, for when it asks again.
CREATE TABLE helper_answers (
    part    BLOB NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('aggregation', 'share')),
    job     BLOB NOT NULL,
    request BLOB NOT NULL,
    answer  BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (part, kind, job)
) STRICT, WITHOUT ROWID;

-- `split`, both: this aggregator's half of the sum of each unit of time.
CREATE TABLE buckets (
    part     BLOB NOT NULL,
    time     INTEGER NOT NULL,
    reports  INTEGER NOT NULL,
    checksum BLOB NOT NULL,
    share    BLOB NOT NULL,
    PRIMARY KEY (part, time)
) STRICT, WITHOUT ROWID;

-- `split`, both: intervals that were collected; nothing is added to them or collected from them again.
CREATE TABLE collected (
    part     BLOB NOT NULL,
    start    INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (part, start)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER collected_is_never_changed BEFORE UPDATE ON collected
BEGIN
    SELECT RAISE(ABORT, 'what was collected stays collected');
END;

CREATE TRIGGER collected_is_never_deleted BEFORE DELETE ON collected
BEGIN
    SELECT RAISE(ABORT, 'what was collected stays collected');
END;

-- `split`, leader: what collectors asked for. `share_request` is set once the batch is closed; it is sent until answered.
CREATE TABLE collection_jobs (
    part          BLOB NOT NULL,
    job           BLOB NOT NULL,
    request       BLOB NOT NULL,
    share_request BLOB,
    leader_share  BLOB,
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
    answer        BLOB,
    problem       TEXT,
    attempts      INTEGER NOT NULL,
    next_at       INTEGER NOT NULL,
    PRIMARY KEY (part, job)
) STRICT, WITHOUT ROWID;

-- Sums with their noise, each released once.
CREATE TABLE releases (
    seq     INTEGER PRIMARY KEY,
    task    TEXT NOT NULL,
    part    INTEGER NOT NULL,
    window  INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    cells   BLOB NOT NULL,
    at      INTEGER NOT NULL,
    UNIQUE (task, part, window)
) STRICT;

CREATE TRIGGER releases_are_never_changed BEFORE UPDATE ON releases
BEGIN
    SELECT RAISE(ABORT, 'what was released is never changed');
END;

CREATE TRIGGER releases_are_never_deleted BEFORE DELETE ON releases
BEGIN
    SELECT RAISE(ABORT, 'what was released is never deleted');
END;
