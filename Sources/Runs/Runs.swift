// Sources of Runs.
