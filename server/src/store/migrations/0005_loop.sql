-- What the released windows of a part add up to, so that a step of learning reads every release once. `newest` is the number
-- of the last release in it.
CREATE TABLE part_totals (
    task    TEXT NOT NULL,
    part    INTEGER NOT NULL,
    windows INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    cells   BLOB NOT NULL,
    newest  INTEGER NOT NULL,
    PRIMARY KEY (task, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX releases_by_task ON releases (task, seq);

-- Why a model was made, which one it replaced, and the task by which devices watch it after it was published: empty before
-- they were asked, none once it is settled.
ALTER TABLE models ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN replaced INTEGER;
ALTER TABLE models ADD COLUMN watch TEXT;
-- Since when it is published, unix seconds, and to how many of a thousand devices; the others use the one it replaced.
ALTER TABLE models ADD COLUMN promoted_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE models ADD COLUMN per_mille INTEGER NOT NULL DEFAULT 1000;

-- Rounds of learners whose sums were used: the task, the first of its chain, its number in it, and the task that asks on.
CREATE TABLE rounds (
    task    TEXT PRIMARY KEY,
    first   TEXT NOT NULL,
    number  INTEGER NOT NULL,
    next    TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX rounds_by_next ON rounds (next);

-- What sums taught besides lists: segments, intent, settings that devices voted for, factors of the blend. `body` is the
-- section of a table, or JSON.
CREATE TABLE sections (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('segments', 'intent', 'settings', 'blend')),
    task    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('waiting', 'published', 'retired', 'rejected')),
    reason  TEXT NOT NULL,
    body    BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX one_published ON sections (kind) WHERE state = 'published';
CREATE UNIQUE INDEX one_waiting ON sections (kind) WHERE state = 'waiting';
