"""Runs that earlier versions of Trede made, kept as bundles, come out again in this version to the last byte of content."""

from pathlib import Path

import pytest

from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint
from trede.workspace.unbundling import verify_bundle

EARLIER = Path(__file__).parent / "earlier"
LADDER = {"run-0.1.0.zip": ("0.1.0", 167_986_353_000)}
"""The bundle's file name → the version that made it and its total under the ladder, in milligrams, as it stood then."""


def test_every_kept_bundle_has_its_total_here() -> None:
    assert sorted(path.name for path in EARLIER.glob("*.zip")) == sorted(LADDER)


@pytest.mark.parametrize("name", sorted(LADDER))
def test_a_run_of_an_earlier_version_comes_out_again(name: str) -> None:
    version, total = LADDER[name]

    verdict = verify_bundle(EARLIER / name)

    assert verdict.trede["run"] == version
    assert verdict.good, verdict.issues
    assert verdict.totals is not None
    assert footprint(verdict.totals, find_standard("ladder"), "market").total == total
