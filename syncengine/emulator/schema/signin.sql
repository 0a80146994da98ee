-- What an app's developer would set in Intuit's portal: a JSON object of name, redirect_uris, reconnect_url.
CREATE TABLE IF NOT EXISTS app_settings (client_id TEXT PRIMARY KEY, settings TEXT NOT NULL);
