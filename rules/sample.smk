"""
The dataset of a user who has none: drawn streets, in packages as the official ones come.

Makes     resources/sample/packages/*.zip
"""


rule sample:
    """Draw the sample and pack it into raw packages."""
    output:
        local(raw_packages.sample_zips()),
    log:
        "logs/sample.log",
    benchmark:
        "benchmarks/sample.tsv"
    conda:
        "../envs/environment.yaml"
    threads: all_cores
    resources:
        mem_mb=memory_of_job,
    params:
        script=script("sample.py"),
        resources=untracked(RESOURCES),
        labels=untracked(settings.labels),
        frames=config["sample"]["frames"],
        width=config["sample"]["width"],
        height=config["sample"]["height"],
        seed=config["sample"]["seed"],
        code=code("sample.py"),
    shell:
        """
        python {params.script:q} \
            --labels {params.labels:q} \
            --frames {params.frames} \
            --width {params.width} \
            --height {params.height} \
            --seed {params.seed} \
            --output {params.resources:q}/sample/packages \
            --jobs {threads} \
            2>{log:q}
        """
