"""`python -m recover_seed` is the command."""

import sys

from recover_seed.cli import main

sys.exit(main())
