"""Dividing whole numbers: nothing is lost, nobody is off by one, order and sign do not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.kernel.sharing import share_out

wholes = st.integers(-(10**30), 10**30)
weights = st.lists(st.integers(0, 10**20), min_size=1, max_size=30).filter(any)


@given(wholes, weights)
def test_the_parts_are_the_whole(whole: int, keys: list[int]) -> None:
    assert sum(share_out(whole, keys)) == whole


@given(wholes, weights)
def test_no_part_is_off_by_one(whole: int, keys: list[int]) -> None:
    total = sum(keys)
    for part, key in zip(share_out(whole, keys), keys, strict=True):
        assert abs(part * total - whole * key) < total


@given(wholes, weights)
def test_what_has_no_weight_gets_nothing(whole: int, keys: list[int]) -> None:
    assert not any(part for part, key in zip(share_out(whole, keys), keys, strict=True) if key == 0)


@given(wholes, weights, st.integers(1, 10**6))
def test_sign_and_scale_do_not_matter(whole: int, keys: list[int], times: int) -> None:
    parts = share_out(whole, keys)
    assert share_out(-whole, keys) == [-part for part in parts]
    assert share_out(whole, [key * times for key in keys]) == parts


@pytest.mark.parametrize("keys", [[], [0, 0], [3, -1]])
def test_what_cannot_be_divided_by(keys: list[int]) -> None:
    with pytest.raises(ValueError, match=r"\["):
        share_out(5, keys)


def test_a_half_goes_to_the_first() -> None:
    assert share_out(31_500_000, [240, 150, 250]) == [11_812_500, 7_382_813, 12_304_687]
