from __future__ import annotations

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def soffice():
    """Path of LibreOffice; without one the test is skipped, or fails if one must be there."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return found
    if os.environ.get("BUREAU_REQUIRE_BROWSER") == "1":
        pytest.fail("no LibreOffice found, and BUREAU_REQUIRE_BROWSER=1 asks for one")
    return pytest.skip("no LibreOffice found (Debian: apt-get install libreoffice-calc)")
