"""The buffering proxy of deploy/ in front of the sync workers of deploy/, as far as one machine can have them."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.servers import ROOT, Server, serving
from tests.served import own_port

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SYNC = ("--worker-class", "sync", "--threads", "1")  # as deploy/simpul.service says
FRAME = """\
daemon off;
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/other;
    uwsgi_temp_path {folder}/other;
    scgi_temp_path {folder}/other;
{sites}
}}
"""


@contextmanager
def behind_the_proxy(environment: Mapping[str, str]) -> Iterator[tuple[int, Server]]:
    """The port of nginx with deploy/nginx.conf, without TLS, and the gunicorn behind it: two workers a core."""
    assert NGINX
    with tempfile.TemporaryDirectory(prefix="simpul-nginx-", dir="/tmp") as name:
        folder = Path(name)
        door = folder / "gunicorn.sock"
        workers = 2 * (os.cpu_count() or 1)
        with serving(
            "wsgi:app", {**environment, "TRUSTED_PROXIES": "1"}, workers=workers, told=SYNC, door=door
        ) as server:
            settings = folder / "nginx.conf"
            with own_port() as port:
                settings.write_text(plain_settings(folder, door, port))
                with subprocess.Popen([NGINX, "-c", settings, "-e", folder / "error.log"]) as nginx:
                    try:
                        _wait_until_open(nginx, port)
                        yield port, server
                    finally:
                        nginx.terminate()


def plain_settings(folder: Path, door: Path, port: int) -> str:
    """deploy/nginx.conf as it is, but for its addresses, its certificate, and modules that may be missing."""
    head, *servers = (ROOT / "deploy" / "nginx.conf").read_text().split("\nserver {")
    site = next(one for one in servers if "proxy_pass" in one)
    site = re.sub(r"^\s*(ssl_|brotli_|listen \[::\]).*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port} reuseport backlog=2048")
    site = site.replace("/var/log/nginx", str(folder)).replace("/srv/simpul", str(ROOT))
    head = head.replace("/run/simpul/gunicorn.sock", str(door))
    user = "user root;" if os.geteuid() == 0 else ""
    return FRAME.format(user=user, folder=folder, sites=f"{head}\nserver {{{site}")


def _wait_until_open(nginx: subprocess.Popen[bytes], port: int, patience: float = 10) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if nginx.poll() is not None:
            raise RuntimeError(f"nginx stopped at once, with code {nginx.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
