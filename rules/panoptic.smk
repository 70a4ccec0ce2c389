"""
From the segments of the frames to the COCO panoptic JSON of a split.

Needs     results/manifests/gtFine/{split}/*.panoptic.tsv
          results/manifests/gtFine/{split}.panoptic.checked.tsv
Makes     results/gtFine/cityscapes_panoptic_{split}{,_trainId}.json
"""


rule panoptic:
    """Join the panoptic segments of a split's frames to its JSON file."""
    input:
        manifests=panoptic_manifests,
        checked="results/manifests/gtFine/{split}.panoptic.checked.tsv",
    output:
        json="results/gtFine/cityscapes_panoptic_{split}{variant}.json",
        notes=update("results/manifests/panoptic/{split}{variant}.tsv"),
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
        labels=untracked(LABELS),
        dataset=untracked(DATASET),
        category_ids=category_ids,
        settings=panoptic_settings,
        derived=panoptic_token,
        code=code("panoptic.py"),
    shell:
        """
        python {params.script:q} \
            --manifests {input.manifests:q} \
            --dataset {params.dataset:q} \
            --split {wildcards.split} \
            --labels {params.labels:q} \
            --category-ids {params.category_ids} \
            --output {output.json:q} \
            --notes {output.notes:q} \
            --derived {params.derived} \
            2>{log:q}
        """
