"""A face for people: plain pages over the emulator's companies, drawn on the server and answered on loopback only."""
