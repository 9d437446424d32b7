"""The tests of the optional extra are gathered only where it is installed: `make test-bayes`."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("numpyro") else ["test_*.py"]
