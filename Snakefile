"""
Cityscapes: from the raw packages to everything that training, checks and papers need.

    snakemake --cores 16 prepare_all       all ground truth, pixel for pixel as released
    snakemake --cores 16                   all that the dataset at hand allows
    snakemake --cores 16 verify_release    what was made against what was shipped
    snakemake --cores 16 check_all         what is missing, damaged or odd in the raw files
    snakemake --cores 4 download           the packages of the config, from the site
    snakemake --cores 16 export_all        what training frameworks and annotation tools read
    snakemake --cores 16 evaluate_all      the benchmark's scores of your predictions
    snakemake --cores 16 report_all        statistics, scores and figures on one page
    snakemake --cores 16 submit            your predictions for test as the server accepts them
"""

import copy
import os
import re
import sys

import yaml

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version, validate

min_version("9.27")


if not isinstance(workflow.current_basedir, os.PathLike):  # of GitHub, or of a commit
    raise WorkflowError(
        "the rules run the scripts beside the Snakefile: clone the repository, and give the path "
        "of the clone's Snakefile as `snakefile:` of the module"
    )
CLONE = os.fspath(workflow.current_basedir)
sys.path.insert(0, f"{CLONE}/scripts")
IS_MODULE = not workflow.modifier.is_main_snakefile()

if IS_MODULE:  # the schema fills in settings that the module statement lacks
    config = copy.deepcopy(config)
else:

    configfile: f"{CLONE}/config/config.yaml"

    if os.path.exists("config/config.yaml"):

        configfile: "config/config.yaml"


try:
    validate(config, "config/schema.yaml")
except WorkflowError:
    # Only the wrong settings: Snakemake's message holds the whole schema.
    from cityscapes.workflow.schema import problems_of_config

    with open(f"{CLONE}/config/schema.yaml") as file:
        lines = problems_of_config(config, yaml.safe_load(file))
    if not lines:
        raise
    raise WorkflowError("the config is wrong:\n  " + "\n  ".join(lines)) from None


if not IS_MODULE:

    report: "rules/captions/workflow.rst"


include: "rules/common.smk"
include: "rules/common_packages.smk"
include: "rules/targets.smk"
include: "rules/sample.smk"
include: "rules/packages.smk"
include: "rules/roots.smk"
include: "rules/checks.smk"
include: "rules/ground_truth.smk"
include: "rules/panoptic.smk"
include: "rules/edits.smk"
include: "rules/links.smk"
include: "rules/release.smk"
include: "rules/overview.smk"
include: "rules/evaluation.smk"
include: "rules/exports.smk"
include: "rules/statistics.smk"
include: "rules/figures.smk"
include: "rules/report.smk"
include: "rules/submissions.smk"
include: "rules/clean.smk"


# A workflow that uses this one as a module calls it in its own: docs/module.md.
onstart:
    before_jobs()
    ask_for_account()


rule all:
    """Make everything that is possible with the dataset (the default)."""
    default_target: True
    input:
        checked,
        possible,
    localrule: True


rule records:
    """A sentinel: if it is missing, or of other results, all files are compared once."""
    input:
        into_results,
    output:
        RECORDS,
    log:
        "logs/records.log",
    localrule: True
    conda:
        "envs/environment.yaml"
    params:
        token=untracked(RESULTS / records.TOKEN),
        state=lambda wildcards: records.state(Path(RECORDS), RESULTS),
    shell:
        """
        mkdir -p "$(dirname {params.token:q})" 2>{log:q}
        echo {params.state} | tee {params.token:q} >{output:q} 2>>{log:q}
        """


rule check_all:
    """List missing, damaged and unusual raw files, as tables and as a summary."""
    input:
        checked,
    localrule: True


rule prepare_all:
    """Make all ground truth: label images, panoptic files, links to the raw types."""
    input:
        prepared,
    localrule: True


rule verify_release:
    """Fail unless every released label image is reproduced in every pixel."""
    input:
        released,
    localrule: True


rule evaluate_all:
    """Score all prediction sets as the benchmark does, and compare them."""
    input:
        scored,
    localrule: True
