"""The one shared database: engine, column types, migrations. Knows no table but `company`."""
