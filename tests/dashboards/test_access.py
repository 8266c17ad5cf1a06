"""Who may change something, by what the server in front says of the user."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import access, markup
from dashboards.app import PAGES
from dashboards.serve import SCRIPT
from dashboards.texts import t
from tests.dashboards.test_app import opened

PLANNER = "zhang@example.cn"


@pytest.fixture
def listed(monkeypatch):
    monkeypatch.setenv("BUREAU_PLANNERS", f" {PLANNER.upper()}, second@example.cn ")


@pytest.fixture
def proxied(monkeypatch):
    monkeypatch.setenv("BUREAU_USER_HEADER", "X-Forwarded-User")


@pytest.fixture
def being(monkeypatch):
    """Return a function that says who the server in front says is there."""
    return lambda **claims: monkeypatch.setattr("streamlit.user", claims)


def test_where_nobody_is_listed_everybody_may_plan(monkeypatch, being):
    monkeypatch.delenv("BUREAU_PLANNERS", raising=False)
    being()
    assert access.may_plan()


def test_where_somebody_is_listed_those_nobody_names_only_look(listed, being):
    being()
    assert access.user() is None
    assert not access.may_plan()


def test_the_name_from_the_proxy_decides_however_it_is_written(listed, proxied, being):
    being(proxy_user="Zhang@Example.cn ")
    assert access.user() == PLANNER
    assert access.may_plan()
    being(proxy_user="li@example.cn")
    assert not access.may_plan()
    being(proxy_user=None)
    assert access.user() is None
    assert not access.may_plan()


def test_behind_a_proxy_nothing_but_its_name_counts(listed, proxied, being):
    being(proxy_user=None, is_logged_in=True, email=PLANNER)
    assert not access.may_plan()


def test_of_a_logged_in_user_the_address_counts_and_never_a_display_name(listed, being):
    being(is_logged_in=True, email=PLANNER, name="Li")
    assert access.may_plan()
    being(is_logged_in=True, email="li@example.cn", name=PLANNER, preferred_username=PLANNER)
    assert not access.may_plan()
    being(is_logged_in=True, name=PLANNER, sub="4711")
    assert access.user() == "4711"


@pytest.mark.parametrize("unverified", [False, "false"])
def test_an_address_that_is_not_verified_is_nobodys(listed, being, unverified):
    being(is_logged_in=True, email=PLANNER, email_verified=unverified)
    assert access.user() is None
    assert not access.may_plan()
    being(is_logged_in=True, email=PLANNER, email_verified=True)
    assert access.may_plan()


def test_claims_without_a_login_count_for_nothing(listed, being):
    being(email=PLANNER)
    assert not access.may_plan()
    being(is_logged_in=False, email=PLANNER)
    assert not access.may_plan()


def test_an_empty_name_is_no_planner(monkeypatch, proxied, being):
    monkeypatch.setenv("BUREAU_PLANNERS", " , ")
    being(proxy_user=" ")
    assert access.user() is None
    assert not access.may_plan()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_must_log_in_sees_the_way_in_and_no_page(lang, being, monkeypatch, run_store):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    being(is_logged_in=False)
    at = AppTest.from_file(SCRIPT, default_timeout=30)
    at.query_params["lang"] = lang
    at.run()
    assert not at.exception
    assert [title.value for title in at.title] == [t("access.login.title", lang)]
    assert [button.label for button in at.button] == [t("access.login.button", lang)]
    words = "\n".join(element.value for element in at.html)
    assert t("access.login.lead", lang) in words
    assert "b-footer" not in words.replace(markup.STYLE, "")


def test_behind_a_proxy_nobody_is_asked_to_log_in(being, proxied):
    being(is_logged_in=False, proxy_user="li@example.cn")
    assert access.admitted("zh")


@pytest.mark.parametrize("name", PAGES)
def test_a_viewers_page_has_nothing_that_changes_something(
    name, listed, proxied, being, monkeypatch, run_store
):
    monkeypatch.setenv("BUREAU_RUNS", str(run_store))
    being(proxy_user="li@example.cn")
    at = opened(name, "en", run="good")
    assert not at.exception
    # An upload is checked and compared, which changes nothing: to keep it takes a button.
    changing = ("button", "data_editor", "chat_input")
    found = [
        (kind, getattr(element, "label", element.proto))
        for kind in changing
        for element in at.get(kind)
        if not element.proto.disabled
    ]
    assert found == []


def test_what_the_user_is_called_is_never_taken_for_markup(listed, proxied, being):
    being(proxy_user="<b>[zhang](http://evil.example)</b>")

    def script():
        from dashboards.access import signature

        signature("en")

    at = AppTest.from_function(script).run()
    assert not at.exception
    (line,) = at.html
    assert "&lt;b&gt;[zhang](http://evil.example)&lt;/b&gt;, may look" in line.value
    assert len(at.markdown) == 0
