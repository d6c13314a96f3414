"""`python -m insync` is the `insync` command."""

from insync.cli import main

main()
