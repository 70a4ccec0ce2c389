"""How a script runs: flags, log, workers, progress, memory."""
