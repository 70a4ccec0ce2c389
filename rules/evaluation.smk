"""
From predictions to the benchmark's scores.

Needs     predictions of the config, CITYSCAPES_RESULTS or the sample
          results/gtFine/{split}/{city}/*_{labelIds,instanceIds}.png, panoptic files
Makes     results/manifests/evaluation/{set}/{city}.tsv, what was counted in each frame
          results/evaluation/{set}/*.csv and the official result file
          results/evaluation/comparison.csv
"""


checkpoint sample_predictions:
    """Make predictions of known quality for the sample."""
    input:
        "resources/sample/unpacked.tsv",
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
        labels=untracked(LABELS),
        dataset=SAMPLE_DATASET,
        seed=config["sample"]["seed"],
        code=code("sample_predictions.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --labels {params.labels:q} \
            --split val \
            --seed {params.seed} \
            --output resources/sample/predictions \
            --manifest {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule prediction_files:
    """Find the predictions of every frame, or list all that is wrong with a set."""
    input:
        manifests=frame_manifests,
        checked=frames_checked,
    output:
        files="results/manifests/evaluation/{set}.files.tsv",
        problems="results/manifests/evaluation/{set}.problems.tsv",
    log:
        "logs/prediction_files/{set}.log",
    wildcard_constraints:
        set="[^/]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("prediction_files.py"),
        labels=untracked(LABELS),
        classes=settings_of_counts,
        task=task_of_set,
        split=split_of_set,
        predictions=path_of_set,
        encoding=encoding_of_set,
        allow_missing=allow_missing_flag,
        listing=names_of_set,
        code=code("prediction_files.py"),
    shell:
        """
        python {params.script:q} \
            --name {wildcards.set:q} \
            --task {params.task} \
            --predictions {params.predictions:q} \
            --split {params.split} \
            --manifests {input.manifests:q} \
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
        "results/manifests/evaluation/{set}.problems.tsv",
    output:
        "results/manifests/evaluation/{set}.checked.tsv",
    log:
        "logs/prediction_problems/{set}.log",
    wildcard_constraints:
        set="[^/]+",
    retries: 0
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
        files="results/manifests/evaluation/{set}.files.tsv",
        truth=truth_of_counts,
    output:
        update("results/manifests/evaluation/{set}/{city}.tsv"),
    log:
        "logs/evaluation_counts/{set}/{city}.log",
    benchmark:
        "benchmarks/evaluation_counts/{set}/{city}.tsv"
    wildcard_constraints:
        set="[^/]+",
        city="[^/.]+",
    conda:
        "../envs/environment.yaml"
    threads: share_of_split
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of_counts,
    params:
        script=script("evaluation_counts.py"),
        labels=untracked(LABELS),
        task=task_of_set,
        split=split_of_set,
        predictions=path_of_set,
        truth=truth_root,
        panoptic_truth=panoptic_truth,
        manifest=manifest_flag,
        dataset=dataset_root,
        listing=listing_of_city,
        depth=depth_of_city,
        released=released_truth,
        classes=settings_of_counts,
        code=code("evaluation_counts.py"),
    shell:
        """
        python {params.script:q} \
            --task {params.task} \
            --predictions {params.predictions:q} \
            --files {input.files:q} \
            --truth {params.truth:q} \
            --panoptic-truth {params.panoptic_truth:q} \
            --dataset {params.dataset:q} \
            --split {params.split} \
            --city {wildcards.city} \
            --labels {params.labels:q} \
            {params.manifest} \
            --output {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule pixel_scores:
    """Score a pixel-level prediction set: IoU and iIoU."""
    input:
        files="results/manifests/evaluation/{set}.files.tsv",
        checked="results/manifests/evaluation/{set}.checked.tsv",
        counts=counts_of_set,
    output:
        "results/evaluation/{set}/resultPixelLevelSemanticLabeling.json",
        "results/evaluation/{set}/categories.csv",
        "results/evaluation/{set}/confusion.csv",
        "results/evaluation/{set}/images.csv",
        "results/evaluation/{set}/summary.csv",
        classes=report(
            "results/evaluation/{set}/classes.csv",
            caption="captions/pixel_classes.rst",
            category="Evaluation",
            labels={"table": "classes", "task": "pixel", "set": "{set}"},
        ),
    log:
        "logs/pixel_scores/{set}.log",
    wildcard_constraints:
        set=sets_of_task("pixel"),
    conda:
        "../envs/environment.yaml"
    params:
        script=script("pixel_scores.py"),
        labels=untracked(LABELS),
        encoding=encoding_of_set,
        average_sizes=average_sizes(),
        settings=all_settings(),
        code=code("pixel_scores.py"),
    shell:
        """
        python {params.script:q} \
            --counts {input.counts:q} \
            --files {input.files:q} \
            --labels {params.labels:q} \
            --encoding {params.encoding} \
            --average-sizes {params.average_sizes:q} \
            --output results/evaluation/{wildcards.set:q} \
            2>{log:q}
        """


rule instance_scores:
    """Score an instance-level prediction set: average precision."""
    input:
        files="results/manifests/evaluation/{set}.files.tsv",
        checked="results/manifests/evaluation/{set}.checked.tsv",
        counts=counts_of_set,
    output:
        "results/evaluation/{set}/resultInstanceLevelSemanticLabeling.json",
        "results/evaluation/{set}/overlaps.csv",
        "results/evaluation/{set}/images.csv",
        "results/evaluation/{set}/summary.csv",
        classes=report(
            "results/evaluation/{set}/classes.csv",
            caption="captions/instance_classes.rst",
            category="Evaluation",
            labels={"table": "classes", "task": "instance", "set": "{set}"},
        ),
    log:
        "logs/instance_scores/{set}.log",
    wildcard_constraints:
        set=sets_of_task("instance"),
    conda:
        "../envs/environment.yaml"
    params:
        script=script("instance_scores.py"),
        labels=untracked(LABELS),
        settings=all_settings(),
        code=code("instance_scores.py"),
    shell:
        """
        python {params.script:q} \
            --counts {input.counts:q} \
            --files {input.files:q} \
            --labels {params.labels:q} \
            --output results/evaluation/{wildcards.set:q} \
            2>{log:q}
        """


rule panoptic_scores:
    """Score a panoptic prediction set: panoptic quality."""
    input:
        files="results/manifests/evaluation/{set}.files.tsv",
        checked="results/manifests/evaluation/{set}.checked.tsv",
        counts=counts_of_set,
        truth=panoptic_truth,
    output:
        "results/evaluation/{set}/resultPanopticSemanticLabeling.json",
        "results/evaluation/{set}/groups.csv",
        "results/evaluation/{set}/images.csv",
        "results/evaluation/{set}/summary.csv",
        classes=report(
            "results/evaluation/{set}/classes.csv",
            caption="captions/panoptic_classes.rst",
            category="Evaluation",
            labels={"table": "classes", "task": "panoptic", "set": "{set}"},
        ),
    log:
        "logs/panoptic_scores/{set}.log",
    wildcard_constraints:
        set=sets_of_task("panoptic"),
    conda:
        "../envs/environment.yaml"
    params:
        script=script("panoptic_scores.py"),
        code=code("panoptic_scores.py"),
    shell:
        """
        python {params.script:q} \
            --counts {input.counts:q} \
            --files {input.files:q} \
            --truth {input.truth:q} \
            --output results/evaluation/{wildcards.set:q} \
            2>{log:q}
        """


rule comparison:
    """Put the headline scores of all prediction sets side by side."""
    input:
        summaries,
    output:
        report(
            "results/evaluation/comparison.csv",
            caption="captions/comparison.rst",
            category="Evaluation",
            labels={"table": "comparison", "task": "all", "set": "all"},
        ),
    log:
        "logs/comparison.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("comparison.py"),
        code=code("comparison.py"),
    shell:
        """
        python {params.script:q} \
            --summaries {input:q} \
            --output {output:q} \
            2>&1 | tee {log:q}
        """
