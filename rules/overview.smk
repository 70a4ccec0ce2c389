"""
An overview picture of what was made.

Needs     results/{type}/{split}/{city}/*_{color,instanceIds}.png of a frame of each split
Makes     results/checks/overview.jpg
"""


rule overview:
    """Draw a contact sheet: a frame of each split next to its label images."""
    input:
        RECORDS,
        local(after_unpacking(of_job(overview.tables))),
    output:
        report("results/checks/overview.jpg", caption="captions/overview.rst", category="Checks"),
    log:
        "logs/overview.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("overview.py"),
        results=untracked(RESULTS),
        frames=after_unpacking(of_job(overview.frames)),
        code=code("overview.py"),
    shell:
        """
        python {params.script:q} \
            --results {params.results:q} \
            --frames {params.frames:q} \
            --output {output:q} \
            --record {params.results:q} \
            2>{log:q}
        """
