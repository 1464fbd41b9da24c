"""The trail speaks in sentences: no English, no value of Python, no code, no number of a row."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.cast import ANI, BUDI, CENGKARENG, DEWI, KAPUK, TOMANG
from tests.clock import NOW, TODAY
from tests.visits import Visitor
from webapp.people.figures import acts
from webapp.people.models import AuditEntry, Group
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import date_words, day_short, hour
from webapp.plumbing.database import db

WEBAPP = Path(acts.__file__).parents[2]
OFFICE = {"mandate": 7000070, "role": "coordinator", "region_code": CENGKARENG}
GROUP = 7000071
LAST, AT = TODAY + timedelta(days=19), f"{day_short(NOW)} {hour(NOW)}"


def told(app: Flask, act: str, before: Any = None, after: Any = None, **more: Any) -> None:
    row = {"subject": "person", "subject_id": BUDI.id, "region_code": KAPUK, "actor_id": DEWI.id} | more
    with app.app_context(), everywhere("an entry is written"):
        db.session.add(AuditEntry(at=NOW, act=act, before=before, after=after, **row))
        db.session.commit()
        db.session.remove()


def line(dewi: Visitor) -> str:
    return dewi.get("/jejak").words("main li:first-child .who")


@pytest.mark.parametrize(
    ("act", "before", "after", "says"),
    [
        (
            "mandate.grant", None, OFFICE | {"since": str(TODAY), "until": None},
            f"Memberi tugas Koordinator Cengkareng · Budi Santoso {AT} · Dewi Anggraini · Kapuk "
            f"Mulai: {date_words(TODAY)}",
        ),
        (
            "mandate.open", OFFICE | {"until": str(LAST)}, OFFICE | {"until": None},
            f"Membuka lagi tugas Koordinator Cengkareng · Budi Santoso {AT} · Dewi Anggraini · Kapuk "
            f"Hari terakhir: {date_words(LAST)} menjadi tanpa batas",
        ),
        (
            "account.off", {"active": True}, {"active": False},
            f"Menonaktifkan akun · Budi Santoso {AT} · Dewi Anggraini · Kapuk",
        ),
        (
            "account.create", None, {"secret": "password"},
            f"Membuat akun · Budi Santoso {AT} · Dewi Anggraini · Kapuk Masuk dengan: kata sandi",
        ),
        (
            "person.change", {"name": "•", "region_code": KAPUK, "birth_year": None},
            {"name": "•", "region_code": TOMANG, "birth_year": "•"},
            f"Mengubah data · Budi Santoso {AT} · Dewi Anggraini · Kapuk "
            "Wilayah: Kapuk menjadi Tomang Tahun lahir diganti",
        ),
        (
            "something.new", {"secret_plan": True, "role": "chief", "until": "soon"}, {"secret_plan": 7000070},
            f"Mengubah data · Budi Santoso {AT} · Dewi Anggraini · Kapuk",
        ),
    ],
)  # fmt: skip
def test_an_act_is_a_sentence(
    app: Flask, dewi: Visitor, act: str, before: Any, after: Any, says: str
) -> None:
    told(app, act, before, after)
    assert line(dewi) == says
    assert says.replace(" · Budi Santoso", "") in dewi.get(f"/pengguna/{BUDI.id}").words("main")


def test_who_counted_and_which_group_are_names(app: Flask, dewi: Visitor) -> None:
    with app.app_context(), everywhere("a group is founded"):
        db.session.add(Group(id=GROUP, region_code=KAPUK, name="Relawan Kapuk", search_name="relawan kapuk",
                             created_at=NOW, created_by=ANI.id))  # fmt: skip
        db.session.commit()
        db.session.remove()
    told(app, "group.join", None, {"group": GROUP})
    assert line(dewi).startswith("Memasukkan ke simpul Relawan Kapuk · Budi Santoso")
    told(app, "group.rename", subject="group", subject_id=GROUP)
    assert line(dewi).startswith("Mengganti nama simpul · Relawan Kapuk")
    heads = {"head_count": 41, "counted_by": ANI.id}, {"head_count": 43, "counted_by": DEWI.id}
    told(app, "sheet.heads", *heads, subject="sheet", subject_id=7000072)
    assert line(dewi) == (
        f"Menghitung orang di lembar · daftar hadir {AT} · Dewi Anggraini · Kapuk "
        "Jumlah orang: 41 menjadi 43 Dihitung oleh: Ani Lestari menjadi Dewi Anggraini"
    )
    assert "70000" not in dewi.get("/jejak").words("main")


def test_somebody_who_is_gone_is_no_number(app: Flask, dewi: Visitor) -> None:
    told(app, "pin.reset", subject_id=7000073)
    told(app, "other.thing", subject="boat", subject_id=7000074)
    page = dewi.get("/jejak").words("main")
    assert "orang yang sudah dihapus" in page and "70000" not in page and "boat" not in page


def written(path: Path) -> set[str]:
    """Acts that a file of rules writes into the trail, by their texts."""
    source = path.read_text()
    if "trail.note(" not in source and "rules.trail import" not in source:
        return set()
    texts = [one.value for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z]+", text)}


def test_every_act_that_is_written_has_a_sentence() -> None:
    found = set().union(*(written(path) for path in WEBAPP.glob("*/rules/**/*.py")))
    assert len(found) >= 20 and found <= set(acts.ACTS), found - set(acts.ACTS)
