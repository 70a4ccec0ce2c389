"""
What was made against the label images that came with the packages.

Needs     {dataset}/{type}/{split}/{city}/*_{labelIds,instanceIds,color}.png
Makes     results/checks/release_differences.csv, a row a frame and kind
          results/checks/verify_release.txt, the verdict, only where nothing differs
"""


rule release_differences_of_shard:
    """Compare the label images of a shard with the released ones."""
    input:
        manifest="results/manifests/{type}/{split}/{city}.labels.tsv",
    output:
        update("results/checks/release_differences/{type}/{split}/{city}.csv"),
    log:
        "logs/release_differences/{type}/{split}/{city}.log",
    benchmark:
        "benchmarks/release_differences/{type}/{split}/{city}.tsv"
    wildcard_constraints:
        type="gtFine|gtCoarse",
        split="[^/]+",
        city="[^/]+",
    priority: frames_in
    conda:
        "../envs/environment.yaml"
    threads: share_of_cores
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of_shard,
    params:
        script=script("release_differences.py"),
        dataset=dataset_root,
        shard=shard_text,
        kinds=released_kinds(),
        released=released_fingerprint,
        code=code("release_differences.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --results results \
            --manifest {input.manifest:q} \
            --shard {params.shard:q} \
            --kinds {params.kinds} \
            --output {output:q} \
            --jobs {threads} \
            2>{log:q}
        """


rule release_differences:
    """Join the comparisons of all shards to one table."""
    input:
        release_tables,
    output:
        report(
            "results/checks/release_differences.csv",
            caption="captions/release_differences.rst",
            category="Checks",
        ),
    log:
        "logs/release_differences.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("join_tables.py"),
        code=code("join_tables.py"),
    shell:
        """
        python {params.script:q} \
            --tables {input:q} \
            --output {output:q} \
            2>{log:q}
        """


rule verify_release:
    """Fail unless every released label image is reproduced in every pixel."""
    input:
        "results/checks/release_differences.csv",
    output:
        "results/checks/verify_release.txt",
    log:
        "logs/verify_release.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("verify_release.py"),
        code=code("verify_release.py"),
    shell:
        """
        python {params.script:q} \
            --differences {input:q} \
            --output {output:q} \
            2>&1 | tee {log:q}
        """
