"""
From an account at the site, or a folder of zip files, to a dataset root.

Needs     the names in `packages`; without any, resources/sample/packages/*.zip
Makes     {packages_folder}/{package}.zip, where they are not there
          resources/cityscapes/downloaded/{package}.tsv, a receipt for each
          resources/{source}/dataset/{type}/{split}/{city}/*
          resources/{source}/unpacked/{package}.tsv, a table of the files of each
          resources/{source}/unpacked.tsv, what all that follows waits for

The source is `cityscapes` or `sample`. Snakemake tracks the tables, not the zip files: it removes
what it tracks before it makes it again, and zip files are to be fetched once. They may be removed
after they were unpacked.
"""


rule packages_list:
    """Print what the account may download, and what of it is here."""
    log:
        "logs/packages_list.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("packages_list.py"),
        site=untracked(config["site"]),
        known=untracked(PACKAGES_TABLE),
        folder=untracked(PACKAGES_FOLDER),
    shell:
        """
        python {params.script:q} \
            --site {params.site:q} \
            --known {params.known:q} \
            --folder {params.folder:q} \
            --unpacked resources/cityscapes/unpacked \
            --dataset resources/cityscapes/dataset \
            2>{log:q}
        """


rule download:
    """The packages of the config, fetched from the site where they are not there."""
    input:
        receipts,


rule download_package:
    """Fetch a package, unless it lies there or was unpacked."""
    output:
        update("resources/cityscapes/downloaded/{package}.tsv"),
    log:
        "logs/download_package/{package}.log",
    wildcard_constraints:
        package="[^/]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("download_package.py"),
        package=fetched_zip,
        site=untracked(config["site"]),
        known=untracked(PACKAGES_TABLE),
        beside=fetched_beside,
        state=fetched_token,
    shell:
        """
        python {params.script:q} \
            --package {params.package:q} \
            --site {params.site:q} \
            --known {params.known:q} \
            --beside {params.beside:q} \
            --unpacked resources/cityscapes/unpacked/{wildcards.package}.tsv \
            --dataset resources/cityscapes/dataset \
            --receipt {output:q} \
            --state {params.state} \
            2>{log:q}
        """


rule unpack_package:
    """Unpack the files of a package that are missing or differ."""
    input:
        package_source,
    output:
        update("resources/{source}/unpacked/{package}.tsv"),
    log:
        "logs/unpack_package/{source}/{package}.log",
    wildcard_constraints:
        source="cityscapes|sample",
        package="[^/]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("unpack_package.py"),
        package=package_zip,
        empty=empty_package,
        state=unpacked_token,
        code=code("unpack_package.py"),
    shell:
        """
        python {params.script:q} \
            --package {params.package:q} \
            --dataset resources/{wildcards.source}/dataset \
            --manifest {output:q} \
            --empty {params.empty} \
            --state {params.state} \
            2>{log:q}
        """


checkpoint unpack:
    """The dataset root that all packages make; files of earlier versions are removed."""
    input:
        [f"resources/{SOURCE}/unpacked/{package}.tsv" for package in packages_to_unpack()],
    output:
        update(f"resources/{SOURCE}/unpacked.tsv"),
    log:
        "logs/unpack.log",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("unpack.py"),
        source=SOURCE,
        code=code("unpack.py"),
    shell:
        """
        python {params.script:q} \
            --manifests {input:q} \
            --dataset resources/{params.source}/dataset \
            --output {output:q} \
            2>{log:q}
        """
