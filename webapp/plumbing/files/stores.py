"""Where files are kept: a folder, or a bucket that speaks S3. Keys are ours, never a name that somebody sent."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from flask import Flask, current_app

KEY = re.compile(r"[0-9a-z]{2,40}(/[0-9a-z]{1,40}){0,2}(\.[0-9a-z]{1,5})?")


class StoreAway(Exception):
    """The storage does not answer, or has no room left; whoever sends should try again later."""


class Store(Protocol):
    """What a storage can do. Each raises `StoreAway` when it cannot."""

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`, all of it or nothing; what stood there before is replaced."""
        ...

    def get(self, key: str) -> bytes | None:
        """What is kept under `key`; None when there is nothing."""
        ...

    def delete(self, key: str) -> None:
        """Forget it; nothing to forget is fine."""
        ...


class Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, content: bytes) -> None:
        """Written beside, flushed to the disk, then put in place: nobody ever reads a half."""
        path = self._path(key)
        half = path.with_name(f".{uuid4().hex}.half")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            with half.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
            _flush(path.parent)
        except OSError as fault:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise StoreAway(str(fault)) from fault

    def get(self, key: str) -> bytes | None:
        """What the file holds."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise StoreAway(str(fault)) from fault

    def delete(self, key: str) -> None:
        """Unlink it."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as fault:
            raise StoreAway(str(fault)) from fault

    def _path(self, key: str) -> Path:
        return self.root / checked(key)


class Bucket:
    """A bucket of S3, or of anything that obstore knows; `inner` is one of its stores."""

    def __init__(self, inner: Any, prefix: str = "") -> None:
        self.inner = inner
        self.prefix = prefix

    def put(self, key: str, content: bytes) -> None:
        """One object, replaced as a whole."""
        self._ask("put", key, content)

    def get(self, key: str) -> bytes | None:
        """What the object holds."""
        try:
            return bytes(self._ask("get", key).bytes())
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Delete the object."""
        with suppress(FileNotFoundError):
            self._ask("delete", key)

    def _ask(self, what: str, key: str, *more: Any) -> Any:
        place = self.prefix + checked(key)
        try:
            return getattr(self.inner, what)(place, *more)
        except FileNotFoundError:
            raise
        except Exception as fault:  # obstore has a class of its own for every way to fail
            raise StoreAway(type(fault).__name__) from fault


def open_store(url: str) -> Store:
    """`file:///path` is a folder, made when the first file comes; `s3://bucket/prefix` a bucket."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Folder(Path(unquote(parts.path)))
    return Bucket(_s3(parts.netloc), parts.path.strip("/") + "/" if parts.path.strip("/") else "")


def connect(app: Flask, url: str) -> None:
    """Let `app` keep its files at `url`."""
    app.extensions["files"] = open_store(url)


def store() -> Store:
    """Where this application keeps its files."""
    kept: Store = current_app.extensions["files"]
    return kept


def checked(key: str) -> str:
    """A key of ours; ValueError for anything else, so that no path is ever built of what somebody sent."""
    if not KEY.fullmatch(key):
        raise ValueError("not a key of ours")
    return key


def _s3(bucket: str) -> Any:
    """Region, endpoint and keys come from the usual AWS_* variables."""
    from obstore.store import S3Store

    return S3Store(
        bucket,
        client_options={"timeout": "20s", "allow_http": _plain_http()},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )


def _plain_http() -> bool:
    return os.environ.get("AWS_ENDPOINT_URL", os.environ.get("AWS_ENDPOINT", "")).startswith("http://")


def _flush(folder: Path) -> None:
    """A rename survives a power cut only when its folder is flushed too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
