"""`python -m carsi_tracker.web` serves the tracker; `make run` runs nothing else."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends without a word while the rest is imported

from carsi_tracker.web.processes import main

main()
