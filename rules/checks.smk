"""
From raw files to tables of what is missing, damaged or unusual.

Needs     {dataset}/{type}/{split}/{city}/*, all raw types
Makes     results/tables/checks/{split}/{city}.tsv, what was found in each frame
          results/checks/{inventory,missing,files,blurred,labels,frames,boxes,problems}.csv
          results/checks/summary.txt
"""

from cityscapes.workflow.resources import minutes_of_checks

raw_frames_of_city = of_job(checks.frames_in, "split", "city")
all_raw_frames = of_job(checks.all_frames)


rule frame_checks:
    """Check the frames of a city whose raw files changed."""
    input:
        RECORDS,
        unpacked,
    output:
        "results/tables/checks/{split}/{city}.tsv",
    log:
        "logs/frame_checks/{split}/{city}.log",
    benchmark:
        "benchmarks/frame_checks/{split}/{city}.tsv"
    wildcard_constraints:
        split="[^/]+",
        city="[^/]+",
    priority: raw_frames_of_city
    conda:
        "../envs/environment.yaml"
    threads: share_of(raw_frames_of_city, all_raw_frames)
    resources:
        mem_mb=memory_of_job,
        runtime=minutes_of(raw_frames_of_city, minutes_of_checks),
    params:
        script=script("frame_checks.py"),
        labels=untracked(settings.labels),
        person_labels=untracked(settings.person_labels),
        people=settings.digest_of_people(),
        dataset=dataset_root,
        edits=untracked(settings.edits_folder),
        types=checks.types,
        sizes=checks.image_sizes(),
        official=of_job(checks.official_flag, "split"),
        tolerance=config["checks"]["blurred"]["tolerance"],
        degenerate=config["degenerate"],
        max_polygons_mb=config["max_polygons_mb"],
        classes=settings.digest_of("checks"),
        raw=of_job(checks.token, "split", "city"),
        code=code("frame_checks.py"),
        forced=forced_flag,
        manifest=manifest_of_table,
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
            --split {wildcards.split} \
            --city={wildcards.city:q} \
            --types {params.types} \
            --labels {params.labels:q} \
            --person-labels {params.person_labels:q} \
            --sizes {params.sizes} \
            {params.official} \
            --tolerance {params.tolerance} \
            --degenerate {params.degenerate} \
            --max-polygons-mb {params.max_polygons_mb} \
            --manifest {params.manifest:q} \
            --output {output:q} \
            --jobs {threads} \
            {params.forced} \
            2>{log:q}
        """


rule check_tables:
    """Write the reports: existing files, missing files and all problems."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(checks.tables))),
    output:
        "results/checks/missing.csv",
        "results/checks/files.csv",
        "results/checks/blurred.csv",
        "results/checks/labels.csv",
        "results/checks/frames.csv",
        "results/checks/boxes.csv",
        report(
            "results/checks/inventory.csv",
            caption="captions/inventory.rst",
            category="Checks",
        ),
        report(
            "results/checks/problems.csv",
            caption="captions/problems.rst",
            category="Checks",
        ),
    log:
        "logs/check_tables.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("check_tables.py"),
        results=untracked(RESULTS),
        dataset=dataset_root,
        types=checks.types,
        splits=checks.splits,
        packages=untracked(settings.packages_table),
        counts=after_unpacking(of_job(checks.counts_flag)),
        official=after_unpacking(lambda wildcards: checks.official_splits),
        published=table_digest("frames.tsv"),
        packaged=table_digest("packages.tsv"),
        limits=checks.blur_limits(),
        folders=after_unpacking(of_job(checks.odd_folders)),
        code=code("check_tables.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --tables {input.tables:q} \
            --types {params.types} \
            --splits {params.splits} \
            --packages {params.packages:q} \
            {params.counts:q} \
            --official {params.official} \
            --limits {params.limits} \
            --output {params.results:q}/checks \
            --record {params.results:q} \
            2>{log:q}
        """


rule check_summary:
    """Print a summary of the problems; with `check: strict`, fail if there are any."""
    input:
        inventory="results/checks/inventory.csv",
        problems="results/checks/problems.csv",
    output:
        "results/checks/summary.txt",
    log:
        "logs/check_summary.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("check_summary.py"),
        results=untracked(RESULTS),
        dataset=dataset_root,
        check=config["check"],
        code=code("check_summary.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --inventory {input.inventory:q} \
            --problems {input.problems:q} \
            --check {params.check} \
            --output {output:q} \
            --record {params.results:q} \
            2>&1 | tee {log:q}
        """


rule frames_parquet:
    """Write the table of frames as Parquet."""
    input:
        "results/checks/frames.csv",
    output:
        "results/checks/frames.parquet",
    log:
        "logs/frames_parquet.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("frames_parquet.py"),
        results=untracked(RESULTS),
        code=code("frames_parquet.py"),
    shell:
        """
        python {params.script:q} \
            --frames {input:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """
