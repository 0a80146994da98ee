"""Benchmarks: measured by hand, never part of the test run."""
