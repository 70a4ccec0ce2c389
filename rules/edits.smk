"""
What edits change: the dataset's own files of edited frames are made, too, beside the results.

Needs     {dataset}/{type}/{split}/{city}/*_polygons.json of frames with edits
Makes     results/unedited/{type}/{split}/{city}/*, of these frames alone
          results/unedited/tables/{type}/{split}/{city}.{labels,panoptic,exports}.tsv
          results/unedited/gtFine/cityscapes_panoptic_{split}{,_trainId}.json
          results/unedited/annotations/instancesonly_filtered_gtFine_{split}.json
          results/statistics/{type}_{split}/edits.csv

Scores compare with these, so that they stay the benchmark's. Nothing of this is asked for where
there are no edits.
"""


rule unedited:
    """Make the label images of edited frames of a city as the dataset has them."""
    input:
        RECORDS,
        unpacked,
        # Before it, as frames that are edited there have to be made here.
        table="results/tables/{type}/{split}/{city}.labels.tsv",
    output:
        expand(
            "results/unedited/tables/{{type}}/{{split}}/{{city}}.{group}.tsv",
            group=UNEDITED_GROUPS,
        ),
    log:
        "logs/unedited/{type}/{split}/{city}.log",
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="[^/]+",
        city="[^/]+",
    conda:
        "../envs/environment.yaml"
    threads: share_of(frames_of_shard, all_frames)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(frames_of_shard),
    params:
        script=script("ground_truth.py"),
        results=untracked(unedited.results),
        labels=untracked(settings.labels),
        dataset=dataset_root,
        edits=untracked(settings.edits_folder),
        shard=lambda wildcards: shard_of(wildcards).folder,
        fill=config["fill"],
        degenerate=config["degenerate"],
        max_polygons_mb=untracked(config["max_polygons_mb"]),
        kinds=unedited.kinds,
        recipe=of_shard(shards.recipe),
        code=code("ground_truth.py"),
        state=of_shard(unedited.state),
        forced=forced_flag,
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
            --unedited \
            --results {params.results:q} \
            --shard {params.shard:q} \
            --kinds {params.kinds} \
            --labels {params.labels:q} \
            --fill {params.fill} \
            --degenerate {params.degenerate} \
            --max-polygons-mb {params.max_polygons_mb} \
            --state {params.state} \
            --tables {output:q} \
            --jobs {threads} \
            --keep-going \
            {params.forced} \
            2>{log:q}
        """


rule unedited_panoptic:
    """Join the panoptic segments of edited frames, as the dataset has them, to a JSON file."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(unedited.panoptic_tables, "split"))),
    output:
        "results/unedited/gtFine/cityscapes_panoptic_{split}{variant}.json",
    log:
        "logs/unedited_panoptic/{split}{variant}.log",
    wildcard_constraints:
        split="train|val|test|train_extra",
        variant="|_trainId",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("panoptic.py"),
        results=untracked(unedited.results),
        dataset=untracked(settings.dataset),
        edits=untracked(settings.edits_folder),
        labels=untracked(settings.labels),
        category_ids=lambda wildcards: "trainId" if wildcards.variant else "id",
        settings=lambda wildcards: settings.digest_of(f"panoptic{wildcards.variant}.json"),
        state=of_job(unedited.panoptic_state, "split", "variant"),
        code=code("panoptic.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
            --unedited \
            --results {params.results:q} \
            --tables {input.tables:q} \
            --split {wildcards.split} \
            --labels {params.labels:q} \
            --category-ids {params.category_ids} \
            --output {output:q} \
            --record {params.results:q} \
            --record-state {params.state} \
            2>{log:q}
        """


rule unedited_instances:
    """List the COCO instances of edited frames, as the dataset has them."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(unedited.instance_tables, "split"))),
    output:
        "results/unedited/annotations/instancesonly_filtered_gtFine_{split}.json",
    log:
        "logs/unedited_instances/{split}.log",
    wildcard_constraints:
        split="train|val|test|train_extra",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("export.py"),
        results=untracked(unedited.results),
        labels=untracked(settings.labels),
        recipe=lambda wildcards: exports.recipe("coco_instances"),
        code=code("export.py"),
    shell:
        """
        python {params.script:q} \
            --name coco_instances \
            --results {params.results:q} \
            --tables {input.tables:q} \
            --split gtFine/{wildcards.split} \
            --labels {params.labels:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """


rule split_edits:
    """Count the pixels that the edits of a split change, by class."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(unedited.edited_tables, "type", "split"))),
        unedited=local(after_unpacking(of_job(unedited.labels_tables, "type", "split"))),
    output:
        "results/statistics/{type}_{split}/edits.csv",
    log:
        "logs/split_edits/{type}_{split}.log",
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="train|val|test|train_extra|demoVideo",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("split_edits.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        classes=settings.digest_of("panoptic_trainId.json"),
        code=code("split_edits.py"),
    shell:
        """
        python {params.script:q} \
            --results {params.results:q} \
            --tables {input.tables:q} \
            --unedited {input.unedited:q} \
            --labels {params.labels:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """
