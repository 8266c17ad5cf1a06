from __future__ import annotations

import pytest

from dashboards.distribution import written
from scenarios.assumptions import Beta, Discrete, Fixed, LogNormal, Triangular


@pytest.mark.parametrize(
    ("distribution", "words"),
    [
        (Fixed(value=1.0), "fixed at 1"),
        (LogNormal(median=60_000_000, sigma=1.1), "log-normal: median 60,000,000, σ 1.1"),
        (Beta(a=4, b=16), "beta(4, 16): mean 20.0%"),
        (Triangular(low=0.9, mode=1.05, high=1.3), "triangular: 0.9 / 1.05 / 1.3"),
        (Discrete(values=(2, 3), weights=(1, 3)), "2 (25%), 3 (75%)"),
    ],
)
def test_a_distribution_is_written_with_its_parameters(distribution, words):
    assert written(distribution, "en") == words


def test_chinese_words_for_a_chinese_page():
    assert written(Fixed(value=1.0), "zh") == "固定 1"
