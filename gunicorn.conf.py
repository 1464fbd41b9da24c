"""How gunicorn serves Simpul; read by `gunicorn --config gunicorn.conf.py wsgi:app`.

Threads, not processes, carry the slow phones: 32 of them may hang on a bad line while the others work. In front of
many users put a buffering proxy and set TRUSTED_PROXIES to the number of hops that it makes.
"""

import contextlib
import ctypes
import gc
import os
import re
from pathlib import Path

from gunicorn.glogging import Logger

ONE_HEAP = -8  # M_ARENA_MAX of malloc.h

# Unless it is told otherwise, only this machine reaches it: a demo publishes its passwords, and whoever reaches the
# port of an application that believes a proxy writes forwarded headers of their own.
host = os.environ.get("BIND") or "127.0.0.1"
bind = f"{host}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 32
worker_connections = 1200  # open lines a worker keeps, most of them idle
backlog = 2048
preload_app = False  # every worker opens its own database connections

keepalive = 20  # s; a phone's next tap usually comes sooner, and a new connection costs it a second on 3G
timeout = 60  # s without a sign of life from a worker
graceful_timeout = 20
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# Forwarded headers count only when we were told of a proxy; how many hops is judged by the app.
forwarded_allow_ips = "*" if int(os.environ.get("TRUSTED_PROXIES") or 0) else ""

control_socket_disable = True  # it would write under $HOME
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = (
    "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)s"  # no address of a person, nothing that was searched; ms
)
errorlog = "-"


ADDRESS = re.compile(r"\bip=\S+?(?=:?(?:\s|$))")


def _say_less(record):
    """Said of a request, in a worker: the master writes no such line, and must not hold code of a version."""
    told = record.getMessage()
    if "request" in told.lower():
        from webapp.plumbing.logs import discreet

        record.msg, record.args = discreet(ADDRESS.sub("ip=[alamat]", told)), ()
    return True


class logger_class(Logger):  # noqa: N801 - the setting's own name
    """Keeps secret addresses, and those of people, out of the logs."""

    def setup(self, cfg):
        """Also what gunicorn itself says of a request that it cannot read, or that failed."""
        super().setup(cfg)
        self.error_log.addFilter(_say_less)

    def atoms(self, *told):
        """What a line may hold, without secrets. Asked in the worker: the master must not hold code of a version."""
        from webapp.plumbing.logs import without_secrets

        atoms = super().atoms(*told)
        return {name: without_secrets(x) if isinstance(x, str) else x for name, x in atoms.items()}


loglevel = (os.environ.get("LOG_LEVEL") or "info").lower()


def post_worker_init(worker):
    """Hold less memory: one heap for all threads (glibc gives each its own), and start-up left out of every sweep."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(ONE_HEAP, 1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
