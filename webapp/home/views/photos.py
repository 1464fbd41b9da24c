"""Photos come in on their own: in parts of 64 KiB, as often as it takes, known by the hash of their bytes."""

from __future__ import annotations

import logging
import re

from flask import Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.home.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing import files
from webapp.plumbing.doors import writing_again
from webapp.plumbing.fields import row_number
from webapp.plumbing.files import REFUSED, UNFINISHED, Blob, NoHands, NotYet, StoreAway, TooMany
from webapp.plumbing.refusal import NotThere

log = logging.getLogger(__name__)
SHA256 = re.compile(r"[0-9a-f]{64}")
LATER_SECONDS = {202: 10, 429: 3600, 503: 30}
NOT_SERVED = _l("Anda belum bertugas, jadi foto belum bisa dikirim. Hubungi koordinator Anda.")
Answer = tuple[Response, int, dict[str, str]]


@room.get("/kirim/foto/<string:sha256>", needs=Permission.SIGNED_IN)
def photo(sha256: str) -> Answer:
    """How much of one's own photo is here: where the phone goes on. Nothing is judged for it."""
    refused = _refused(sha256)
    if refused:
        return refused
    return _told(sha256, files.find(viewer().person_id, sha256))


@room.post("/kirim/foto/<string:sha256>", needs=Permission.SIGNED_IN, writing=False)
def take_photo(sha256: str) -> Answer:
    """Take the bytes from `mulai` on of a photo of `panjang` bytes."""
    refused = _refused(sha256)
    if refused:
        return refused
    if not viewer().served:
        return jsonify(sha256=sha256, have=0, state=REFUSED, reason=str(NOT_SERVED)), 200, {}
    part = _part()
    begins_at, total = _number("mulai"), _number("panjang")
    if part is None:
        return _no(_("Potongan foto ini terlalu besar. Perbarui aplikasi lalu coba lagi."), 413)
    if begins_at is None or not total:
        return _no(_("Potongan foto ini tidak terbaca. Perbarui aplikasi lalu coba lagi."), 422)
    try:
        with writing_again(Permission.SIGNED_IN, counted=False):
            blob = files.take(viewer().person_id, sha256, begins_at, total, part)
    except TooMany as many:
        return _no(many.says, 429)
    return _judged(sha256, blob)


def _judged(sha256: str, blob: Blob) -> Answer:
    """The state of a photo after something came of it; who finds it whole lets it be judged."""
    me = viewer().person_id
    try:
        return _told(
            sha256,
            files.judge(me, sha256, lambda: writing_again(Permission.SIGNED_IN, counted=False)) or blob,
        )
    except NotYet:
        return _no(_("Foto ini sedang diperiksa. Simpul mencoba lagi nanti."), 503)
    except (StoreAway, NoHands) as fault:
        log.error("a photo cannot be judged: %s", fault)
        return _no(_("Foto belum bisa disimpan di server. Simpul mencoba lagi nanti."), 503)


def _told(sha256: str, blob: Blob | None) -> Answer:
    """The state of a photo. 202: all is here, and nobody has judged it yet."""
    if blob is None:
        return jsonify(sha256=sha256, have=0, state=UNFINISHED, reason=None), 200, {}
    told = jsonify(sha256=sha256, have=blob.have, state=blob.state, reason=blob.reason)
    return (told, 202, _later(202)) if files.is_there(blob) else (told, 200, {})


def _refused(sha256: str) -> Answer | None:
    """Nothing is taken for whoever is not the one who is signed in. Raises `NotThere` for what is no hash."""
    if not SHA256.fullmatch(sha256):
        raise NotThere
    if request.args.get("user", str(viewer().person_id)) == str(viewer().person_id):
        return None
    return _no(_("HP ini dipakai orang lain. Masuk dengan akun Anda untuk mengirim foto Anda."), 401)


def _part() -> bytes | None:
    """The bytes that came; None when there are too many."""
    try:
        part = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None
    return part if len(part) <= files.PART_BYTES else None


def _number(name: str) -> int | None:
    """A number of bytes from the address; None for anything else."""
    text = request.args.get(name, "")
    return 0 if text == "0" else row_number(text)


def _no(says: str, status: int) -> Answer:
    return jsonify(error=says), status, _later(status)


def _later(status: int) -> dict[str, str]:
    return {"Retry-After": str(LATER_SECONDS[status])} if status in LATER_SECONDS else {}
