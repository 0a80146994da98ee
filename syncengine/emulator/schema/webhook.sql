-- Webhooks: who is told, what there is to tell, and what was sent.
-- `realm` is empty where all companies of the app are meant, `events` a JSON list of types, empty for all of them.
CREATE TABLE IF NOT EXISTS webhook_subscription (number INTEGER PRIMARY KEY AUTOINCREMENT, client_id TEXT NOT NULL, realm TEXT NOT NULL,
    url TEXT NOT NULL, verifier TEXT NOT NULL, format TEXT NOT NULL, events TEXT NOT NULL, blacklisted INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS webhook_subscription_place ON webhook_subscription (client_id, realm, url);
-- `delivery` is NULL while an event waits, 0 once it is lost. It is not told before `held`; at `due` it is told, and with it all
-- that is not held. Times are epoch seconds.
CREATE TABLE IF NOT EXISTS webhook_event (n INTEGER PRIMARY KEY AUTOINCREMENT, subscription INTEGER NOT NULL, delivery INTEGER,
    realm TEXT NOT NULL, zone TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, operation TEXT NOT NULL, deleted_id TEXT NOT NULL,
    at REAL NOT NULL, held REAL NOT NULL, due REAL NOT NULL, mischief TEXT NOT NULL, options TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS webhook_event_due ON webhook_event (subscription, due, n) WHERE delivery IS NULL;
CREATE INDEX IF NOT EXISTS webhook_event_object ON webhook_event (subscription, entity, id) WHERE delivery IS NULL;
CREATE INDEX IF NOT EXISTS webhook_event_delivery ON webhook_event (delivery) WHERE delivery IS NOT NULL;
-- `state` is open, delivered or given_up. A repeated delivery (`again`) holds nothing back. `wrong` attempts bear a false signature.
CREATE TABLE IF NOT EXISTS webhook_delivery (number INTEGER PRIMARY KEY AUTOINCREMENT, subscription INTEGER NOT NULL, state TEXT NOT NULL,
    again INTEGER NOT NULL, format TEXT NOT NULL, tid TEXT NOT NULL, created REAL NOT NULL, next REAL, tries INTEGER NOT NULL,
    wrong INTEGER NOT NULL, events INTEGER NOT NULL, mischief TEXT NOT NULL, attempts TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS webhook_delivery_open ON webhook_delivery (subscription, next) WHERE state = 'open';
