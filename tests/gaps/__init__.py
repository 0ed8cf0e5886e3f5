"""Tests of the ground that nobody covers."""
