"""
From polygons to label images; each job makes a shard (type, split, city).

Needs     {dataset}/{type}/{split}/{city}/*_polygons.json
Makes     results/{type}/{split}/{city}/*_{labelIds,instanceIds,color,...}.png
          results/gtFine/cityscapes_panoptic_{split}{,_trainId}/*.png
          results/tables/{type}/{split}/{city}.{labels,trainIds,panoptic}.tsv, the
          digests of the files of each frame; Snakemake tracks these tables
          results/manifests/{type}/{split}/{city}.jsonl, what each file was made from;
          untracked, so that it survives jobs that fail or are killed
          results/tables/{type}/{split}.labels.checked.tsv, if all frames of a split could be made;
          rules that need all of them have it as input

If no frame of a shard has polygons, its *_labelIds.png (with *_instanceIds.png) are used instead.

If sizes, times or settings changed, the job looks at each frame, and makes what is missing,
damaged or out of date. Rules that read its tables run again if the content of these changed: an
edit of trainIds does not affect the scores of labelIds.
"""

from cityscapes.ground_truth.kinds import FIRST_SOURCE, KINDS, NAMES


checkpoint ground_truth:
    """Update all label images of a shard."""
    input:
        RECORDS,
        unpacked,
    output:
        expand("results/tables/{{type}}/{{split}}/{{city}}.{group}.tsv", group=POLYGON_GROUPS),
    log:
        "logs/ground_truth/{type}/{split}/{city}.log",
    benchmark:
        "benchmarks/ground_truth/{type}/{split}/{city}.tsv"
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="[^/]+",
        city="[^/]+",
    priority: frames_of_shard
    conda:
        "../envs/environment.yaml"
    threads: share_of(frames_of_shard, all_frames)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(frames_of_shard),
    params:
        script=script("ground_truth.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        dataset=dataset_root,
        edits=untracked(settings.edits_folder),
        shard=lambda wildcards: shard_of(wildcards).folder,
        fill=config["fill"],
        degenerate=config["degenerate"],
        max_polygons_mb=untracked(config["max_polygons_mb"]),
        kinds=settings.polygon_kinds,
        recipe=of_shard(shards.recipe),
        code=code("ground_truth.py"),
        state=of_shard(shards.state),
        gone=lambda wildcards, output: of_shard(exports.left_of_gone)(wildcards),
        forced=forced_flag,
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
            --results {params.results:q} \
            --shard {params.shard:q} \
            --kinds {params.kinds} \
            --labels {params.labels:q} \
            --fill {params.fill} \
            --degenerate {params.degenerate} \
            --max-polygons-mb {params.max_polygons_mb} \
            --state {params.state} \
            --tables {output:q} \
            --gone {params.gone:q} \
            --jobs {threads} \
            --keep-going \
            {params.forced} \
            2>{log:q}
        """


checkpoint depth:
    """Update the depth images of a city, from disparity and camera files."""
    input:
        RECORDS,
        unpacked,
    output:
        "results/tables/disparity/{split}/{city}.depth.tsv",
    log:
        "logs/depth/{split}/{city}.log",
    benchmark:
        "benchmarks/depth/{split}/{city}.tsv"
    wildcard_constraints:
        split="[^/]+",
        city="[^/]+",
    priority: frames_of_shard
    conda:
        "../envs/environment.yaml"
    threads: share_of(frames_of_shard, all_frames)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(frames_of_shard),
    params:
        script=script("ground_truth.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        dataset=dataset_root,
        shard=lambda wildcards: shard_of(wildcards).folder,
        recipe=of_shard(shards.recipe),
        code=code("ground_truth.py"),
        state=of_shard(shards.state),
        forced=forced_flag,
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --results {params.results:q} \
            --shard {params.shard:q} \
            --kinds depth \
            --labels {params.labels:q} \
            --state {params.state} \
            --tables {output:q} \
            --jobs {threads} \
            --keep-going \
            {params.forced} \
            2>{log:q}
        """


rule frame_problems:
    """List the frames of a split that could not be made, and fail if there are any."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(shards.tables_of_split, "type", "split", "group"))),
    output:
        "results/tables/{type}/{split}.{group}.checked.tsv",
    log:
        "logs/frame_problems/{type}/{split}.{group}.log",
    wildcard_constraints:
        type="|".join(FIRST_SOURCE),
        split="[^/.]+",
        group="labels|depth",
    retries: 0
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("frame_problems.py"),
        code=code("frame_problems.py"),
    shell:
        """
        python {params.script:q} \
            --tables {input.tables:q} \
            --split {wildcards.type}/{wildcards.split} \
            --output {output:q} \
            2>{log:q}
        """


rule frame_image:
    """Paint one label image that is requested by its path; no other rule needs this one."""
    input:
        frame_sources,
    output:
        "results/{type}/{split}/{city}/{frame}_{type}_{kind}.png",
    log:
        "logs/frame_image/{type}/{split}/{city}/{frame}.{kind}.log",
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="[^/]+",
        city="[^/]+",
        frame="[^/]+",
        kind="|".join(name for name in NAMES if KINDS[name].group in ("labels", "trainIds")),
    conda:
        "../envs/environment.yaml"
    params:
        script=script("frame_image.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        dataset=dataset_root,
        edits=untracked(settings.edits_folder),
        shard=lambda wildcards: shard_of(wildcards).folder,
        recipe=lambda wildcards: shards.recipe(shard_of(wildcards))[wildcards.kind],
        fill=config["fill"],
        degenerate=config["degenerate"],
        max_polygons_mb=untracked(config["max_polygons_mb"]),
        code=code("frame_image.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
            --results {params.results:q} \
            --shard {params.shard:q} \
            --frame={wildcards.frame:q} \
            --kind {wildcards.kind} \
            --labels {params.labels:q} \
            --fill {params.fill} \
            --degenerate {params.degenerate} \
            --max-polygons-mb {params.max_polygons_mb} \
            2>{log:q}
        """
