"""The certificate of a completed training, on one page across, with a code that a public page verifies."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _

from webapp.plumbing.clock import date_words, now
from webapp.plumbing.paper.page import BLACK, GREY, LIGHT, MARGIN, Paper, Type

QR = 34.0
NAME, TRAINING = Type(30, bold=True, least=14), Type(17, bold=True)
HEADING, SAYS, SMALL = Type(24, bold=True), Type(12, grey=GREY), Type(9, grey=GREY)


def certificate_pdf(
    name: str,
    training: str,
    held_on: date,
    code: str,
    url: str,
    house: str = "Simpul",
    made_at: datetime | None = None,
) -> bytes:
    """Who completed what and when; `url` verifies `code`. `house`: the name above, of the organisation."""
    paper = Paper(_("Sertifikat %(training)s", training=training), made_at or now(), across=True)
    _frame(paper)
    _middle(paper, 26, house, Type(13, bold=True, least=8))
    _middle(paper, 40, _("SERTIFIKAT"), HEADING)
    _middle(paper, 56, _("diberikan kepada"), SAYS)
    _middle(paper, 66, name, NAME)
    paper.line(MARGIN + 60, 82, MARGIN + paper.width - 60, 82)
    _middle(paper, 87, _("yang telah menyelesaikan"), SAYS)
    y = _training(paper, 96, training)
    _middle(paper, y + 2, _("pada %(day)s", day=date_words(held_on)), SAYS)
    _proof(paper, code, url)
    return paper.content()


def _middle(paper: Paper, y: float, text: str, look: Type) -> None:
    paper.words(MARGIN + 15, y, text, look, paper.width - 30, "middle")


def _training(paper: Paper, y: float, training: str) -> float:
    """The title in at most three lines, smaller where it is long."""
    width = paper.width - 50
    for size in (17, 14, 12):
        look = TRAINING.at(size)
        lines = paper.lines(training, look, width, 3)
        if not lines[-1:] or not lines[-1].endswith("…"):
            break
    for line in lines:
        _middle(paper, y, line, look)
        y += look.height
    return y


def _frame(paper: Paper) -> None:
    height = paper.bottom - MARGIN
    paper.box(MARGIN, MARGIN, paper.width, height, grey=BLACK, thick=0.8)
    paper.box(MARGIN + 2, MARGIN + 2, paper.width - 4, height - 4, grey=LIGHT)


def _proof(paper: Paper, code: str, url: str) -> None:
    """The code to the left, what it is for beside it."""
    x, y = MARGIN + 14, paper.bottom - QR - 12
    paper.qr(x, y, QR, url)
    left, width = x + QR + 7, paper.width - QR - 40
    paper.words(left, y + 8, _("Nomor sertifikat"), SMALL)
    paper.words(left, y + 12, code, Type(11, bold=True, least=7), width)
    paper.block(left, y + 19, _("Pindai kode ini untuk memeriksa keasliannya, atau buka:"), SMALL, width, 1)
    paper.words(left, y + 23, url, Type(9, least=6), width)
