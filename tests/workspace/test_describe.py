"""Replacing the description of the organisation: what changed is told, and nothing that a record names disappears."""

from pathlib import Path

import pytest

from trede.catalogue.countries import countries
from trede.cli.main import main
from trede.kernel.errors import CatalogueError, StoreError
from trede.organisation.changes import Change
from trede.workspace import Workspace
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, Copy, snapshot, take_in

TEXT = (EXAMPLE / "organisation.toml").read_text("utf-8")
SITE = '\n[[site]]\nid = "nieuw"\nname = "Nieuwe vestiging"\nentity = "{entity}"\n'


def described(workspace: Workspace, text: str) -> list[Change]:
    return workspace.describe(text.encode(), "organisation.toml")


def without(text: str, table: str, ident: str) -> str:
    """Return the description without one of its tables, and without what names it elsewhere."""
    start = text.index(f'[[{table}]]\nid = "{ident}"')
    end = text.find("\n[[", start + 1)
    rest = text[:start] + (text[end + 1 :] if end > 0 else "")
    named = [line for line in rest.split("\n") if f'{table} = "{ident}"' not in line]
    return "\n".join(named).replace(f'"{ident}", ', "")


def test_what_changed_is_told(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    entity = workspace.organisation.entity[0].id
    source = workspace.organisation.source[-1]
    text = without(TEXT, "source", source.id) + SITE.format(entity=entity)
    text = text.replace('country = "NL"', 'country = "BE"', 1)
    found = described(workspace, text)
    assert Change("added", "site", "nieuw", "Nieuwe vestiging") in found
    assert Change("removed", "source", source.id, source.name) in found
    assert verify(workspace).good
    renamed = described(workspace, text.replace('name = "Nieuwe vestiging"', 'name = "Noord"'))
    assert renamed == [Change("changed", "site", "nieuw", "Noord", ("name",))]
    assert described(workspace, text.replace('name = "Nieuwe vestiging"', 'name = "Noord"')) == []


def test_the_same_description_is_not_stored_again(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    before = snapshot(workspace.layout.root)
    assert described(workspace, TEXT) == []
    assert snapshot(workspace.layout.root) == before


def test_a_country_is_one_of_the_list(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    before = snapshot(workspace.layout.root)
    entity = workspace.organisation.entity[0].id
    with pytest.raises(CatalogueError) as caught:
        described(workspace, f'{TEXT}{SITE.format(entity=entity)}country = "ZZ"\n')
    (issue,) = caught.value.issues
    assert (issue.code, issue.location.column, issue.values) == (
        "country_unknown", "site[nieuw].country", {"value": "ZZ"},
    )  # fmt: skip
    assert snapshot(workspace.layout.root) == before
    assert {"NL", "BE", "GB", "CN"} <= countries()
    assert len(countries()) == 249


def test_a_site_that_a_record_names_stays(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    (gas,) = (batch for batch in workspace.active_batches() if batch.source != "tankpas")
    (site,) = set(gas.records()["site"].to_pylist())
    before = snapshot(workspace.layout.root)
    with pytest.raises(StoreError) as caught:
        described(workspace, without(TEXT, "site", site))
    issue = next(i for i in caught.value.issues if i.values["batch"] == gas.id)
    assert issue.code == "site_in_use"
    assert issue.values == {"id": site, "count": 1, "in_file": "gas.csv", "batch": gas.id}
    assert snapshot(workspace.layout.root) == before
    for batch in workspace.active_batches():
        workspace.withdraw(batch.id, "another firm's", "Quality officer")
    gone = [change.id for change in described(workspace, without(TEXT, "site", site)) if change.kind == "removed"]
    assert gone == [site]


def test_an_entity_that_a_record_names_stays(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    old = workspace.organisation.entity[0].id
    with pytest.raises(StoreError) as caught:
        described(workspace, TEXT.replace(f'"{old}"', '"somebody-else"'))
    assert {issue.code for issue in caught.value.issues} == {"entity_in_use"}


def test_a_file_of_a_new_site_is_taken_in_after_it_was_described(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    data = b"Vestiging;Van;Tot en met;Gas (m3);Herkomst\r\nNieuwe vestiging;2024-01-01;2024-06-30;150;factuur\r\n"
    described(workspace, TEXT + SITE.format(entity=workspace.organisation.entity[0].id))
    assert take_in(workspace, "gas-nieuw.csv", data).batch.counts["accepted"] == 1
    assert verify(workspace).good


def test_the_command(small: Workspace, copy: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(copy(small).layout.root)
    assert main(["--lang", "en", "-w", root, "organisation"]) == 0
    shown = capsys.readouterr().out
    assert all(site.id in shown and site.name in shown for site in small.organisation.site)
    file = tmp_path / "next.toml"
    file.write_text(TEXT + SITE.format(entity=small.organisation.entity[0].id), "utf-8")
    assert main(["--lang", "en", "-w", root, "organisation", str(file)]) == 0
    assert "added  site  nieuw  Nieuwe vestiging" in capsys.readouterr().out
    assert main(["--lang", "en", "-w", root, "organisation", str(file)]) == 0
    assert "says the same" in capsys.readouterr().out
