-- Numbers that are given out within a company beside those of objects (of addresses).
CREATE TABLE IF NOT EXISTS counter (
    company INTEGER NOT NULL,
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (company, name)
) WITHOUT ROWID;
