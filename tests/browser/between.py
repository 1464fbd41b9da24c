"""Something between the phone and the server: it passes on, and on demand it lingers, answers itself, or changes what it passes.

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

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Between:
    """The address that the phone knows, and what happens on the way; keys are paths without a query."""

    url: str = ""
    seen: list[str] = field(default_factory=list)
    held: dict[str, threading.Event] = field(default_factory=dict)
    instead: dict[str, tuple[int, Mapping[str, str], str]] = field(default_factory=dict)
    changed: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)

    def hold(self, path: str) -> threading.Event:
        """Answers to `path` wait until the event is set."""
        self.held[path] = threading.Event()
        return self.held[path]


@contextmanager
def between(server: str) -> Iterator[Between]:
    """Listen on a port of its own, and pass on to `server`."""
    state = Between()
    target = urlsplit(server).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            state.seen.append(path)
            answer = self.ask() if path not in state.instead else state.instead[path]
            if path in state.held:
                state.held[path].wait(20)
            self.give(path, *answer)

        do_POST = do_GET

        def ask(self) -> tuple[int, Mapping[str, str], bytes]:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {**self.headers, "Accept-Encoding": "identity", "Connection": "close"}
            if urlsplit(self.path).path in state.changed:
                headers.pop("If-None-Match", None)
            line = http.client.HTTPConnection(target, timeout=30)
            try:
                line.request(self.command, self.path, body, headers)
                answer = line.getresponse()
                return answer.status, answer.headers, answer.read()
            finally:
                line.close()

        def give(self, path: str, status: int, headers: Mapping[str, str], body: bytes | str) -> None:
            raw = body.encode() if isinstance(body, str) else body
            raw = state.changed.get(path, bytes)(raw)
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        proxy.daemon_threads = True
        state.url = f"http://127.0.0.1:{proxy.server_address[1]}"
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield state
        proxy.shutdown()
