"""The benchmarks: `python -m tests.bench` prints `name: value` lines and writes nothing outside `var/`."""
