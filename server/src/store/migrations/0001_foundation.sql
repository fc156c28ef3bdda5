-- One data folder holds one site. Rows of visitors never reach this file: histories arrive as sums.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per finished import, written in the import's own transaction.
CREATE TABLE imports (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('catalog', 'history')),
    source      TEXT NOT NULL,
    format      TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    rows        INTEGER NOT NULL,
    skipped     INTEGER NOT NULL,
    detail      TEXT NOT NULL
) STRICT;

-- tags and placements are JSON arrays; times are unix seconds, 0 = unknown.
CREATE TABLE items (
    id             TEXT PRIMARY KEY,
    title          TEXT NOT NULL,
    url            TEXT NOT NULL,
    image          TEXT NOT NULL,
    price          REAL,
    currency       TEXT NOT NULL,
    brand          TEXT NOT NULL,
    category       TEXT NOT NULL,
    tags           TEXT NOT NULL,
    description    TEXT NOT NULL,
    available      INTEGER NOT NULL,
    added_at       INTEGER NOT NULL,
    rebuyable      INTEGER NOT NULL,
    placements     TEXT NOT NULL,
    feed           TEXT NOT NULL,
    updated_at     INTEGER NOT NULL,
    first_import   INTEGER NOT NULL,
    changed_import INTEGER NOT NULL,
    seen_import    INTEGER NOT NULL
) STRICT;

-- What imported histories taught. `sums` and `model` are versioned bytes of the server's own formats.
CREATE TABLE models (
    id         INTEGER PRIMARY KEY,
    created_at INTEGER NOT NULL,
    name       TEXT NOT NULL,
    source     TEXT NOT NULL,
    metrics    TEXT NOT NULL,
    sums       BLOB NOT NULL,
    model      BLOB NOT NULL
) STRICT;

CREATE TABLE publications (
    version      INTEGER PRIMARY KEY,
    site         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    action       TEXT NOT NULL CHECK (action IN ('publish', 'rollback')),
    from_version INTEGER,
    payload      TEXT NOT NULL,
    envelope     BLOB NOT NULL
) STRICT;

CREATE TABLE publication_blobs (
    version INTEGER NOT NULL REFERENCES publications (version),
    name    TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (version, name)
) STRICT, WITHOUT ROWID;

-- Append-only: each row carries the hash of the one before, so that a removed row shows.
CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    action   TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
