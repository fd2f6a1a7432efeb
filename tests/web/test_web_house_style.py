"""A house style: tokens of ours replaced, and nothing that people cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from web_site import Site, text_of

from trede_web.house_style import OURS, PAIRS, HouseStyleError, contrast, read_style, tokens_of

STYLE = """
name = "Gemeente Voorbeeld"
logo = "logo.svg"
[tokens]
color-accent = "#154273"
font-sans = '"Fira Sans", Arial, sans-serif'
radius = "0px"
[[letter]]
family = "Fira Sans"
file = "fira.woff2"
weight = "400 700"
"""


def made(folder: Path, text: str = STYLE) -> Path:
    (folder / "style.toml").write_text(text, "utf-8")
    (folder / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", "utf-8")
    (folder / "fira.woff2").write_bytes(b"wOF2")
    return folder


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48  # the grey that just falls short


def test_our_own_tokens_pass() -> None:
    ours = tokens_of(OURS.read_text("utf-8"))
    for ink, ground, least in PAIRS:
        assert contrast(ours[ink], ours[ground]) >= least, (ink, ground)


def test_a_house_style_is_on_every_page(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOUSE_STYLE", read_style(made(tmp_path)))
    stranger = site.client(None)
    page = text_of(stranger.get("/login/"))
    assert "/style/house.css" in page
    assert "Gemeente Voorbeeld" in page
    sheet = stranger.get("/style/house.css")
    assert sheet["Content-Type"] == "text/css"
    assert "--trede-color-accent: #154273;" in text_of(sheet)
    assert "sandbox" in stranger.get("/style/logo.svg")["Content-Security-Policy"]
    assert stranger.get("/style/fira.woff2").content == b"wOF2"
    for other in ("style.toml", "trede.css", "..%2Fstyle.toml"):
        assert stranger.get(f"/style/{other}").status_code == 404


def test_without_one_there_is_no_sheet(site: Site) -> None:
    assert "house.css" not in text_of(site.client(None).get("/login/"))
    assert site.client(None).get("/style/house.css").status_code == 404


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("#154273", "#8fb4e0", "color-accent on color-white has a contrast of 2.1"),
        ("#154273", "red; } body { display: none", "color-accent: expected a colour"),
        ("#154273", "url(https://elsewhere.example)", "color-accent: expected a colour"),
        ("color-accent", "color-carbon", "color-carbon: there is no such token"),
        ("'\"Fira Sans\", Arial, sans-serif'", "'x; } body { color: red'", "font-sans: expected names"),
        ("0px", "3em", "radius: expected pixels"),
        ('"logo.svg"', '"../logo.svg"', "expected a file of this folder"),
        ('"logo.svg"', '"other.svg"', "other.svg: not there"),
        ('"fira.woff2"', '"fira.ttf"', "[[letter]] file"),
        ("name =", "brand =", "brand: expected name, logo"),
        ("[tokens]", "[tokens", "style.toml: "),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in STYLE
    with pytest.raises(HouseStyleError) as refused:
        read_style(made(tmp_path, STYLE.replace(before, after)))
    assert told in str(refused.value)
    assert "style.toml" in str(refused.value) or "other.svg" in str(refused.value)
