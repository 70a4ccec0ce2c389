"""
From predictions to what the benchmark's server accepts.

Needs     predictions of `submissions` in the config, or of the sample
          results/tables/gtFine/{split}/*.labels.tsv, which name the frames
Makes     results/submissions/{set}.zip and a table of what is in it
"""


rule sample_test_predictions:
    """Make predictions for the test frames of the sample, whose annotations are not public."""
    input:
        "resources/sample/tables/unpacked.tsv",
    output:
        "resources/sample/test_predictions.tsv",
    log:
        "logs/sample_test_predictions.log",
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
            --split test \
            --seed {params.seed} \
            --output {params.resources:q}/sample/test_predictions \
            --manifest {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule submission:
    """Convert, check and pack a prediction set, or list its problems."""
    input:
        RECORDS,
        made=local(of_job(submissions.made_here, "set")),
        tables=local(after_unpacking(of_job(submissions.frame_tables, "set"))),
    output:
        zip="results/submissions/{set}.zip",
        table="results/submissions/{set}.csv",
    log:
        "logs/submission/{set}.log",
    wildcard_constraints:
        set="[^/]+",
    retries: 0
    conda:
        "../envs/environment.yaml"
    threads: all_cores
    resources:
        mem_mb=memory_of_job,
    params:
        script=script("submission.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        classes=settings.digest_of("panoptic_trainId.json"),
        task=of_set("task", submissions),
        path=of_set("path", submissions),
        split=of_set("split", submissions),
        reading=of_job(submissions.reading_flags, "set"),
        size=checks.first_size(),
        expected=after_unpacking(
            lambda wildcards: ask(
                submissions.expected, wildcards.set, ask(checks.published_splits)
            )
        ),
        files=of_job(submissions.token, "set"),
        state=of_job(submissions.state, "set"),
        code=code("submission.py"),
    shell:
        """
        python {params.script:q} \
            --name {wildcards.set:q} \
            --task {params.task} \
            --predictions {params.path:q} \
            --split {params.split} \
            {params.reading:q} \
            --tables {input.tables:q} \
            --labels {params.labels:q} \
            --size {params.size} \
            --expected {params.expected} \
            --output {output.zip:q} \
            --table {output.table:q} \
            --record {params.results:q} \
            --record-state {params.state} \
            --jobs {threads} \
            2>{log:q}
        """


rule submit:
    """Make the zip files for the benchmark's server, each checked."""
    input:
        submitted,
    localrule: True
