"""A refusal: a rule says no, in the sentence that the user reads."""

from __future__ import annotations


class Refusal(Exception):
    """Raised by rules. `says` is the whole Indonesian sentence: what happened and how to go on."""

    says = ""
    status = 422
    field: str | None = None

    def __init__(self, says: str = "", *, field: str | None = None) -> None:
        super().__init__(says or self.says)
        self.says = says or self.says
        self.field = field or self.field


class NotThere(Refusal):
    """Out of the viewer's scope, or gone: the same answer for both, never a hint."""

    says = "Data ini tidak ditemukan. Kembali ke daftar dan pilih lagi."
    status = 404
