import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The collected material beside the checkout; CI has it."""
    if not SHARED.is_dir():
        pytest.skip("reads ../shared, which is not beside this checkout")
    return SHARED


def pytest_sessionfinish(session):
    """A skip reads as a pass: where nothing may be missing, make it a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("ANAGEN_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
