-- Double entry: one row per account that a transaction moves. Amounts are cents of the home currency, debit positive; the rows of one
-- transaction sum to 0. Quantities are in 1e-7 units: into stock for rows with `stock`, sold or bought for income and expense rows.
-- `stock`: 1 a receipt, whose value is given; 2 an issue, whose cost follows from the receipts and stands against the row n + 1 (0).
CREATE TABLE IF NOT EXISTS posting (company INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, date TEXT NOT NULL,
    account TEXT NOT NULL, amount INTEGER NOT NULL, name_type TEXT, name TEXT, class TEXT, department TEXT, item TEXT, quantity INTEGER,
    doc TEXT, memo TEXT, line TEXT, foreign_amount INTEGER, currency TEXT, stock INTEGER,
    PRIMARY KEY (company, entity, id, n)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS posting_account ON posting (company, account, date);
CREATE INDEX IF NOT EXISTS posting_date ON posting (company, date);
CREATE INDEX IF NOT EXISTS posting_name ON posting (company, name_type, name) WHERE name IS NOT NULL;
CREATE INDEX IF NOT EXISTS posting_stock ON posting (company, item, date) WHERE stock > 0;
-- What accounts and items began with, and counts of stock that differed; an object shows only what these come to.
CREATE TABLE IF NOT EXISTS opening (company INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, date TEXT NOT NULL,
    amount INTEGER NOT NULL, quantity INTEGER, PRIMARY KEY (company, entity, id, n)) WITHOUT ROWID;
-- Which account QuickBooks takes by itself for a purpose; settled at its first use, so that a renamed account goes on serving.
CREATE TABLE IF NOT EXISTS system_account (company INTEGER NOT NULL, role TEXT NOT NULL, account TEXT NOT NULL,
    PRIMARY KEY (company, role)) WITHOUT ROWID;
