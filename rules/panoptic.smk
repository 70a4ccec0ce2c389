"""
From the segments of the frames to the COCO panoptic JSON of a split.

Needs     results/tables/gtFine/{split}/*.panoptic.tsv
          results/tables/gtFine/{split}.labels.checked.tsv
Makes     results/gtFine/cityscapes_panoptic_{split}{,_trainId}.json
"""


rule panoptic:
    """Join the panoptic segments of all frames of a split in its JSON file."""
    input:
        RECORDS,
        tables=local(after_unpacking(of_job(panoptic.tables, "split"))),
        checked="results/tables/gtFine/{split}.labels.checked.tsv",
    output:
        "results/gtFine/cityscapes_panoptic_{split}{variant}.json",
    log:
        "logs/panoptic/{split}{variant}.log",
    benchmark:
        "benchmarks/panoptic/{split}{variant}.tsv"
    wildcard_constraints:
        split="train|val|test|train_extra",
        variant="|_trainId",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("panoptic.py"),
        results=untracked(RESULTS),
        dataset=untracked(settings.dataset),
        edits=untracked(settings.edits_folder),
        labels=untracked(settings.labels),
        category_ids=lambda wildcards: "trainId" if wildcards.variant else "id",
        settings=lambda wildcards: settings.digest_of(f"panoptic{wildcards.variant}.json"),
        state=of_job(panoptic.state, "split", "variant"),
        code=code("panoptic.py"),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --edits {params.edits:q} \
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
