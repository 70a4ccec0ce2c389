"""
The dataset of a user who has none: drawn streets, in packages as the official ones come.

Makes     resources/sample/packages/*.zip
          resources/sample/dataset/{type}/{split}/{city}/*
"""


rule sample:
    """Draw the sample and pack it into raw packages."""
    output:
        sample_packages(),
    log:
        "logs/sample.log",
    benchmark:
        "benchmarks/sample.tsv"
    conda:
        "../envs/environment.yaml"
    threads: max(1, workflow.cores or 1)
    params:
        script=script("sample.py"),
        labels=untracked(LABELS),
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
            --output resources/sample/packages \
            --jobs {threads} \
            2>{log:q}
        """


checkpoint unpack:
    """Unpack the sample's packages into a dataset root."""
    input:
        sample_packages(),
    output:
        update("resources/sample/unpacked.tsv"),
    log:
        "logs/unpack.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("unpack.py"),
        code=code("unpack.py"),
    shell:
        """
        python {params.script:q} \
            --packages {input:q} \
            --dataset resources/sample/dataset \
            --manifest {output:q} \
            2>{log:q}
        """
