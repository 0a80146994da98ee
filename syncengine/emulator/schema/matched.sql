-- The transactions that a line of the bank feed is matched with.
CREATE TABLE IF NOT EXISTS matched (company INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (company, entity, id)) WITHOUT ROWID;
