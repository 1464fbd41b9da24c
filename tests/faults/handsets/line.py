"""The line between a phone and the server: it carries everything, and does to what the phone sends as it was told."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = 1 << 16
SENDING = "/kirim"
SET_COOKIE = re.compile(rb"\r\nSet-Cookie:[^\r]*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """One request as it came. `at`: seconds on a clock that only goes forward."""

    method: str
    target: str
    head: bytes
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def items(self) -> list[str]:
        """The ids of what it carries, if it is a batch."""
        return [item["id"] for item in json.loads(self.body).get("items", ())]

    @property
    def is_sending(self) -> bool:
        """Whether it brings something to the server, and is no page."""
        return self.method == "POST" and self.target.startswith(SENDING)


Fate = Callable[["Line", Asked, socket.socket], None]


class Line:
    """A proxy, one request a connection. `fate` is what becomes of a sending; everything else passes.

    `sendings` are those that came, in their order; `open` closes the line altogether when it is cleared, and without
    `cookies` none that the server sets gets through, however late its answer comes.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream, self.fate = upstream, passed
        self.sendings: list[Asked] = []
        self.open = self.cookies = True
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self.listener.getsockname()[1])
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where phones find the server."""
        return f"http://127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                phone, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        with phone, suppress(OSError):
            asked = _read(phone)
            if asked is None:
                return
            if asked.is_sending:
                self.sendings.append(asked)
            if not self.open:
                reset(self, asked, phone)
            else:
                (self.fate if asked.is_sending else passed)(self, asked, phone)


def forward(line: Line, asked: Asked, most: int | None = None) -> bytes:
    """Let the server have it, or only the first `most` bytes of its body; the server's answer."""
    with socket.create_connection(("127.0.0.1", line.upstream), timeout=60) as server:
        server.sendall(asked.head + asked.body[:most])
        if most is not None:
            server.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := server.recv(PIECE):
            answer += piece
        return answer if line.cookies else SET_COOKIE.sub(b"", answer)


# --- fates ----------------------------------------------------------------------------------------------
def passed(line: Line, asked: Asked, phone: socket.socket) -> None:
    """It goes through, and so does the answer."""
    phone.sendall(forward(line, asked))


def says(status: str, body: bytes = b"", kind: str = "text/html", **headers: object) -> Fate:
    """Somebody on the way answers instead of the server."""
    rows = {"Content-Type": kind, "Content-Length": len(body), "Connection": "close", **headers}
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in rows.items())
    whole = f"HTTP/1.1 {status}\r\n{told}\r\n".encode() + body

    def answer(_line: Line, _asked: Asked, phone: socket.socket) -> None:
        phone.sendall(whole)

    return answer


def reset(_line: Line, _asked: Asked, phone: socket.socket) -> None:
    """The connection breaks before the server has heard of it."""
    phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def lost(line: Line, asked: Asked, phone: socket.socket) -> None:
    """The server has taken it, and no byte of its answer comes back."""
    forward(line, asked)
    reset(line, asked, phone)


def cut(line: Line, asked: Asked, phone: socket.socket) -> None:
    """The server has taken it, and the answer ends in the middle of its body."""
    answer = forward(line, asked)
    begin = answer.index(b"\r\n\r\n") + 4
    phone.sendall(answer[: begin + (len(answer) - begin) // 2])


def hang(line: Line, _asked: Asked, _phone: socket.socket) -> None:
    """Nobody ever answers."""
    line.over.wait(60)


def too_large(most: int) -> Fate:
    """A proxy that takes no body with more than `most` items in it."""
    refusal = says("413 Payload Too Large", b"<html>too large</html>")

    def answer(line: Line, asked: Asked, phone: socket.socket) -> None:
        (refusal if len(asked.items) > most else passed)(line, asked, phone)

    return answer


def _read(phone: socket.socket) -> Asked | None:
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        piece = phone.recv(PIECE)
        if not piece:
            return None
        buffer += piece
    head, _, body = buffer.partition(b"\r\n\r\n")
    rows = [row for row in head.split(b"\r\n") if not row.lower().startswith(b"connection:")]
    length = next((int(row[15:]) for row in rows if row.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = phone.recv(PIECE)
        if not piece:
            return None
        body += piece
    method, target, _ = rows[0].decode().split(" ")
    return Asked(method, target, b"\r\n".join([*rows, b"Connection: close", b"", b""]), body)


@contextmanager
def line_to(upstream: int) -> Iterator[Line]:
    """A line to the server on `upstream`."""
    line = Line(upstream)
    threading.Thread(target=line.listen, daemon=True).start()
    try:
        yield line
    finally:
        line.over.set()
        line.listener.close()
