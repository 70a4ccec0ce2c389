"""
Links to the raw types, so that `results/` is a dataset root.

Needs     {dataset}/{leftImg8bit,camera,...}
Makes     results/{leftImg8bit,camera,...}, one link for each type
          results/tables/raw_links.tsv, which is tracked, and results/manifests/raw_links.tsv,
          which also records from which dataset the results are made
"""

from cityscapes.ground_truth import links as raw_links
from cityscapes.layout import raw_types


rule raw_links:
    """Link the raw types of the dataset into the results."""
    input:
        RECORDS,
        unpacked,
    output:
        "results/tables/raw_links.tsv",
    log:
        "logs/raw_links.log",
    # First of all: its manifest records the dataset for the next run, even if this one fails.
    priority: 1000000
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("raw_links.py"),
        results=untracked(RESULTS),
        dataset=dataset_root,
        types=lambda wildcards: raw_types(Path(settings.dataset)),
        code=code("raw_links.py"),
        state=lambda wildcards: raw_links.state(RESULTS),
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --results {params.results:q} \
            --table {output:q} \
            --state {params.state} \
            2>{log:q}
        """
