"""A local QuickBooks Online: one object that answers requests, a server and a `requests` transport as its faces.

emulator = Emulator()
company = emulator.add_company("demo")
tokens = emulator.connect(company.realm)
session = requests.Session()
session.mount("https://", EmulatorAdapter(emulator))
"""

from __future__ import annotations

from syncengine.emulator.adapter import EmulatorAdapter
from syncengine.emulator.core import Emulator
from syncengine.emulator.http import ConnectionDropped, Request, Response

__all__ = ["ConnectionDropped", "Emulator", "EmulatorAdapter", "Request", "Response"]
