-- The tables of the books, the answers that are given again, the grants and the journal.
CREATE TABLE IF NOT EXISTS company (key INTEGER PRIMARY KEY, realm TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
    zone TEXT NOT NULL, closing_password TEXT NOT NULL DEFAULT '');
-- One row per object, living or deleted. `body` is the JSON text as it travels, the other columns are what queries look for.
CREATE TABLE IF NOT EXISTS object (company INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, token INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, active INTEGER NOT NULL, deleted INTEGER NOT NULL, shuffle INTEGER NOT NULL,
    name TEXT, full_name TEXT, parent TEXT, doc TEXT COLLATE NOCASE, date TEXT, party TEXT, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS object_id ON object (company, entity, id);
CREATE INDEX IF NOT EXISTS object_updated ON object (company, entity, updated, shuffle);
DROP INDEX IF EXISTS object_created;
-- With the rowid that every index ends in: newest first, without sorting what was made in one second.
CREATE INDEX IF NOT EXISTS object_made ON object (company, entity, created);
CREATE INDEX IF NOT EXISTS object_shuffle ON object (company, entity, active, shuffle);
CREATE INDEX IF NOT EXISTS object_name ON object (company, entity, name) WHERE name IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_full_name ON object (company, entity, full_name) WHERE full_name IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_parent ON object (company, entity, parent) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_doc ON object (company, entity, doc) WHERE doc IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_date ON object (company, entity, date) WHERE date IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_party ON object (company, entity, party) WHERE party IS NOT NULL;
-- Answers that are given again for the same requestid (in a batch: requestid and bId).
CREATE TABLE IF NOT EXISTS replay (company INTEGER NOT NULL, requestid TEXT NOT NULL, bid TEXT NOT NULL, at REAL NOT NULL, digest TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS replay_key ON replay (company, requestid, bid);
CREATE TABLE IF NOT EXISTS app (client_id TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS consent (code TEXT PRIMARY KEY, client_id TEXT NOT NULL, realm TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL, expires REAL NOT NULL, grant_key INTEGER);
CREATE TABLE IF NOT EXISTS "grant" (key INTEGER PRIMARY KEY, client_id TEXT NOT NULL, realm TEXT NOT NULL, scope TEXT NOT NULL,
    began REAL NOT NULL, refresh TEXT NOT NULL, rotated REAL NOT NULL, expires REAL NOT NULL,
    superseded TEXT NOT NULL DEFAULT '', revoked INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS grant_refresh ON "grant" (refresh);
CREATE TABLE IF NOT EXISTS access (token TEXT PRIMARY KEY, grant_key INTEGER NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS journal (n INTEGER PRIMARY KEY, realm TEXT NOT NULL, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meter (client_id TEXT NOT NULL, realm TEXT NOT NULL, month TEXT NOT NULL,
    core INTEGER NOT NULL, coreplus INTEGER NOT NULL, PRIMARY KEY (client_id, realm, month));
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
