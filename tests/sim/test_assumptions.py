import numpy as np
import pytest
from scipy import stats

from scenarios.assumptions import Beta, Discrete, Fixed, LogNormal, Triangular
from sim.assumptions import ONE, exponential_table, quantiles, table

U = np.linspace(0.001, 0.999, 401)


@pytest.mark.parametrize(
    ("distribution", "reference"),
    [
        (LogNormal(median=45, sigma=0.7), stats.lognorm(0.7, scale=45)),
        (Beta(a=6, b=18), stats.beta(6, 18)),
        (Triangular(low=2, mode=3, high=7), stats.triang(0.2, loc=2, scale=5)),
        (Triangular(low=2, mode=2, high=7), stats.triang(0.0, loc=2, scale=5)),
        (Triangular(low=2, mode=7, high=7), stats.triang(1.0, loc=2, scale=5)),
    ],
)
def test_quantiles_agree_with_scipy(distribution, reference):
    assert np.allclose(quantiles(distribution, U), reference.ppf(U), rtol=1e-9)


def test_a_discrete_table_holds_each_value_in_proportion():
    cells = table(Discrete(values=(1, 2, 3), weights=(1, 2, 1)), "count", 12)
    assert [int((cells == value).sum()) for value in (1, 2, 3)] == [1024, 2048, 1024]


def test_a_certain_probability_lies_above_every_word():
    assert set(table(Fixed(value=1), "probability", 12).tolist()) == {ONE}
    assert ONE > 0xFFFFFFFF


def test_units_are_fen_thousandths_and_millionths():
    assert table(Fixed(value=80), "yuan", 12)[0] == 8_000
    assert table(Fixed(value=0.5), "points", 12)[0] == 500
    assert table(Fixed(value=1.5), "rate", 12)[0] == 1_500_000


def test_a_table_that_overflows_raises():
    with pytest.raises(OverflowError, match="62"):
        table(Fixed(value=1e18), "yuan", 12)


def test_the_exponential_table_has_mean_one():
    assert abs(exponential_table().mean() / (1 << 20) - 1) < 1e-6
