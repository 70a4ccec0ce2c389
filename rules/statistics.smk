"""
From what was counted in the frames to the statistics of a split.

Needs     results/tables/{type}/{split}/*.statistics.tsv
Makes     results/statistics/{type}_{split}/*.csv
          results/tables/{distances,coarse,positions}/{split}/{city}.tsv, where these are asked for

The counts of each frame come with the painting: rules/ground_truth.smk.
"""

from cityscapes.statistics.names import EXTRA, STATISTICS


rule split_statistics:
    """Sum the counts of a split's frames: pixels, objects, sizes and positions of each class."""
    input:
        RECORDS,
        statistics=local(after_unpacking(of_job(statistics.tables, "type", "split"))),
    output:
        expand("results/statistics/{{type}}_{{split}}/{name}.csv", name=STATISTICS),
    log:
        "logs/split_statistics/{type}_{split}.log",
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="train|val|test|train_extra|demoVideo",
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
    params:
        script=script("split_statistics.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        classes=settings.digest_of("panoptic_trainId.json"),
        average_sizes=of_job(statistics.average_sizes),
        pixels=untracked(os.path.relpath(f"{CLONE}/config/published_pixels.tsv")),
        frames=untracked(os.path.relpath(f"{CLONE}/config/frames.tsv")),
        published=table_digest("published_pixels.tsv"),
        code=code("split_statistics.py"),
    shell:
        """
        python {params.script:q} \
            --statistics {input.statistics:q} \
            --split {wildcards.type}/{wildcards.split} \
            --labels {params.labels:q} \
            --average-sizes {params.average_sizes:q} \
            --published-pixels {params.pixels:q} \
            --published-frames {params.frames:q} \
            --output {params.results:q}/statistics/{wildcards.type}_{wildcards.split} \
            --record {params.results:q} \
            2>{log:q}
        """


rule instance_distances:
    """Measure the distances of the instances of a city."""
    input:
        RECORDS,
        table="results/tables/gtFine/{split}/{city}.labels.tsv",
    output:
        "results/tables/distances/{split}/{city}.tsv",
    log:
        "logs/instance_distances/{split}/{city}.log",
    wildcard_constraints:
        split="[^/]+",
        city="[^/]+",
    conda:
        "../envs/environment.yaml"
    threads: share_of(of_fine_shard(shards.frames_in), all_frames)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(of_fine_shard(shards.frames_in)),
    params:
        script=script("instance_distances.py"),
        results=untracked(RESULTS),
        dataset=dataset_root,
        raw=of_job(statistics.depth_token, "split", "city"),
        code=code("instance_distances.py"),
    shell:
        """
        python {params.script:q} \
            --table {input.table:q} \
            --truth {params.results:q} \
            --dataset {params.dataset:q} \
            --shard gtFine/{wildcards.split:q}/{wildcards.city:q} \
            --output {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule coarse_counts:
    """Compare the coarse label images of a city with the fine ones."""
    input:
        RECORDS,
        fine="results/tables/gtFine/{split}/{city}.labels.tsv",
        coarse="results/tables/gtCoarse/{split}/{city}.labels.tsv",
    output:
        "results/tables/coarse/{split}/{city}.tsv",
    log:
        "logs/coarse_counts/{split}/{city}.log",
    wildcard_constraints:
        split="[^/]+",
        city="[^/]+",
    conda:
        "../envs/environment.yaml"
    threads: share_of(of_fine_shard(shards.frames_in), all_frames)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(of_fine_shard(shards.frames_in)),
    params:
        script=script("coarse_counts.py"),
        results=untracked(RESULTS),
        code=code("coarse_counts.py"),
    shell:
        """
        python {params.script:q} \
            --fine {input.fine:q} \
            --coarse {input.coarse:q} \
            --truth {params.results:q} \
            --split {wildcards.split:q} \
            --city={wildcards.city:q} \
            --output {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule vehicle_positions:
    """Read the positions at which the frames of a city were recorded."""
    input:
        RECORDS,
        table="results/tables/gtFine/{split}/{city}.labels.tsv",
    output:
        "results/tables/positions/{split}/{city}.tsv",
    log:
        "logs/vehicle_positions/{split}/{city}.log",
    wildcard_constraints:
        split="[^/]+",
        city="[^/]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("vehicle_positions.py"),
        vehicle=of_job(statistics.vehicle_folder, "split", "city"),
        raw=of_job(statistics.vehicle_token, "split", "city"),
        code=code("vehicle_positions.py"),
    shell:
        """
        python {params.script:q} \
            --table {input.table:q} \
            --vehicle {params.vehicle:q} \
            --output {output:q} \
            2>{log:q}
        """


for what in EXTRA:

    rule:
        """Add up what a setting of the statistics asks for, of the cities of a split."""
        name:
            f"split_{what}"
        input:
            RECORDS,
            cities=local(after_unpacking(of_job(partial(statistics.extra_tables, what), "split"))),
        output:
            expand("results/statistics/gtFine_{{split}}/{name}.csv", name=EXTRA[what]),
        log:
            f"logs/split_{what}/{{split}}.log",
        wildcard_constraints:
            split="train|val|test|train_extra|demoVideo",
        conda:
            "../envs/environment.yaml"
        params:
            script=script("split_extra.py"),
            what=what,
            results=untracked(RESULTS),
            labels=untracked(settings.labels),
            classes=settings.digest_of("panoptic_trainId.json"),
            code=code("split_extra.py"),
        shell:
            """
            python {params.script:q} \
                --what {params.what} \
                --cities {input.cities:q} \
                --labels {params.labels:q} \
                --output {params.results:q}/statistics/gtFine_{wildcards.split} \
                --record {params.results:q} \
                2>{log:q}
            """


rule statistics_all:
    """Make the statistics of each split: pixels, objects, sizes and positions of each class."""
    input:
        counted,
    localrule: True
