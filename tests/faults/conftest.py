# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the integration tests, for tests of faults."""
import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

spec = importlib.util.spec_from_file_location("integration_fixtures", HERE.parent / "integration/conftest.py")
fixtures = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = fixtures
spec.loader.exec_module(fixtures)

lago, run_module, planted_secret = fixtures.lago, fixtures.run_module, fixtures.planted_secret
