"""
From polygons to label images, a shard (type, split, city) and group of kinds a job.

Needs     {dataset}/{type}/{split}/{city}/*_polygons.json
Makes     results/{type}/{split}/{city}/*_{labelIds,instanceIds,color,...}.png
          results/gtFine/cityscapes_panoptic_{split}{,_trainId}/*.png
          results/manifests/{type}/{split}/{city}.{group}.tsv, the files that Snakemake tracks
          results/manifests/{type}/{split}.{group}.checked.tsv, where no polygon file is wrong:
          what needs all frames of a split waits for it

The groups are `labels`, `trainIds` and `panoptic`: an edit of trainIds leaves the other images
alone, and a deleted label image leaves the panoptic files alone.
"""


rule ground_truth:
    """Paint the label images of a shard that are missing, damaged or out of date."""
    input:
        unpacked,
    output:
        update("results/manifests/{type}/{split}/{city}.{group}.tsv"),
    log:
        "logs/ground_truth/{type}/{split}/{city}.{group}.log",
    benchmark:
        "benchmarks/ground_truth/{type}/{split}/{city}.{group}.tsv"
    wildcard_constraints:
        type="gtFine|gtCoarse",
        split="[^/]+",
        city="[^/.]+",
        group="labels|trainIds|panoptic",
    priority: frames_in
    conda:
        "../envs/environment.yaml"
    threads: share_of_cores
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of_shard,
        turn=1,
    params:
        script=script("ground_truth.py"),
        labels=untracked(LABELS),
        dataset=dataset_root,
        shard=shard_text,
        fill=config["fill"],
        kinds=kinds_of_group,
        settings=settings_of_group,
        code=code("ground_truth.py"),
        raw=raw_token,
        derived=derived_token,
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --results results \
            --shard {params.shard:q} \
            --kinds {params.kinds} \
            --labels {params.labels:q} \
            --fill {params.fill} \
            --manifest {output:q} \
            --raw {params.raw} \
            --derived {params.derived} \
            --jobs {threads} \
            --keep-going \
            2>{log:q}
        """


rule polygon_problems:
    """List the wrong polygon files of a split, and fail if there are any."""
    input:
        manifests_of_split,
    output:
        "results/manifests/{type}/{split}.{group}.checked.tsv",
    log:
        "logs/polygon_problems/{type}/{split}.{group}.log",
    wildcard_constraints:
        type="gtFine|gtCoarse",
        split="[^/]+",
        group="labels|trainIds|panoptic",
    retries: 0
    conda:
        "../envs/environment.yaml"
    params:
        script=script("polygon_problems.py"),
        code=code("polygon_problems.py"),
    shell:
        """
        python {params.script:q} \
            --manifests {input:q} \
            --split {wildcards.type}/{wildcards.split} \
            --output {output:q} \
            2>{log:q}
        """


rule frame_image:
    """Paint one label image that is asked for by name; no other rule needs this one."""
    input:
        frame_sources,
    output:
        "results/{type}/{split}/{city}/{frame}_{type}_{kind}.png",
    log:
        "logs/frame_image/{type}/{split}/{city}/{frame}.{kind}.log",
    wildcard_constraints:
        type="gtFine|gtCoarse",
        split="[^/]+",
        city="[^/]+",
        frame="[^/]+",
        kind="labelIds|instanceIds|color|labelTrainIds|instanceTrainIds",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("frame_image.py"),
        labels=untracked(LABELS),
        polygons=raw_polygons,
        settings=settings_of_kind,
        fill=config["fill"],
        code=code("frame_image.py"),
    shell:
        """
        python {params.script:q} \
            --polygons {params.polygons:q} \
            --kind {wildcards.kind} \
            --labels {params.labels:q} \
            --fill {params.fill} \
            --output {output:q} \
            2>{log:q}
        """
