"""Templates: fragments have one root with their own name, and every word can be translated."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2] / "templates"
ALL = sorted(ROOT.rglob("*.html"))
FRAGMENTS = [path for path in ALL if path.name.startswith("_")]
SPOKEN = ("alt", "title", "aria-label", "placeholder")
SAME_EVERYWHERE = {"Simpul", "·", "English", "Simpul ·", "· Simpul", "WhatsApp"}
PASTED = {"tel": 400, "url": 1000}  # letters: a link that opens a chat, or a meeting
BODY = re.compile(r"\{% block body %\}.*?\{% endblock %\}")  # class names
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')  # what macros that write attributes leave behind
MADE_BY_A_MACRO = re.compile(r"\{\{ picker\(")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", FRAGMENTS, ids=ids(FRAGMENTS))
def test_a_fragment_says_what_it_needs_and_has_one_named_root(path: Path) -> None:
    source = path.read_text()
    assert re.match(r"\{#-? needs:", source), "the first line says what it needs"
    roots = {root.get("id") for root in _roots(source)}
    assert None not in roots, "a root without an id"
    if not MADE_BY_A_MACRO.search(source):
        assert len({_before_brace(root or "") for root in roots}) == 1, roots


def test_no_field_cuts_what_is_pasted_before_anybody_has_read_it() -> None:
    for path in ALL:
        for tag in re.findall(r"<input[^>]*>|\{\{ field\(.*?\) \}\}", path.read_text()):
            most = re.search(r'maxlength="?(\d+)', tag)
            least = next((signs for kind, signs in PASTED.items() if kind in tag), 40)
            assert most is None or int(most[1]) >= least, f"{path.name}: {tag}"


@pytest.mark.parametrize("path", ALL, ids=ids(ALL))
def test_every_word_on_the_screen_can_be_translated(path: Path) -> None:
    left = _Words()
    left.feed(JINJA.sub("", BODY.sub("", path.read_text())))
    assert not [words for words in left.found if words not in SAME_EVERYWHERE]


def test_every_form_of_every_template_is_left_to_us(app: Flask) -> None:
    read = {path: app.jinja_env.preprocess(path.read_text(), path.name) for path in ALL}
    assert sum(source.count("<form novalidate") for source in read.values()) > 90
    assert not [path for path, source in read.items() if re.search(r"<form\b(?! novalidate\b)", source)]


SAID_OTHERWISE = (  # what a reader takes amiss, or takes for something else
    "mengaku hadir", "engakuan hadir", "\"kepala %", "s kepala", "Angka hadir", "Orang kita", "HP yang lama tidak",
    "tadi dikembalikan", "tanda belum dilihat",
)  # fmt: skip


def test_words_that_hurt_or_mislead_are_gone() -> None:
    sources = [*ALL, *(ROOT.parent / "webapp").rglob("*.py")]
    assert [
        (path.name, words) for path in sources for words in SAID_OTHERWISE if words in path.read_text()
    ] == []


def test_no_script_lets_the_browser_speak() -> None:
    own = [
        path for path in (ROOT.parent / "static").rglob("*.js") if not {"build", "vendor"} & set(path.parts)
    ]
    assert own
    assert not [path.name for path in own if re.search("reportValidity|setCustomValidity", path.read_text())]


@pytest.mark.parametrize("path", ALL, ids=ids(ALL))
def test_nothing_in_a_page_needs_a_looser_policy(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle=|hx-on|\bjs:|javascript:|\son[a-z]+=", source)


def _before_brace(root: str) -> str:
    return root.partition("{")[0] or root


class _Roots(HTMLParser):
    """Collects the attributes of the outermost elements."""

    VOID = frozenset({"input", "br", "hr", "img", "meta", "link", "rect", "path", "circle", "use"})

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.found.append(dict(attrs))
        self.depth += tag not in self.VOID

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.found.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in self.VOID


def _roots(source: str) -> list[dict[str, str | None]]:
    parser = _Roots()
    parser.feed(re.sub(r"\{#.*?#\}|\{%.*?%\}", "", source, flags=re.DOTALL))
    return parser.found


class _Words(HTMLParser):
    """Collects what a reader would see or hear, outside of {{ }}."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("style", "script")
        self._hear([value or "" for name, value in attrs if name in SPOKEN])

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._hear([ATTRIBUTE.sub("", data)])

    def _hear(self, texts: list[str]) -> None:
        self.found += [" ".join(t.split()) for t in texts if len(re.sub(r"[^A-Za-z]", "", t)) > 1]
