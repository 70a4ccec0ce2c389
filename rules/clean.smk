"""
Removing what was made. Snakemake's own --delete-all-output knows only the tracked files.
"""


rule clean:
    """Remove all that was made from the dataset; the dataset itself stays."""
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
