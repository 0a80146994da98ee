-- The bytes of attached files, and the mails that were sent; both go with what they belong to.
CREATE TABLE IF NOT EXISTS file (company INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL,
    mark TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (company, id));
CREATE UNIQUE INDEX IF NOT EXISTS file_mark ON file (company, mark);
CREATE TABLE IF NOT EXISTS mail (n INTEGER PRIMARY KEY, company INTEGER NOT NULL, at INTEGER NOT NULL, day TEXT NOT NULL,
    entity TEXT NOT NULL, id TEXT NOT NULL, line TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS mail_day ON mail (company, day);
CREATE TRIGGER IF NOT EXISTS file_deleted AFTER UPDATE OF deleted ON object WHEN NEW.deleted = 1 AND NEW.entity = 'Attachable'
    BEGIN DELETE FROM file WHERE company = NEW.company AND id = NEW.id; END;
