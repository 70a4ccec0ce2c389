"""
From statistics, scores and figures to one page for people.

Needs     results/statistics/{type}_{split}/*.csv, results/evaluation/{set}/*.csv
          results/report/{statistics,sets,comparisons}/: rules/figures.smk
          results/checks/problems.csv
Makes     results/report/sets/{set}/frames/{worst,median,best}.jpg
          results/report/index.html
"""

from cityscapes.workflow.report import FRAME_PICTURES, version_of


rule frame_pictures:
    """Draw the worst, the median and the best frame of a prediction set."""
    input:
        RECORDS,
        scores=local(of_job(evaluation.score_tables, "set")),
        files="results/tables/evaluation/{set}.files.tsv",
        truth=local(of_job(truth.of_split, "set")),
        unedited=local(of_job(truth.unedited_of_split, "set")),
    output:
        expand(
            "results/report/sets/{{set}}/frames/{name}",
            name=FRAME_PICTURES,
        ),
    log:
        "logs/frame_pictures/{set}.log",
    wildcard_constraints:
        set=any_of(page.sets_with_pictures()),
    conda:
        "../envs/environment.yaml"
    params:
        script=script("frame_pictures.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        classes=settings.digest_of("panoptic_trainId.json"),
        colors=settings.digest_of("color"),
        truth=lambda wildcards: truth.root(),
        dataset=dataset_root,
        panoptic_truth=of_job(truth.flags_of_split, "set"),
        unedited=of_job(truth.unedited_flags_of_split, "set"),
        task=of_set("task"),
        split=of_set("split"),
        predictions=of_set("path"),
        reading=of_job(scoring.reading_options, "set"),
        void=json_of_set("void"),
        scored=json_of_set("classes"),
        code=code("frame_pictures.py"),
    shell:
        """
        python {params.script:q} \
            --task {params.task} \
            --scores {params.results:q}/evaluation/{wildcards.set:q} \
            --predictions {params.predictions:q} \
            --files {input.files:q} \
            --truth {params.truth:q} \
            {params.panoptic_truth:q} \
            {params.unedited:q} \
            --dataset {params.dataset:q} \
            --split {params.split} \
            --labels {params.labels:q} \
            {params.reading:q} \
            --void {params.void:q} \
            --classes {params.scored:q} \
            --output {params.results:q}/report/sets/{wildcards.set:q}/frames \
            --record {params.results:q} \
            2>{log:q}
        """


rule html_report:
    """Write the report: statistics, scores and checks on one page, which loads no other file."""
    input:
        RECORDS,
        local(after_predictions(of_job(page.inputs))),
    output:
        "results/report/index.html",
    log:
        "logs/html_report.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("html_report.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        splits=after_unpacking(of_job(page.splits)),
        extra=after_unpacking(of_job(page.extra)),
        sets=of_job(page.sets),
        comparisons=of_job(figures.comparisons),
        settings=of_job(page.settings),
        release=version_of(Path(CLONE, "CITATION.cff")),
        pictures="--pictures" * config["report"]["pictures"],
        sample="--sample" * settings.is_sample,
        looks=digest(
            *(Path(SCRIPTS, f"cityscapes/report/page.{e}").read_bytes() for e in ("css", "js"))
        ),
        code=code("html_report.py"),
    shell:
        """
        python {params.script:q} \
            --results {params.results:q} \
            --splits {params.splits} \
            --extra {params.extra:q} \
            --sets {params.sets:q} \
            --comparisons {params.comparisons} \
            --labels {params.labels:q} \
            --settings {params.settings:q} \
            --release {params.release} \
            {params.pictures} \
            {params.sample} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """


rule report_all:
    """Make statistics, scores, figures, and the page that shows them."""
    input:
        reported,
    localrule: True
