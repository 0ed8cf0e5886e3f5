"""`python -m tansiq.cli`."""

from tansiq.cli import main

main()
