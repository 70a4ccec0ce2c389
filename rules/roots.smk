"""
Several dataset roots, or the folders of unpacked packages, as one.

Needs     the roots that the config names
Makes     resources/joined/dataset/, links to what lies in each
          resources/joined/tables/joined.tsv, which Snakemake tracks
"""

from cityscapes.roots import plan_links


checkpoint join_roots:
    """Link the files of all roots into one root."""
    input:
        RECORDS,
    output:
        "resources/joined/tables/joined.tsv",
    log:
        "logs/join_roots.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("join_roots.py"),
        roots=lambda wildcards: [os.fspath(root) for root in settings.roots],
        joined=untracked(settings.joined_dataset),
        links=lambda wildcards: digest(
            *(f"{path}:{root}" for path, root in ask(plan_links, settings.roots).items())
        ),
        code=code("join_roots.py"),
    shell:
        """
        python {params.script:q} \
            --roots {params.roots:q} \
            --joined {params.joined:q} \
            --table {output:q} \
            2>{log:q}
        """
