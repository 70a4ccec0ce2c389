"""
From predictions to the benchmark's scores.

Needs     predictions of the config, CITYSCAPES_RESULTS or the sample
          results/gtFine/{split}/{city}/*_{labelIds,instanceIds}.png, panoptic files
Makes     results/tables/evaluation/{set}/{city}.tsv, what was counted in each frame
          results/evaluation/{set}/*.csv and the official result file
          results/evaluation/{set}.boundaries.csv, of sets with such a metric
          results/evaluation/comparison.csv and a figure of some tasks
          results/citypersons/{split}_gt.json, if pedestrians are scored
"""

from cityscapes.evaluation.tasks import TASKS
from cityscapes.incremental.code import code_of

frames_of_city = of_job(evaluation.frames_in, "set", "city")
frames_of_set = of_job(evaluation.all_frames, "set")


checkpoint sample_predictions:
    """Make predictions of known quality for the sample."""
    input:
        "resources/sample/tables/unpacked.tsv",
    output:
        "resources/sample/predictions.tsv",
    log:
        "logs/sample_predictions.log",
    conda:
        "../envs/environment.yaml"
    threads: all_cores
    resources:
        mem_mb=memory_of_job,
    params:
        script=script("sample_predictions.py"),
        resources=untracked(RESOURCES),
        labels=untracked(settings.labels),
        dataset=settings.sample_dataset,
        seed=config["sample"]["seed"],
        code=code("sample_predictions.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --labels {params.labels:q} \
            --split val \
            --seed {params.seed} \
            --output {params.resources:q}/sample/predictions \
            --manifest {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule prediction_files:
    """Find the predictions of every frame, or list the problems of a set."""
    input:
        RECORDS,
        tables=local(of_job(evaluation.frame_tables, "set")),
        checked=local(of_job(evaluation.checked_split, "set")),
    output:
        files="results/tables/evaluation/{set}.files.tsv",
        problems="results/tables/evaluation/{set}.problems.tsv",
    log:
        "logs/prediction_files/{set}.log",
    wildcard_constraints:
        set="[^/]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("prediction_files.py"),
        labels=untracked(settings.labels),
        classes=of_job(tokens.classes, "set"),
        task=of_set("task"),
        split=of_set("split"),
        predictions=of_set("path"),
        reading=of_job(scoring.reading_options, "set"),
        dataset=dataset_root,
        allow_missing=of_job(scoring.allow_missing_flag, "set"),
        with_edits=scoring.edits_flag(),
        listing=of_job(tokens.names_token, "set"),
        code=code("prediction_files.py"),
        code_of_task=of_job(tokens.code, "set"),
    shell:
        """
        python {params.script:q} \
            --name {wildcards.set:q} \
            --task {params.task} \
            --predictions {params.predictions:q} \
            --split {params.split} \
            --tables {input.tables:q} \
            --dataset {params.dataset:q} \
            --labels {params.labels:q} \
            {params.reading:q} \
            {params.allow_missing} \
            {params.with_edits} \
            --output {output.files:q} \
            --problems {output.problems:q} \
            2>{log:q}
        """


rule prediction_problems:
    """List the problems of the files of a set, and fail if there are any."""
    input:
        "results/tables/evaluation/{set}.problems.tsv",
    output:
        "results/tables/evaluation/{set}.checked.tsv",
    log:
        "logs/prediction_problems/{set}.log",
    wildcard_constraints:
        set="[^/]+",
    retries: 0
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("prediction_problems.py"),
        code=code("prediction_problems.py"),
    shell:
        """
        python {params.script:q} \
            --name {wildcards.set:q} \
            --problems {input:q} \
            --output {output:q} \
            2>{log:q}
        """


rule evaluation_counts:
    """Compare predictions with the ground truth of a city: count the frames that changed."""
    input:
        RECORDS,
        files="results/tables/evaluation/{set}.files.tsv",
        truth=local(of_job(truth.of_city, "set", "city")),
        unedited=local(of_job(truth.unedited, "set", "city")),
    output:
        "results/tables/evaluation/{set}/{boundaries}{city}.tsv",
    log:
        "logs/evaluation_counts/{set}/{boundaries}{city}.log",
    benchmark:
        "benchmarks/evaluation_counts/{set}/{boundaries}{city}.tsv"
    wildcard_constraints:
        set="[^/]+",
        city="[^/]+",
        boundaries="|boundaries/",
    conda:
        "../envs/environment.yaml"
    threads: share_of(frames_of_city, frames_of_set)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(frames_of_city),
    params:
        script=script("evaluation_counts.py"),
        labels=untracked(settings.labels),
        task=of_set("task"),
        split=of_set("split"),
        predictions=of_set("path"),
        reading=of_job(scoring.reading_options, "set"),
        truth=lambda wildcards: truth.root(),
        made_truth=of_job(truth.flags, "set", "city"),
        unedited=of_job(truth.unedited_flags, "set", "city"),
        manifest=manifest_of_table,
        dataset=dataset_root,
        listing=of_job(tokens.city_token, "set", "city"),
        classes=of_job(tokens.classes, "set"),
        options=untracked_of_job(scoring.count_options, "set", "boundaries"),
        settings=of_job(scoring.count_settings, "set", "boundaries"),
        code=code("evaluation_counts.py"),
        code_of_task=of_job(tokens.code, "set", "boundaries"),
        forced=forced_flag,
    shell:
        """
        python {params.script:q} \
            --task {params.task} \
            --predictions {params.predictions:q} \
            --files {input.files:q} \
            --truth {params.truth:q} \
            --dataset {params.dataset:q} \
            --split {params.split} \
            --city={wildcards.city:q} \
            --labels {params.labels:q} \
            {params.reading:q} \
            {params.made_truth:q} \
            {params.unedited:q} \
            {params.options:q} \
            --manifest {params.manifest:q} \
            --output {output:q} \
            --jobs {threads} \
            {params.forced} \
            2>{log:q}
        """


for task in TASKS.values():

    rule:
        """Score a prediction set of one task."""
        name:
            f"{task.name}_scores"
        input:
            RECORDS,
            files="results/tables/evaluation/{set}.files.tsv",
            checked="results/tables/evaluation/{set}.checked.tsv",
            counts=local(of_job(evaluation.counts, "set")),
            # An indirect input, named so that Snakemake compares it by content.
            tables=local(of_job(evaluation.frame_tables, "set")),
            truth=local(of_job(truth.of_split, "set")),
        output:
            *(f"results/evaluation/{{set}}/{name}" for name in task.reports),
            classes=report(
                "results/evaluation/{set}/classes.csv",
                caption=f"captions/{task.name}_classes.rst",
                category="Evaluation",
                labels={"table": "classes", "task": task.name, "set": "{set}"},
            ),
        log:
            f"logs/{task.name}_scores/{{set}}.log",
        wildcard_constraints:
            set=any_of(evaluation.names_of_task(task.name)),
        conda:
            "../envs/environment.yaml"
        params:
            script=script(task.scores_script),
            results=untracked(RESULTS),
            options=untracked_of_job(scoring.score_options, "set"),
            settings=of_job(scoring.score_settings, "set"),
            code=code(task.scores_script),
        shell:
            """
            python {params.script:q} \
                --counts {input.counts:q} \
                --files {input.files:q} \
                {params.options:q} \
                --output {params.results:q}/evaluation/{wildcards.set:q} \
                --record {params.results:q} \
                2>{log:q}
            """


rule citypersons_truth:
    """Write the people of a split as one JSON file like the benchmark's val_gt.json."""
    input:
        RECORDS,
        unpacked,
    output:
        "results/citypersons/{split}_gt.json",
    log:
        "logs/citypersons_truth/{split}.log",
    wildcard_constraints:
        split="train|val",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("citypersons_truth.py"),
        results=untracked(RESULTS),
        person_labels=untracked(settings.person_labels),
        people=settings.digest_of_people(),
        dataset=dataset_root,
        raw=of_job(tokens.people_token, "split"),
        code=code("citypersons_truth.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --split {wildcards.split} \
            --person-labels {params.person_labels:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """


rule boundary_scores:
    """Score the boundaries of a prediction set that names such a metric."""
    input:
        RECORDS,
        files="results/tables/evaluation/{set}.files.tsv",
        checked="results/tables/evaluation/{set}.checked.tsv",
        counts=local(of_job(evaluation.boundary_counts, "set")),
        # An indirect input, named so that Snakemake compares it by content.
        tables=local(of_job(evaluation.frame_tables, "set")),
        truth=local(of_job(truth.of_split, "set")),
    output:
        report(
            "results/evaluation/{set}.boundaries.csv",
            caption="captions/boundaries.rst",
            category="Evaluation",
            labels={"table": "boundaries", "task": "all", "set": "{set}"},
        ),
    log:
        "logs/boundary_scores/{set}.log",
    wildcard_constraints:
        set=any_of(evaluation.with_boundaries()),
    conda:
        "../envs/environment.yaml"
    params:
        script=script("boundary_scores.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        classes=settings.digest_of("panoptic_trainId.json"),
        task=of_set("task"),
        truth=untracked_of_job(scoring.boundary_truth, "set"),
        settings=of_job(scoring.boundary_settings, "set"),
        code=code("boundary_scores.py"),
    shell:
        """
        python {params.script:q} \
            --task {params.task} \
            --counts {input.counts:q} \
            --files {input.files:q} \
            --labels {params.labels:q} \
            {params.truth:q} \
            --settings {params.settings:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """


for task in TASKS.values():
    if task.figure:

        rule:
            """Draw the scores of all prediction sets of one task in one figure."""
            name:
                f"{task.name}_figure"
            input:
                RECORDS,
                files=drawn(task.name, task.drawn[:1]),
                beside=drawn(task.name, task.drawn[1:]),
            output:
                *(f"results/evaluation/{name}" for name in task.figures[1:]),
                picture=report(
                    f"results/evaluation/{task.figures[0]}",
                    caption=f"captions/{task.name}_figure.rst",
                    category="Evaluation",
                    labels={"table": "figure", "task": task.name, "set": "all"},
                ),
            log:
                f"logs/{task.name}_figure.log",
            conda:
                "../envs/environment.yaml"
            params:
                script=script("evaluation_figure.py"),
                results=untracked(RESULTS),
                task=task.name,
                labels=untracked(settings.labels),
                classes=settings.digest_of("color"),
                code=code("evaluation_figure.py"),
                code_of_task=code_of(task.figure),
            shell:
                """
                python {params.script:q} \
                    --task {params.task} \
                    --files {input.files:q} \
                    --labels {params.labels:q} \
                    --output {output:q} \
                    --record {params.results:q} \
                    2>{log:q}
                """


rule comparison:
    """Compare the main scores of all prediction sets."""
    input:
        RECORDS,
        summaries=local(after_predictions(of_job(evaluation.summaries))),
    output:
        report(
            "results/evaluation/comparison.csv",
            caption="captions/comparison.rst",
            category="Evaluation",
            labels={"table": "comparison", "task": "all", "set": "all"},
        ),
    log:
        "logs/comparison.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("comparison.py"),
        results=untracked(RESULTS),
        code=code("comparison.py"),
    shell:
        """
        python {params.script:q} \
            --summaries {input.summaries:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>&1 | tee {log:q}
        """


rule coco_scores:
    """Score an instance-level prediction set by COCO's protocol: masks and boxes."""
    input:
        RECORDS,
        files="results/tables/evaluation/{set}.files.tsv",
        checked="results/tables/evaluation/{set}.checked.tsv",
        truth=lambda wildcards: local(
            ask(exports.coco_instances, evaluation.sets[wildcards.set].split)
        ),
        unedited=local(of_job(truth.unedited_instances, "set")),
    output:
        headline="results/evaluation/{set}/coco.csv",
        classes="results/evaluation/{set}/coco_classes.csv",
    log:
        "logs/coco_scores/{set}.log",
    wildcard_constraints:
        set=any_of(evaluation.names_of_task("instance")),
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 3000 * attempt,
    params:
        script=script("coco_scores.py"),
        results=untracked(RESULTS),
        unedited=lambda wildcards: [
            f"--unedited={path}" for path in truth.unedited_instances(wildcards.set)
        ],
        labels=untracked(settings.labels),
        classes=of_job(tokens.classes, "set"),
        predictions=of_set("path"),
        reading=of_job(scoring.reading_options, "set"),
        listing=of_job(tokens.content_token, "set"),
        only=of_job(scoring.only_classes, "set"),
        code=code("coco_scores.py"),
    shell:
        """
        python {params.script:q} \
            --predictions {params.predictions:q} \
            --files {input.files:q} \
            --truth {input.truth:q} \
            {params.unedited:q} \
            --labels {params.labels:q} \
            {params.reading:q} \
            --only {params.only:q} \
            --output {output.headline:q} \
            --classes {output.classes:q} \
            --record {params.results:q} \
            2>{log:q}
        """


rule evaluate_coco:
    """Score all instance-level prediction sets by COCO's protocol."""
    input:
        after_predictions(lambda wildcards: free(evaluation.coco_files())),
    localrule: True
