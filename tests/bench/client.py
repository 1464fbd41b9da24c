"""A keep-alive HTTP client that loads a server from one thread and remembers how long each answer took.

Written here because the bench needs a new id in every POST and the 95th percentile, and because one client for both
sides is fairer than a fast one for reads and a slow one for writes. It costs about 20 µs a request, on both sides.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

Request = Callable[[], bytes]
PATIENCE = 20.0  # s until a silent connection counts as an error


@dataclass
class Result:
    """What one run of `hammer` saw. Seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    length: int = 0  # bytes of the last answer, head included

    @property
    def rate(self) -> float:
        """Good answers a second."""
        good = sum(count for status, count in self.statuses.items() if 200 <= status < 400)
        return good / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in seconds that `share` of the answers kept."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def bad(self) -> dict[int, int]:
        """Answers that were neither 2xx nor 3xx; 0 stands for none at all."""
        return {status: count for status, count in self.statuses.items() if not 200 <= status < 400}


class _Line:
    """One connection: it sends a request, reads the whole answer, and sends the next."""

    def __init__(self, address: tuple[str, int], make: Request, result: Result) -> None:
        self.address, self.make, self.result = address, make, result
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(self.address, timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.needed, self.status = b"", 0, 0

    def send(self) -> None:
        self.buffer, self.needed, self.status = b"", 0, 0
        request = self.make()
        self.since = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come; true when the answer is whole."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError
        self.buffer += piece
        if not self.needed:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._head(self.buffer[:end], end + 4)
        if self.needed < 0:
            return self.buffer.endswith(b"0\r\n\r\n")
        return len(self.buffer) >= self.needed

    def _head(self, head: bytes, start: int) -> None:
        self.status = int(head[9:12])
        lower = head.lower()
        at = lower.find(b"\r\ncontent-length:")
        if at >= 0:
            self.needed = start + int(lower[at + 17 :].split(b"\r\n", 1)[0])
        else:
            self.needed = start if self.status in (204, 304) else -1

    def done(self) -> None:
        self.result.latencies.append(time.perf_counter() - self.since)
        self.result.statuses[self.status] += 1
        self.result.length = len(self.buffer)

    def again(self) -> None:
        """After an error: note it, and go on with a new connection."""
        self.result.statuses[0] += 1
        self.socket.close()
        self.open()


def hammer(port: int, make: Request, *, connections: int, seconds: float) -> Result:
    """Keep `connections` busy with what `make` gives, for `seconds`."""
    result = Result()
    lines = [_Line(("127.0.0.1", port), make, result) for _ in range(connections)]
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.send()
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            for key, _ in waiting.select(timeout=1.0):
                _serve(key.data, waiting)
        result.seconds = time.perf_counter() - begin
    for line in lines:
        line.socket.close()
    return result


def _serve(line: _Line, waiting: selectors.BaseSelector) -> None:
    try:
        if not line.read():
            return
        line.done()
        line.send()
    except OSError:
        waiting.unregister(line.socket)
        line.again()
        waiting.register(line.socket, selectors.EVENT_READ, line)
        line.send()


def once(port: int, request: bytes) -> tuple[int, dict[str, list[str]], bytes]:
    """Send one request over a connection of its own: status, headers by lower-case name, body."""
    line = _Line(("127.0.0.1", port), lambda: request, Result())
    line.send()
    while not line.read():
        pass
    line.socket.close()
    head, _, body = line.buffer.partition(b"\r\n\r\n")
    headers: dict[str, list[str]] = {}
    for row in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = row.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    return line.status, headers, body


def request(method: str, path: str, body: bytes = b"", kind: str = "", **headers: str) -> bytes:
    """The bytes of a request as a phone's browser sends it. Header names are written with underscores."""
    rows = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Encoding: br",
        "Sec-Fetch-Site: same-origin",
    ]
    rows += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
    if method != "GET":
        rows += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join(rows).encode() + b"\r\n\r\n" + body
