"""Run the command line with `python -m trede`."""

import sys

from trede.cli.main import main

sys.exit(main())
