"""QuickBooks clients that nobody here wrote, as they are published, against the emulator's real server."""
