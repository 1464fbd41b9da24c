"""The outbox page as the server gives it: empty, everybody's own, and the same words for every phone."""

from __future__ import annotations

from tests.visits import Visitor


def test_the_page_names_its_owner_and_holds_nobodys_rows(budi: Visitor, ani: Visitor) -> None:
    for visitor in (budi, ani):
        page = visitor.get("/antrean")
        assert page.words("h1") == "Antrean"
        assert visitor.actor is not None
        assert f"Milik {visitor.actor.name} di HP ini" in page.words(".top")
        assert not page.soup.select("main li:not(template li)")


def test_nothing_is_said_of_what_only_the_phone_knows(budi: Visitor) -> None:
    page = budi.get("/antrean")
    for part in ("#note", "#undone", "#day", "#older", "#empty", "#aksi"):
        assert page.one(part).has_attr("hidden"), part
    assert "JavaScript" in page.words("noscript")


def test_every_page_leads_there(budi: Visitor) -> None:
    assert budi.get("/lainnya").one("#net")["href"] == "/antrean"
    assert "/antrean" in {link["href"] for link in budi.get("/lainnya").soup.select("main a")}


def test_phones_keep_the_page(budi: Visitor) -> None:
    assert budi.get("/antrean").headers["X-Simpul-Keep"] == "1"


def test_a_stranger_is_sent_to_the_sign_in(stranger: Visitor) -> None:
    assert "/masuk" in stranger.get("/antrean", 302).headers["Location"]
