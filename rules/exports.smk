"""
From what was made of the frames to files that training frameworks and annotation tools read.

Needs     results/tables/{type}/{split}/*.{exports,panoptic,labels}.tsv
          results/tables/{type}/{split}.labels.checked.tsv
Makes     results/annotations/*.json
          results/exports/{export}/*

One rule an export, of the registry in scripts/cityscapes/exports/; what is made of each frame for
them (masks, counts of pixels, links) comes with the painting: rules/ground_truth.smk.
"""

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
            2>{log:q}
        """


rule export_all:
    """Everything that training frameworks and annotation tools read: the exports of the config."""
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
    """A dataset root without links, for tar, containers and other machines."""
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
