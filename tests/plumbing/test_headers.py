"""What every answer carries, whoever asked for whatever."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.visits import Visitor


@pytest.mark.parametrize(
    "origin", ["https://[::1", "null", "https://localhost.evil.example", "://", "javascript:x"]
)
def test_an_origin_that_is_none_or_not_ours_is_refused_and_breaks_nothing(app: Flask, origin: str) -> None:
    answer = app.test_client().post("/masuk", headers={"Origin": origin})
    assert (answer.status_code, answer.headers.get("X-Refusal")) == (400, "csrf")


@pytest.mark.parametrize(
    "path", ["/", "/akun", "/nope", "/rapat/99999", "/keluar?x=1", "/healthz", "/orang/1/hubungi"]
)
def test_no_cache_that_others_share_keeps_an_answer(ani: Visitor, path: str) -> None:
    told = ani.client.get(path).headers["Cache-Control"]
    assert "private" in told and "no-cache" in told


def test_nor_an_answer_to_a_form(ani: Visitor) -> None:
    for path in ("/ganti-pin", "/check-in", "/rapat/baru", "/masuk"):
        assert "private" in ani.post(path, {"x": "1"}, 422).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/rapat//1", "/rapat", "/cakupan//31.73", "/wilayah/", "/%2f%2fevil"])
def test_nobody_is_sent_to_the_host_that_the_request_has_named(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("path", ["/masuk", "/", "/healthz", "/nope", "/kalender/x.ics"])
def test_a_host_that_is_none_of_ours_gets_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["simpul.example.org"])
    answer = app.test_client().get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400 and "evil.example" not in answer.get_data(as_text=True)
    ours = app.test_client().get("/masuk", headers={"Host": "simpul.example.org"})
    assert ours.status_code == 200
