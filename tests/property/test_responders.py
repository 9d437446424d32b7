"""What holds for every share of responders."""

from hypothesis import given
from hypothesis import strategies as st

from anagen.evidence import newcombe, wilson

counts = st.integers(1, 400)


@given(st.data(), counts, counts)
def test_a_share_lies_in_its_interval_and_a_difference_in_its_own(data, n, m):
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    low, high = wilson(a / n, n)
    assert 0 <= low <= a / n + 1e-12
    assert a / n - 1e-12 <= high <= 1
    below, above = newcombe(a / n, n, b / m, m)
    assert -1 <= below <= a / n - b / m + 1e-9
    assert a / n - b / m - 1e-9 <= above <= 1
