"""
From label images and polygons to files for training frameworks and annotation tools.

Needs     results/tables/{type}/{split}/*.{exports,panoptic,labels}.tsv
          results/tables/{type}/{split}.labels.checked.tsv
Makes     results/annotations/*.json
          results/exports/{export}/*

There is one rule for each export in the registry, scripts/cityscapes/exports/. What they need of
each frame (masks, counts of pixels, links) is made by rules/ground_truth.smk.
"""

from cityscapes.exports.registry import EXPORTS
from cityscapes.files.config_paths import config_path

EXPORT_RULES = ask(exports.rules)


for made in EXPORT_RULES:

    rule:
        name:
            made.name
        input:
            RECORDS,
            tables=local(after_unpacking(of_export(exports.tables, made))),
            checked=local(after_unpacking(of_export(exports.checked, made))),
        output:
            [f"results/{path}" for path in made.files],
        log:
            f"logs/exports/{made.export}/{'{type}.' * ('{type}' in made.files[0])}"
            f"{made.split or '{split}'}.log",
        wildcard_constraints:
            type="|".join(EXPORTS[made.export].types),
            split="train|val|test|train_extra",
        conda:
            "../envs/environment.yaml"
        resources:
            mem_mb=lambda wildcards, attempt: 3000 * attempt,
        params:
            script=script("export.py"),
            results=untracked(RESULTS),
            labels=untracked(settings.labels),
            export=made.export,
            split=of_export(lambda name, *split: "/".join(split), made),
            options=after_unpacking(of_export(exports.options, made)),
            recipe=exports.recipe(made.export),
            state=state_of_export(made),
            code=code("export.py"),
        shell:
            """
            python {params.script:q} \
                --name {params.export} \
                --results {params.results:q} \
                --tables {input.tables:q} \
                --split {params.split} \
                --labels {params.labels:q} \
                --options {params.options:q} \
                --output {output:q} \
                --record {params.results:q} \
                --record-state {params.state} \
                2>{log:q}
            """


rule write_cvat:
    """Write the polygons of a city as a file that CVAT imports."""
    input:
        RECORDS,
        table="results/tables/{type}/{split}/{city}.labels.tsv",
    output:
        "results/exports/cvat/{type}/{split}/{city}.xml",
    log:
        "logs/exports/cvat/{type}/{split}/{city}.log",
    wildcard_constraints:
        type="|".join(GROUND_TRUTH_TYPES),
        split="[^/]+",
        city="[^/.]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("export_cvat.py"),
        results=untracked(RESULTS),
        labels=untracked(settings.labels),
        dataset=dataset_root,
        edits=untracked(settings.edits_folder),
        shard=lambda wildcards: shard_of(wildcards).folder,
        classes=settings.digest_of("panoptic_trainId.json"),
        raw=of_shard(exports.raw_of),
        state=lambda wildcards: ask(exports.city_state, "cvat", shard_of(wildcards)),
        code=code("export_cvat.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
            --shard {params.shard:q} \
            --labels {params.labels:q} \
            --output {output:q} \
            --record {params.results:q} \
            --record-state {params.state} \
            2>{log:q}
        """


rule export_all:
    """Write the exports of the config, for training frameworks and annotation tools."""
    input:
        exported_by(),
    localrule: True


for export in EXPORTS:

    rule:
        name:
            f"export_{export}"
        input:
            exported_by(export),
        localrule: True


rule copy:
    """Write a dataset root without links, for tar, containers and other machines."""
    log:
        "logs/copy.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("copy_root.py"),
        results=untracked(RESULTS),
        output=untracked(os.path.normpath(config_path(config["copy_to"]))),
    shell:
        """
        python {params.script:q} --results {params.results:q} --output {params.output:q} \
            2>&1 | tee {log:q}
        """
