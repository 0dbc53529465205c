"""Runs a test once for every shipped form."""

import pytest

from tests.forms.shipped_forms import SHIPPED
from workflows import forms


@pytest.fixture(params=sorted(SHIPPED))
def shipped(request: pytest.FixtureRequest) -> forms.Form:
    return SHIPPED[request.param]
