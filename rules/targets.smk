"""The files that the targets of the workflow ask for."""

from cityscapes.workflow.prepared import prepared_files
from cityscapes.workflow.raw_sources import without_sources


def prepared(wildcards):
    """All files of prepare_all; waits for the raw files."""
    await_unpacked()
    for line in ask(without_sources, settings, shards):
        warn(line)
    return free(ask(prepared_files, settings, shards))


# A checkpoint, so that Snakemake looks again at what reads its tables, by content.


def released(wildcards):
    """All files of verify_release; waits for the raw files."""
    await_unpacked()
    return free(ask(released_images.files))


def checked(wildcards):
    """All reports of check_all, each listed, because Snakemake re-makes only requested files."""
    await_unpacked()
    parquet = [f"{RESULTS}/checks/frames.parquet"] * config["checks"]["parquet"]
    reports = [*rules.check_tables.output, f"{RESULTS}/checks/summary.txt", *parquet]
    return [*free(reports), *map(local, ask(checks.tables))]


def exported_by(*names):
    """A function of wildcards that returns the files of these exports, or of all in the config."""

    def files(wildcards):
        await_unpacked()
        return [*free(ask(exports.files, names)), "results/tables/raw_links.tsv"]

    return files


def counted(wildcards):
    """The statistics of all splits with annotations, and the additional ones of the config."""
    await_unpacked()
    return free([*ask(statistics.files), *ask(statistics.changes), *ask(statistics.extra)])


def scored(wildcards):
    """The scores of all prediction sets, and every table that they are made from."""
    await_predictions()
    return free(ask(evaluation.files))


def with_figures(wildcards):
    """The figures, and all tables that they are made from."""
    of_sets = scored(wildcards) if evaluation.sets else []
    return [*counted(wildcards), *of_sets, *free(ask(figures.files))]


def reported(wildcards):
    """The report and everything that it is made from, each listed to be made if missing."""
    return [*with_figures(wildcards), *free(ask(page.files))]


def submitted(wildcards):
    """The zip files of all submissions."""
    await_unpacked()
    return free(ask(submissions.files))


def possible(wildcards):
    """All that the dataset allows, but for the checks: ground truth, exports, scores, report.

    For a dataset with images only, without edits, links to them, and depth if the config asks for
    it.
    """
    await_predictions()
    there = [kind for kind in settings.types if Path(settings.dataset, kind).is_dir()]
    if not (set(there) & set(config["types"]) or shards.edited):
        return prepared(wildcards) if there else [RECORDS, "results/tables/raw_links.tsv"]
    shown = [f"{RESULTS}/checks/overview.jpg", *ask(released_images.compared)]
    made = [*prepared(wildcards), *free([*shown, *ask(exports.files)])]
    made += submitted(wildcards) if submissions.sets else []
    return [*made, *reported(wildcards)]
