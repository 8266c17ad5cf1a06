from __future__ import annotations

import signal

import pytest

from dashboards.interrupt import stop_on_interrupt


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def test_the_first_ctrl_c_asks_to_stop_and_says_so_once():
    said = []
    with stop_on_interrupt(lambda: said.append("heard")) as stop:
        assert not stop()
        press_ctrl_c()
        assert stop()
        assert said == ["heard"]


def test_the_second_ctrl_c_ends_the_work_at_once():
    with stop_on_interrupt(lambda: None):
        press_ctrl_c()
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()


def test_afterwards_ctrl_c_means_what_it_meant_before():
    before = signal.getsignal(signal.SIGINT)
    with stop_on_interrupt(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
