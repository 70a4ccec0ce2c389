"""What the rules need: settings, shards, targets and resources, without Snakemake.

Pure standard library, as the Snakefile imports it each time it is read.
"""
