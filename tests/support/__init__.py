"""Helpers that several families of tests share."""
