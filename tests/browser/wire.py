"""One phone's wire to the server, to be cut and joined: no test depends on how a browser plays offline."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page

PIECE = 1 << 16
RESET = struct.pack("ii", 1, 0)


class Wire:
    """Carries bytes both ways between a port of its own and the server at `url`, until it is cut."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self.server = (there.hostname or "127.0.0.1", there.port or 80)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.whole = True
        self.ends: set[socket.socket] = set()
        self.guard = threading.Lock()

    def cut(self) -> None:
        """From here on nothing gets through, what is under way included."""
        with self.guard:
            self.whole = False
            for end in self.ends:
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    end.shutdown(socket.SHUT_RDWR)

    def join(self) -> None:
        """Let everything through again."""
        with self.guard:
            self.whole = True

    def listen(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                phone, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        with suppress(OSError), phone, socket.create_connection(self.server) as server:
            with self.guard:
                if not self.whole:
                    phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    return
                self.ends |= {phone, server}
            back = threading.Thread(target=_pump, args=(server, phone), daemon=True)
            back.start()
            _pump(phone, server)
            back.join()
            with self.guard:
                self.ends -= {phone, server}


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """A wire that lasts as long as the context."""
    wire = Wire(url)
    threading.Thread(target=wire.listen, daemon=True).start()
    try:
        yield wire
    finally:
        wire.listener.close()
        wire.cut()


WIRES: WeakKeyDictionary[BrowserContext, Wire] = WeakKeyDictionary()


def cut(page: Page) -> None:
    """This phone has no network from here on."""
    WIRES[page.context].cut()


def join(page: Page) -> None:
    """This phone has its network back; nobody tells it."""
    WIRES[page.context].join()
