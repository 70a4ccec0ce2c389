"""
Comparison of the label images made here with those of the packages.

Needs     {dataset}/{type}/{split}/{city}/*_{labelIds,instanceIds,color}.png
Makes     results/checks/release_differences.csv, a row a frame and kind
          results/checks/verify_release.txt, the verdict, only where nothing differs
"""


rule release_differences_of_shard:
    """Compare the label images of a shard with the released ones."""
    input:
        RECORDS,
        table="results/tables/{type}/{split}/{city}.labels.tsv",
        checked="results/tables/{type}/{split}.labels.checked.tsv",
    output:
        "results/checks/release_differences/{type}/{split}/{city}.csv",
    log:
        "logs/release_differences/{type}/{split}/{city}.log",
    benchmark:
        "benchmarks/release_differences/{type}/{split}/{city}.tsv"
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
        script=script("release_differences.py"),
        results=untracked(RESULTS),
        dataset=dataset_root,
        shard=lambda wildcards: shard_of(wildcards).folder,
        kinds=released_images.kinds(),
        released=of_shard(released_images.fingerprint),
        code=code("release_differences.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --results {params.results:q} \
            --table {input.table:q} \
            --shard {params.shard:q} \
            --kinds {params.kinds} \
            --output {output:q} \
            --record {params.results:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule release_differences:
    """Join the comparisons of all shards in one table."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(released_images.tables))),
        frames=local(after_unpacking(of_job(released_images.labels_tables))),
    output:
        report(
            "results/checks/release_differences.csv",
            caption="captions/release_differences.rst",
            category="Checks",
        ),
    log:
        "logs/release_differences.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("join_tables.py"),
        results=untracked(RESULTS),
        code=code("join_tables.py"),
    shell:
        """
        python {params.script:q} \
            --tables {input.tables:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """


rule release_verdict:
    """Fail unless all released label images are reproduced in every pixel."""
    input:
        "results/checks/release_differences.csv",
    output:
        "results/checks/verify_release.txt",
    log:
        "logs/release_verdict.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("release_verdict.py"),
        results=untracked(RESULTS),
        code=code("release_verdict.py"),
    shell:
        """
        python {params.script:q} \
            --differences {input:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>&1 | tee {log:q}
        """
