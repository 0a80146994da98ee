"""How many reads one core answers over HTTP, counted in the server's own processor time, so that a busy machine changes nothing."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.unit.emulator.test_server import Running

#: Reads by id that one core has to answer in a second.
READS_A_SECOND = 900
CONNECTIONS = 8
#: The best of so many rounds counts: the others tell of the machine's other work.
ROUNDS = 6


def seconds_used(pid: int) -> float:
    """Processor time of all threads of a process."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def connections(url: str) -> Iterator[dict[int, socket.socket]]:
    """Kept-alive connections, by their file numbers."""
    host = urlsplit(url)
    with ExitStack() as stack:
        made = [stack.enter_context(socket.create_connection((host.hostname, host.port), timeout=10)) for _ in range(CONNECTIONS)]
        yield {each.fileno(): each for each in made}


def asked(open_: dict[int, socket.socket], request: bytes, seconds: float) -> int:
    """Ask on every connection, again and again; how many whole answers came."""
    poll = select.poll()
    for number, each in open_.items():
        poll.register(number, select.POLLIN)
        each.sendall(request)
    parts, waiting, count, end = dict.fromkeys(open_, b""), set(open_), 0, time.monotonic() + seconds
    while waiting:
        for number, _ in poll.poll(10_000):
            parts[number] += open_[number].recv(65536)
            if not whole(parts[number]):
                continue
            assert parts[number].startswith(b"HTTP/1.1 200"), parts[number][:300]
            parts[number], count = b"", count + 1
            if time.monotonic() < end:
                open_[number].sendall(request)
            else:
                waiting.discard(number)
    return count


def whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
    return bool(end) and length is not None and len(body) >= length


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time is read from /proc")
def test_one_core_answers_900_reads_by_id_a_second():
    running = Running("--port", "0", "--company", "demo", "--switches", '{"quotas": false}')
    try:
        base = urlsplit(f"{running.sign_in()}/customer/1")
        token = running.session.headers["Authorization"]
        request = f"GET {base.path} HTTP/1.1\r\nHost: {base.netloc}\r\nAuthorization: {token}\r\nAccept: application/json\r\n\r\n".encode()
        rates = []
        with connections(running.url) as open_:
            asked(open_, request, 0.2)
            for _ in range(ROUNDS):
                before = seconds_used(running.process.pid)
                count = asked(open_, request, 0.4)
                rates.append(count / max(0.01, seconds_used(running.process.pid) - before))
        assert max(rates) >= READS_A_SECOND, rates
    finally:
        running.close()
