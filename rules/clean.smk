"""
Removal of what was made. Snakemake's own --delete-all-output removes only the tracked files.
"""


rule clean:
    """Remove everything that was made from the dataset, but not the dataset."""
    log:
        "logs/clean.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("clean.py"),
        results=untracked(RESULTS),
    shell:
        """
        python {params.script:q} --results {params.results:q} 2>&1 | tee {log:q}
        """
