"""Actuals refuse what cannot be counted, and never take absence for zero."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.actuals import Actuals


def test_every_fault_is_named_at_once():
    with pytest.raises(ValueError, match="actuals") as error:
        Actuals(
            signed_yuan=np.array([1, 2, 3]),
            funds_yuan=np.array([1.0, np.nan, 3.0]),
            events=np.array([1, 2]),
            registered=np.array([1, -4, 0]),
            presence_days=np.array([np.inf, 0, 0]),
        )
    text = str(error.value)
    assert "actuals.events: found shape (2,); allowed: (3,)" in text
    assert "actuals.registered: found -4" in text
    assert "actuals.funds_yuan: found nan" in text
    assert "actuals.presence_days: found inf" in text
    assert "signed_yuan" not in text


def test_no_array_and_a_single_number_are_refused():
    with pytest.raises(ValueError, match="allowed: at least one"):
        Actuals()
    with pytest.raises(ValueError, match="found a single number"):
        Actuals(events=np.array(3))


def test_what_was_not_measured_is_an_error_not_zero():
    actuals = Actuals(events=np.array([[1, 2]]), signed_yuan=np.array([[0, 0]]))
    assert actuals.shape == (1, 2)
    assert actuals.measured("signed_yuan").tolist() == [[0.0, 0.0]]
    with pytest.raises(ValueError, match=r"presence_days.*measured are: signed_yuan, events"):
        actuals.measured("presence_days")
