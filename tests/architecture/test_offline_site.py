"""The check that keeps the documentation's site free of loads from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.offline_site import foreign_loads, main

pytestmark = pytest.mark.docs


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".html", '<script src="https://cdn.example/x.js"></script>'),
        (".html", '<link rel="stylesheet" href="//cdn.example/x.css">'),
        (".html", '<img srcset="a.png 1x, https://cdn.example/b.png 2x">'),
        (".html", '<p style="background: url(https://cdn.example/x.png)">'),
        (".html", "<style>@import 'https://cdn.example/x.css';</style>"),
        (".css", "@font-face { src: url('https://cdn.example/x.woff2') }"),
        (".svg", '<svg><style>@import url("https://cdn.example/x.css")</style></svg>'),
    ],
)
def test_a_load_from_elsewhere_is_found(suffix: str, text: str) -> None:
    assert any("cdn.example" in address for address in foreign_loads(text, suffix))


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://law.example/">a link that a reader may follow</a>',
        '<link rel="canonical" href="https://docs.example/">',
        '<script src="_static/x.js"></script><img src="data:image/png;base64,AAAA">',
    ],
)
def test_what_a_browser_does_not_fetch_elsewhere_is_let_through(text: str) -> None:
    assert foreign_loads(text, ".html") == []


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    assert main(tmp_path) == 1


def test_a_page_that_loads_elsewhere_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").write_text('<img src="https://cdn.example/x.png">', "utf-8")
    assert main(tmp_path) == 1
    assert "index.html: loads https://cdn.example/x.png" in capsys.readouterr().err
