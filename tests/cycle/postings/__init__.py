"""Each posting against the emulator, through whole cycles."""
