"""The tile grid: every provincial-level unit once, and the scenario's coverage on it."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from dashboards.labels import bureau_labels
from dashboards.provinces import coverage, unit_of, units
from dashboards.tilegrid import said, tile_grid
from scenarios.organisation import Province
from scenarios.part import Text

LANGS = ("zh", "en")
SVG = "{http://www.w3.org/2000/svg}"


def _province(key, zh, en):
    return Province(id=key, name=Text(zh=zh, en=en))


def test_there_are_34_units_each_with_a_tile_names_and_a_code_of_its_own():
    found = units().values()
    assert len(found) == 34
    for of in (
        lambda u: u.code,
        lambda u: u.name.zh,
        lambda u: u.name.en,
        lambda u: u.full,
        lambda u: (u.column, u.row),
    ):
        assert max(Counter(map(of, found)).values()) == 1
    assert all(unit.code.startswith("CN-") and unit.full.startswith(unit.name.zh) for unit in found)
    cities = Counter(city for unit in found for city in unit.cities)
    assert max(cities.values()) == 1


@pytest.mark.parametrize(
    "province",
    [
        _province("any", "浙江", "?"),
        _province("any", "浙江省", "?"),
        _province("any", "?", "zhejiang"),
        _province("cn-zj", "?", "?"),
    ],
)
def test_a_province_is_known_by_either_name_its_full_name_or_its_code(province):
    assert unit_of(province).code == "CN-ZJ"


def test_what_is_no_province_has_no_tile_and_is_named(minimal):
    stray = _province("elsewhere", "别处", "Elsewhere")
    assert unit_of(stray) is None
    home = minimal.organisation.model_copy(
        update={"provinces": (*minimal.organisation.provinces, stray)}
    )
    assert coverage(minimal.model_copy(update={"organisation": home})).strays == (stray,)


def test_coverage_is_what_the_scenario_says(bole):
    found = {cover.unit.code: cover for cover in coverage(bole).covers}
    assert found["CN-HB"].primary == ("wuhan",)
    assert found["CN-HB"].seats == ("wuhan",)
    assert found["CN-SN"].secondary == ("wuhan",)
    assert found["CN-XJ"].bureaus == ()
    for bureau in bole.organisation.bureaus:
        covered = [c for c in found.values() if bureau.id in c.primary]
        assert len(covered) == len(bureau.primary_provinces)
    assert sum(cover.companies for cover in found.values()) == len(bole.companies)
    assert coverage(bole).strays == coverage(bole).unseated == ()


def test_a_bureau_in_a_city_nobody_knows_has_no_star_and_is_named(minimal):
    first, *rest = minimal.organisation.bureaus
    moved = first.model_copy(update={"city": Text(zh="某县", en="Some county")})
    home = minimal.organisation.model_copy(update={"bureaus": (moved, *rest)})
    scenario = minimal.model_copy(update={"organisation": home})
    assert coverage(scenario).unseated == (first.id,)
    assert tile_grid(scenario, "zh").count("★") == tile_grid(minimal, "zh").count("★") - 2


@pytest.mark.parametrize("lang", LANGS)
def test_the_drawing_has_a_tile_a_unit_with_its_name_and_its_bureaus(bole, lang):
    root = ET.fromstring(tile_grid(bole, lang))
    tiles = {tile.get("data-code"): tile for tile in root.iter(f"{SVG}g")}
    assert set(tiles) == set(units())
    names = bureau_labels(bole, lang)
    for cover in coverage(bole).covers:
        texts = [text.text for text in tiles[cover.unit.code].iter(f"{SVG}text")]
        assert texts[0] == cover.unit.name.get(lang)
        for key in cover.bureaus:
            assert names[key] in texts[1]
        assert len(texts) == 1 + bool(cover.bureaus) + bool(cover.companies)
    assert root.find(f"{SVG}desc").text == said(bole, lang)


def test_primary_and_secondary_differ_by_more_than_colour(bole):
    root = ET.fromstring(tile_grid(bole, "en"))
    dashed = {
        tile.get("data-code")
        for tile in root.iter(f"{SVG}g")
        if any(r.get("stroke-dasharray") for r in tile.iter(f"{SVG}rect"))
    }
    only = {c.unit.code for c in coverage(bole).covers if c.secondary and not c.primary}
    assert dashed == only


@pytest.mark.parametrize("lang", LANGS)
def test_no_name_is_wider_than_its_tile(bole, lang):
    from dashboards.drawing import width_of

    root = ET.fromstring(tile_grid(bole, lang))
    for tile in root.iter(f"{SVG}g"):
        box = next(tile.iter(f"{SVG}rect"))
        right = float(box.get("x")) + float(box.get("width"))
        for text in tile.iter(f"{SVG}text"):
            wide = 1.15 if text.get("font-weight") else 1.0
            size = float(text.get("font-size"))
            assert float(text.get("x")) + wide * width_of(text.text, size) <= right


def test_the_same_scenario_is_the_same_drawing(bole):
    assert tile_grid(bole, "zh") == tile_grid(bole, "zh")
