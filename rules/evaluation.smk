"""
From predictions to the benchmark's scores.

Needs     predictions of the config, CITYSCAPES_RESULTS or the sample
          results/gtFine/{split}/{city}/*_{labelIds,instanceIds}.png, panoptic files
Makes     results/tables/evaluation/{set}/{city}.tsv, what was counted in each frame
          results/evaluation/{set}/*.csv and the official result file
          results/evaluation/comparison.csv
"""


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
    """Find the predictions of every frame, or list all that is wrong with a set."""
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
        classes=settings.digest_of("labelIds"),
        task=of_set("task"),
        split=of_set("split"),
        predictions=of_set("path"),
        encoding=of_set("encoding"),
        allow_missing=allow_missing_flag,
        listing=of_job(evaluation.names_token, "set"),
        code=code("prediction_files.py"),
        code_of_task=of_job(evaluation.code, "set"),
    shell:
        """
        python {params.script:q} \
            --name {wildcards.set:q} \
            --task {params.task} \
            --predictions {params.predictions:q} \
            --split {params.split} \
            --tables {input.tables:q} \
            --labels {params.labels:q} \
            --encoding {params.encoding} \
            {params.allow_missing} \
            --output {output.files:q} \
            --problems {output.problems:q} \
            2>{log:q}
        """


rule prediction_problems:
    """List what is wrong with the files of a set, and fail if anything is."""
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
    """Count what the predictions for a city are, for frames that changed."""
    input:
        RECORDS,
        files="results/tables/evaluation/{set}.files.tsv",
        truth=local(of_job(evaluation.truth, "set", "city")),
    output:
        "results/tables/evaluation/{set}/{city}.tsv",
    log:
        "logs/evaluation_counts/{set}/{city}.log",
    benchmark:
        "benchmarks/evaluation_counts/{set}/{city}.tsv"
    wildcard_constraints:
        set="[^/]+",
        city="[^/.]+",
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
        truth=lambda wildcards: evaluation.truth_root(),
        made_truth=of_job(evaluation.truth_flags, "set", "city"),
        manifest=manifest_of_table,
        dataset=dataset_root,
        listing=of_job(evaluation.city_token, "set", "city"),
        classes=settings.digest_of("labelIds"),
        code=code("evaluation_counts.py"),
        code_of_task=of_job(evaluation.code, "set"),
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
            --city {wildcards.city} \
            --labels {params.labels:q} \
            {params.made_truth:q} \
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
            # Two steps away: named, too, so that Snakemake looks at it again by content.
            tables=local(of_job(evaluation.frame_tables, "set")),
            truth=local(of_job(evaluation.split_truth, "set")),
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
            set=names_of_task(task.name),
        conda:
            "../envs/environment.yaml"
        params:
            script=script(task.scores_script),
            results=untracked(RESULTS),
            options=untracked_of_job(evaluation.score_options, "set"),
            settings=of_job(evaluation.score_settings, "set"),
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


rule comparison:
    """Put the headline scores of all prediction sets side by side."""
    input:
        RECORDS,
        summaries=summaries,
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
