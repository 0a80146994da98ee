"""What runs beside the dashboard: the worker that syncs, the supervisor over both, and the bundled emulator."""
