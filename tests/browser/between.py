"""Something between the phone and the server: it passes on; on demand it lingers, or answers in its place.

Playwright's own routes do not see what a browser fetches ahead for its worker, nor the worker itself.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.browser.patience import PATIENCE_MS

OF_THE_LINE = {"connection", "keep-alive", "transfer-encoding", "content-length"}
Answer = tuple[int, Mapping[str, str], bytes]


@dataclass
class Between:
    """The address that the phone knows, and what happens on the way; keys are paths without a query."""

    server: str
    url: str = ""
    seen: list[str] = field(default_factory=list)
    held: dict[str, threading.Event] = field(default_factory=dict)
    instead: dict[str, Answer] = field(default_factory=dict)
    changed: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)

    def hold(self, path: str) -> threading.Event:
        """Answers to `path` wait until the event is set."""
        self.held[path] = threading.Event()
        return self.held[path]

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The server's own answer; one that will be changed is asked for whole."""
        path = urlsplit(target).path
        if path in self.changed:
            headers.pop("If-None-Match", None)
        line = http.client.HTTPConnection(urlsplit(self.server).netloc, timeout=PATIENCE_MS / 1000)
        try:
            line.request(method, target, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers, self.changed.get(path, bytes)(answer.read())
        finally:
            line.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    way: Between

    def pass_on(self) -> None:
        """One request, there and back."""
        path = urlsplit(self.path).path
        self.way.seen.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {**self.headers, "Accept-Encoding": "identity", "Connection": "close"}
        answer = self.way.instead.get(path) or self.way.ask(self.command, self.path, headers, body)
        if path in self.way.held:
            self.way.held[path].wait(PATIENCE_MS / 1000)
        self.give(*answer)

    def give(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Write an answer, of known length."""
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in OF_THE_LINE:
                self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        """A phone that hangs up is nobody's fault."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    do_GET = do_POST = pass_on  # noqa: N815  the library's names


@contextmanager
def between(server: str) -> Iterator[Between]:
    """Listen on a port of its own, and pass on to `server`."""
    way = Between(server)
    handler = type("Handler", (_Handler,), {"way": way})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.daemon_threads = True
        way.url = f"http://127.0.0.1:{proxy.server_address[1]}"
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield way
        proxy.shutdown()
