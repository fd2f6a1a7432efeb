"""Everything that a record can be calculated by: what ships, and what an organisation added of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from trede.catalogue.estimates import Estimates, OwnEstimate, shipped_estimates
from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.methods.model import Methods, shipped_methods
from trede.methods.own import OwnModel


@dataclass(frozen=True, eq=False)
class Known:
    """Activity types with their methods, and the estimates that stand in for figures. Each is equal to itself alone."""

    vocabulary: Vocabulary
    methods: Methods
    estimates: Estimates

    def with_estimates(self, own: Mapping[str, Sequence[OwnEstimate]]) -> Known:
        """Return this with an organisation's own estimates, which are asked before those that ship."""
        return replace(self, estimates=replace(self.estimates, own=own))

    def with_models(self, models: Sequence[OwnModel]) -> Known:
        """Return this with own models beside it; their ids are prefixed, so none takes another's place."""
        types = {model.type: model.activity for model in models}
        methods = {model.type: model.method for model in models}
        return Known(
            Vocabulary({**self.vocabulary.types, **types}), Methods({**self.methods.methods, **methods}), self.estimates
        )


@cache
def shipped() -> Known:
    """Return what ships."""
    return Known(vocabulary(), shipped_methods(), shipped_estimates())
