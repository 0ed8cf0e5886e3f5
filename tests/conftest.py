"""What all tests share: where the shared data is, and how hypothesis behaves here and in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("here", deadline=None)  # tests share the cores: how long one takes says little
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The project's shared data: beside the repository, or where TANSIQ_SHARED says; skips where there is none."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("TANSIQ_SHARED", beside)) / "data"
    if not folder.is_dir():
        pytest.skip(f"shared data not found: {folder} (set TANSIQ_SHARED to the shared folder)")
    return folder


class OneDemoForAllPages(LoadScopeScheduling):
    """A file to a worker, and all browser tests to one: a small machine carries one demo and one browser, not two.

    The lives of the simulation are shared out: in one worker they would take as long as all other tests together.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/simulation/"):
            return nodeid
        return "tests/browser" if nodeid.startswith("tests/browser/") else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneDemoForAllPages:
    """The scheduler of every parallel run."""
    return OneDemoForAllPages(config, log)
