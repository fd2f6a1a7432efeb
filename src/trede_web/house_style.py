"""The house style of whoever serves the application: colours, letters and a logo in the place of ours.

A folder with `style.toml` replaces tokens of the first layer of `trede.css`. What people could no longer read is refused at
the start: contrast is reckoned as WCAG 2.2 defines it (relative luminance; 1.4.3 for text, 1.4.11 for controls).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "TREDE_WEB_STYLE"
"""The environment variable that names the folder."""

OURS = Path(__file__).parent / "static" / "trede" / "trede.css"
SHEET = "house.css"
LARGEST = 1024 * 1024
"""Bytes of a file."""

KINDS = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}
VALUES = {
    "color": (re.compile(r"#[0-9a-f]{6}"), "a colour such as #27408b"),
    "font": (re.compile(r"[A-Za-z0-9 ,'\"-]{1,200}"), "names of letters with commas between"),
    "radius": (re.compile(r"[0-9]{1,2}px"), "pixels, such as 3px"),
}
"""By the first word of a token what its value looks like, and how to say so."""

TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("color-white", "color-paper")
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((f"color-{ink}", ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in (*GROUNDS, "color-paper-2")),
    *((f"color-{a}", ground, TEXT) for a in ("accent", "accent-dark") for ground in (*GROUNDS, "color-accent-soft")),
    *((f"color-{v}", ground, TEXT) for v in ("ok", "warn", "error") for ground in (*GROUNDS, f"color-{v}-soft")),
    *(("color-control", ground, CONTROL) for ground in GROUNDS),
)
"""What is read on what, with the contrast that it must have."""


class HouseStyleError(ValueError):
    """A house style that cannot be used: the message names the file, the place and the remedy."""


@dataclass(frozen=True)
class HouseStyle:
    """What takes the place of ours.

    Attributes:
        css: the sheet that follows ours.
        files: letters and logo by name, with their bytes and media type.
        logo: the name of the logo among them; empty without one.
        name: what stands beside the logo.
    """

    css: str
    files: Mapping[str, tuple[bytes, str]]
    logo: str
    name: str


def tokens_of(css: str) -> dict[str, str]:
    """Return the tokens of a sheet that a house style may replace, with their values."""
    found = re.findall(r"--trede-((?:color|font-s)[a-z0-9-]*|radius): ([^;]+);", css)
    return {name: value for name, value in found if not name.startswith("font-size")}


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours such as `#27408b` (WCAG 2.2, contrast ratio)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def house_style() -> HouseStyle | None:
    """Return the house style that the environment names; None when it names none.

    Raises:
        HouseStyleError: it cannot be read, or people could not read what it makes.
    """
    folder = os.environ.get(VARIABLE)
    return read_style(Path(folder)) if folder else None


def read_style(folder: Path) -> HouseStyle:
    """Read a folder with `style.toml`.

    Raises:
        HouseStyleError: it cannot be read, or people could not read what it makes.
    """
    where = folder / "style.toml"
    try:
        given = tomllib.loads(where.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise HouseStyleError(f"{where}: {error}") from error
    if unknown := given.keys() - {"name", "logo", "tokens", "letter"}:
        raise HouseStyleError(f"{where}: {min(unknown)}: expected name, logo, [tokens] or [[letter]]")
    ours = tokens_of(OURS.read_text("utf-8"))
    tokens = _table(where, given.get("tokens", {}))
    for name, value in tokens.items():
        _check_token(where, name, value, ours)
    for ink, ground, least in PAIRS:
        found = contrast((ours | tokens)[ink], (ours | tokens)[ground])
        if found < least:
            raise HouseStyleError(
                f"{where}: {ink} on {ground} has a contrast of {found:.2f}; it needs {least}: take a darker or lighter one"
            )
    letters = [_letter(where, each) for each in given.get("letter", [])]
    names = [each["file"] for each in letters] + ([given["logo"]] if "logo" in given else [])
    faces = [
        f'@font-face {{ font-family: "{each["family"]}"; src: url("{each["file"]}") format("woff2"); '
        f"font-weight: {each['weight']}; font-display: swap; }}"
        for each in letters
    ]
    lines = [f"  --trede-{name}: {value};" for name, value in tokens.items()]
    return HouseStyle(
        css="\n".join([*faces, ":root {", *lines, "}", ""]),
        files={str(name): _file(folder, name) for name in names},
        logo=str(given.get("logo", "")),
        name=str(given.get("name", "")),
    )


def _table(where: Path, given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise HouseStyleError(f"{where}: [tokens]: expected names with texts")
    return given


def _check_token(where: Path, name: str, value: str, ours: Mapping[str, str]) -> None:
    if name not in ours:
        raise HouseStyleError(f"{where}: [tokens] {name}: there is no such token; there are {', '.join(ours)}")
    looks, said = VALUES[name.partition("-")[0]]
    if not looks.fullmatch(value):
        raise HouseStyleError(f"{where}: [tokens] {name}: expected {said}, found {value!r}")


def _letter(where: Path, given: Any) -> dict[str, str]:
    looks = {"family": r"[A-Za-z0-9 -]{1,60}", "file": r"[A-Za-z0-9._-]+\.woff2", "weight": r"[1-9]00( [1-9]00)?"}
    for name, look in looks.items():
        if not isinstance(given, dict) or not re.fullmatch(look, str(given.get(name, ""))):
            raise HouseStyleError(
                f"{where}: [[letter]] {name}: expected family, file (.woff2 in this folder) and weight, such as '400 700'"
            )
    return {name: str(given[name]) for name in looks}


def _file(folder: Path, name: Any) -> tuple[bytes, str]:
    kind = KINDS.get(Path(str(name)).suffix)
    if kind is None or Path(str(name)).name != name:
        raise HouseStyleError(
            f"{folder / 'style.toml'}: {name!r}: expected a file of this folder, .svg, .png or .woff2"
        )
    path = folder / name
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise HouseStyleError(f"{path}: not there, or larger than 1 MB")
    return path.read_bytes(), kind
