"""The store: what was scanned and found, in SQLite or PostgreSQL."""
