"""A picture of ours as an answer: only what we have drawn, in a box in which nothing runs."""

from __future__ import annotations

from flask import Response, make_response, request

from webapp.plumbing import files
from webapp.plumbing.files import COMPLETE, Blob, StoreAway
from webapp.plumbing.refusal import NotThere, Refusal

HEADERS = {
    "Content-Type": "image/jpeg",
    "Content-Disposition": "inline; filename=foto.jpg",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=86400",
}


class NotNow(Refusal):
    """The storage does not answer."""

    says = "Foto ini belum bisa dibuka. Coba lagi sebentar lagi."
    status = 503


def picture(blob: Blob) -> Response:
    """The picture of a file whose reader was judged; `?kecil=1` the small one of a list. Raises `NotThere`."""
    if blob.state != COMPLETE:
        raise NotThere
    response = make_response(_stored(blob), HEADERS)
    response.set_etag(blob.key.rpartition("/")[2])
    response.make_conditional(request)
    return response


def _stored(blob: Blob) -> bytes:
    key = files.small(blob.key) if request.args.get("kecil") else blob.key
    try:
        kept = files.store().get(key)
    except StoreAway as away:
        raise NotNow from away
    if kept is None:
        raise NotThere
    return kept
