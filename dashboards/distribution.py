"""How a distribution is written for people."""

from __future__ import annotations

from dashboards.texts import t
from scenarios.assumptions import Beta, Discrete, Fixed, LogNormal, Triangular
from scenarios.part import Lang


def written(distribution: Fixed | LogNormal | Beta | Triangular | Discrete, lang: Lang) -> str:
    """Write a distribution with its parameters, and its mean where they do not show it."""
    match distribution:
        case Fixed():
            return t("app.distribution.fixed", lang, value=_n(distribution.value))
        case LogNormal():
            median, sigma = _n(distribution.median), _n(distribution.sigma)
            return t("app.distribution.lognormal", lang, median=median, sigma=sigma)
        case Beta():
            a, b = distribution.a, distribution.b
            return t("app.distribution.beta", lang, a=_n(a), b=_n(b), mean=f"{a / (a + b):.1%}")
        case Triangular():
            return t(
                "app.distribution.triangular",
                lang,
                low=_n(distribution.low),
                mode=_n(distribution.mode),
                high=_n(distribution.high),
            )
        case Discrete():
            total = sum(distribution.weights)
            parts = [
                t("app.distribution.value", lang, value=value, share=f"{weight / total:.0%}")
                for value, weight in zip(distribution.values, distribution.weights, strict=True)
            ]
            return t("app.list", lang).join(parts)


def _n(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
