"""``python -m optkit``: the command line, where no ``optkit`` script is on the path."""

import sys

from optkit.cli.entry import main

if (
    __name__ == "__main__"
):  # a worker process imports this file without being the command
    sys.exit(main())
