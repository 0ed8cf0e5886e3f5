"""The `tansiq` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from tansiq.cli.app import run  # noqa: PLC0415 - completion and --version answer without loading everything

    run()
