"""
The raw types in the results, so that `results/` is a dataset root.

Needs     {dataset}/{leftImg8bit,camera,...}
Makes     results/{leftImg8bit,camera,...}, a link each; results/manifests/raw_links.tsv
"""


rule raw_links:
    """Link the raw types of the dataset into the results."""
    input:
        unpacked,
    output:
        update("results/manifests/raw_links.tsv"),
    log:
        "logs/raw_links.log",
    # First of all: its table tells the next run, whatever becomes of this one, which dataset it was.
    priority: 1000000
    conda:
        "../envs/environment.yaml"
    params:
        script=script("raw_links.py"),
        dataset=dataset_root,
        types=raw_types,
        code=code("raw_links.py"),
        derived=links_token,
    shell:
        """
        python {params.script:q} \
            --dataset {params.dataset:q} \
            --results results \
            --manifest {output:q} \
            --derived {params.derived} \
            2>{log:q}
        """
