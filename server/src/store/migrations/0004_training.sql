-- A model that was learned from contributions waits here until devices have judged it; an imported one was judged on rows
-- held out. `gate` is the task that asks devices, `learned_to` the number of the last release in it.
ALTER TABLE models ADD COLUMN state TEXT NOT NULL DEFAULT 'champion'
    CHECK (state IN ('candidate', 'champion', 'retired', 'rejected'));
ALTER TABLE models ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN gate TEXT;
ALTER TABLE models ADD COLUMN learned_to INTEGER NOT NULL DEFAULT 0;

UPDATE models SET state = 'retired' WHERE id < (SELECT max(id) FROM models);
CREATE UNIQUE INDEX one_champion ON models (state) WHERE state = 'champion';
CREATE UNIQUE INDEX one_candidate ON models (state) WHERE state = 'candidate';
