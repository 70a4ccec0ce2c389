"""What the rules of the checks use."""

from cityscapes.workflow.checks import Checks

checks = Checks(settings)
raw_frames_of_city = of_job(checks.frames_in, "split", "city")
all_raw_frames = of_job(checks.all_frames)


def table_digest(name):
    """Digest of a table in config/ of the workflow, as a param."""
    return digest(Path(CLONE, "config", name).read_bytes())


def counts_flag(wildcards):
    """The flags for the table of published counts and the splits that should have them."""
    await_unpacked()
    table = os.path.relpath(f"{CLONE}/config/frames.tsv")
    if not checks.counts_may_be_published:
        return []
    return ["--counts", table, "--published", *ask(checks.published_splits)]


def official_splits(wildcards):
    """The splits whose names of cities and frames should be the official ones."""
    return checks.official_splits


def checked(wildcards):
    """All reports of check_all, each listed, because Snakemake re-makes only requested files."""
    await_unpacked()
    parquet = [f"{RESULTS}/checks/frames.parquet"] * config["checks"]["parquet"]
    reports = [*rules.check_tables.output, f"{RESULTS}/checks/summary.txt", *parquet]
    return [*free(reports), *map(local, ask(checks.tables))]
