"""How far a job is: per kind of job and step that it tells of, what is being done from then on, and how much was done by then.

The percentages are shares of the time that a file of 100,000 rows and a year of a million ledger rows took. A step that tells
its own share lies between its two.
"""

from __future__ import annotations

from collections.abc import Mapping

Span = tuple[str, int, int]
"""What is being done (a member of the family `job_step`), and the percentage at which it begins and ends."""

INTAKE: Mapping[str, Span] = {
    "reading": ("reading", 0, 65), "comparing": ("comparing", 65, 85), "storing": ("storing", 85, 100),
}  # fmt: skip
RECOGNISED: Mapping[str, Span] = {
    "recognising": ("recognising", 0, 30), "reading": ("reading", 30, 75), "comparing": ("comparing", 75, 88),
    "storing": ("storing", 88, 100),
}  # fmt: skip
CALCULATION: Mapping[str, Span] = {
    "choosing": ("choosing", 0, 12), "plan": ("posting", 12, 42), "ledger": ("totalling", 42, 47),
    "totals": ("totalling", 47, 57), "rest": ("totalling", 57, 72), "index": ("keeping", 72, 88), "hash": ("keeping", 88, 90),
    "answers": ("answers", 90, 100),
}  # fmt: skip
"""The engine tells of a step when it is done."""
PROOF: Mapping[str, Span] = {
    "files": ("rereading", 0, 5), "originals": ("rereading", 5, 40), "plan": ("posting", 40, 60), "ledger": ("totalling", 60, 65),
    "totals": ("totalling", 65, 75), "rest": ("totalling", 75, 85), "index": ("comparing_all", 85, 97),
    "hash": ("comparing_all", 97, 100),
}  # fmt: skip
KINDS: Mapping[str, Mapping[str, Span]] = {
    "import": RECOGNISED, **dict.fromkeys(("check", "commit", "mend", "grid"), INTAKE),
    **dict.fromkeys(("calculate", "plan"), CALCULATION),
    "verify": PROOF,
    "export": {"packing": ("packing", 0, 100)}, "download": {"writing": ("writing", 0, 100)},
}  # fmt: skip
DOING = frozenset(what for steps in KINDS.values() for what, _, _ in steps.values())


def place(kind: str, step: str, share: float) -> tuple[str, int | None]:
    """Return what a job is doing and its percentage; None for a step that nobody measured."""
    if step not in KINDS.get(kind, {}):
        return step, None
    what, begin, end = KINDS[kind][step]
    return what, begin + int((end - begin) * min(max(share, 0.0), 1.0))
