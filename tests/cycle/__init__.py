"""The engine against the emulator, whole cycles at a time; no socket, and time is the clock that the test turns."""
