"""Every cause of the catalogue, provoked in the emulator and followed through its cycles to its end."""
