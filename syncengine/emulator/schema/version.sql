-- Every version of every object. `text` is the object as it was left (of a deleted one the stub), `line` the number of its journal line.
CREATE TABLE IF NOT EXISTS version (n INTEGER PRIMARY KEY, company INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
    at INTEGER NOT NULL, who TEXT NOT NULL, change TEXT NOT NULL, line INTEGER, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS version_of ON version (company, entity, id);
