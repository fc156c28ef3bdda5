-- What visitors were asked, and how many decided how. No row is about a person: the counts are sums.

-- Every consent configuration that was ever published, byte for byte: receipts and counts refer to it for good.
CREATE TABLE notices (
    sha256       TEXT PRIMARY KEY,
    published_at INTEGER NOT NULL,
    via          TEXT NOT NULL CHECK (via IN ('command-line', 'http')),
    text         BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER notices_are_never_changed BEFORE UPDATE ON notices
BEGIN
    SELECT RAISE(ABORT, 'a notice is never changed');
END;

CREATE TRIGGER notices_are_never_deleted BEFORE DELETE ON notices
BEGIN
    SELECT RAISE(ABORT, 'a notice is never deleted');
END;

-- Which notice was asked from when on; the newest row says which one is asked now.
CREATE TABLE notice_changes (
    seq    INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL REFERENCES notices (sha256),
    at     INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('publish', 'rollback')),
    via    TEXT NOT NULL CHECK (via IN ('command-line', 'http'))
) STRICT;

CREATE TRIGGER notice_changes_are_never_changed BEFORE UPDATE ON notice_changes
BEGIN
    SELECT RAISE(ABORT, 'what was asked when is never changed');
END;

CREATE TRIGGER notice_changes_are_never_deleted BEFORE DELETE ON notice_changes
BEGIN
    SELECT RAISE(ABORT, 'what was asked when is never changed');
END;

-- Sums. `day` is YYYY-MM-DD in UTC, and nothing is kept more finely; `variant` and `language` are empty where there is none.
CREATE TABLE decision_counts (
    notice   TEXT NOT NULL,
    region   TEXT NOT NULL,
    language TEXT NOT NULL,
    variant  TEXT NOT NULL,
    action   TEXT NOT NULL,
    day      TEXT NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (notice, region, language, variant, action, day)
) STRICT, WITHOUT ROWID;
