"""`python -m insync` is the `insync` command."""

from insync.publishing.cli import main

main()
