"""A bad line: it carries the request, and sometimes hangs up instead of carrying the whole answer."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class BadLine:
    """A TCP proxy for clients with one request a connection. `seen` counts what became of their answers.

    passed: whole; swallowed: no byte of it; cut: some bytes of it, headers or body; deaf: it hung up on the server
    as soon as the request was out, so that nobody was there to take the answer.
    """

    def __init__(self, upstream: int, dice: random.Random, share: float) -> None:
        self.upstream, self.dice, self.share = upstream, dice, share
        self.seen: Counter[str] = Counter()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self.listener.getsockname()[1])

    @property
    def lost(self) -> int:
        """How many answers did not come through."""
        return self.seen.total() - self.seen["passed"]

    def listen(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                phone, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        fate = (
            self.dice.choice(("swallowed", "cut", "cut", "deaf"))
            if self.dice.random() < self.share
            else "passed"
        )
        self.seen[fate] += 1
        with (
            phone,
            suppress(OSError),
            socket.create_connection(("127.0.0.1", self.upstream), timeout=60) as server,
        ):
            server.sendall(_whole(phone))
            if fate == "deaf":
                return
            answer = _whole(server)
            most = {"passed": len(answer), "swallowed": 0}.get(fate)
            phone.sendall(answer[: self.dice.randrange(1, len(answer)) if most is None else most])


def _whole(line: socket.socket) -> bytes:
    """One HTTP message with its Content-Length."""
    buffer = b""
    while True:
        head, end, body = buffer.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            return buffer
        piece = line.recv(1 << 16)
        if not piece:
            return buffer
        buffer += piece


def _length(head: bytes) -> int:
    for row in head.lower().split(b"\r\n"):
        if row.startswith(b"content-length:"):
            return int(row[15:])
    return 0


@contextmanager
def bad_line(upstream: int, dice: random.Random, share: float = 0.5) -> Iterator[BadLine]:
    """A bad line in front of `upstream` that swallows `share` of the answers."""
    line = BadLine(upstream, dice, share)
    threading.Thread(target=line.listen, daemon=True).start()
    try:
        yield line
    finally:
        line.listener.close()
