"""
From an account at the website, or a folder of zip files, to a dataset root.

Needs     the names in `packages`, or resources/sample/packages/*.zip if there are none
Makes     {packages_folder}/{package}.zip, if it does not exist
          resources/cityscapes/downloaded/{package}.tsv, a receipt for each
          resources/{source}/dataset/{type}/{split}/{city}/*
          resources/{source}/unpacked/{package}.tsv, a table of the files of each
          resources/{source}/tables/*.tsv, the contents of these tables: what Snakemake tracks
          resources/{source}/tables/unpacked.tsv, the input of all rules that read raw files

The source is `cityscapes` or `sample`. Snakemake tracks only the tables: it removes tracked files
before it makes them again, and zip files should be downloaded once. They may be removed after they
were unpacked.
"""


rule packages_list:
    """Print the packages that the account may download, and which of them exist here."""
    log:
        "logs/packages_list.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("packages_list.py"),
        resources=untracked(RESOURCES),
        site=untracked(config["site"]),
        known=untracked(settings.packages_table),
        folder=untracked(settings.packages_folder),
    shell:
        """
        python {params.script:q} \
            --site {params.site:q} \
            --known {params.known:q} \
            --folder {params.folder:q} \
            --unpacked {params.resources:q}/cityscapes/unpacked \
            --dataset {params.resources:q}/cityscapes/dataset \
            2>{log:q}
        """


rule download:
    """Download the packages of the config that do not exist."""
    input:
        local(of_job(raw_packages.receipts)),
    localrule: True


rule download_package:
    """Download a package unless it exists or was unpacked."""
    output:
        "resources/cityscapes/tables/{package}.fetched.tsv",
    log:
        "logs/download_package/{package}.log",
    wildcard_constraints:
        package="[^/]+",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("download_package.py"),
        resources=untracked(RESOURCES),
        package=lambda wildcards, output: raw_packages.zip_path("cityscapes", wildcards.package),
        site=untracked(config["site"]),
        known=untracked(settings.packages_table),
        other_downloads=untracked_of_job(raw_packages.other_downloads, "package"),
        receipt=untracked_of_job(raw_packages.receipt_of, "package"),
        state=of_job(raw_packages.fetched_token, "package"),
    shell:
        """
        python {params.script:q} \
            --package {params.package:q} \
            --site {params.site:q} \
            --known {params.known:q} \
            --other-downloads {params.other_downloads:q} \
            --unpacked {params.resources:q}/cityscapes/unpacked/{wildcards.package}.tsv \
            --dataset {params.resources:q}/cityscapes/dataset \
            --receipt {params.receipt:q} \
            --table {output:q} \
            --state {params.state} \
            2>{log:q}
        """


rule unpack_package:
    """Unpack the files of a package that are missing or differ."""
    input:
        local(of_job(raw_packages.source_of, "source", "package")),
    output:
        "resources/{source}/tables/{package}.unpacked.tsv",
    log:
        "logs/unpack_package/{source}/{package}.log",
    wildcard_constraints:
        source="cityscapes|sample",
        package="[^/]+",
    conda:
        "../envs/environment.yaml"
    params:
        script=script("unpack_package.py"),
        resources=untracked(RESOURCES),
        package=untracked_of_job(raw_packages.zip_path, "source", "package"),
        empty=lambda wildcards, output: "allow" if wildcards.source == "sample" else "refuse",
        manifest=untracked_of_job(raw_packages.manifest_of, "source", "package"),
        state=of_job(raw_packages.unpacked_token, "source", "package"),
        code=code("unpack_package.py"),
    shell:
        """
        python {params.script:q} \
            --package {params.package:q} \
            --dataset {params.resources:q}/{wildcards.source}/dataset \
            --manifest {params.manifest:q} \
            --table {output:q} \
            --empty {params.empty} \
            --state {params.state} \
            2>{log:q}
        """


checkpoint unpack:
    """Unpack all packages to one dataset root; files of earlier versions are removed."""
    input:
        [
            f"resources/{settings.source}/tables/{package}.unpacked.tsv"
            for package in raw_packages.to_unpack()
        ],
    output:
        f"resources/{settings.source}/tables/unpacked.tsv",
    log:
        "logs/unpack.log",
    localrule: True
    conda:
        "../envs/environment.yaml"
    params:
        script=script("unpack.py"),
        resources=untracked(RESOURCES),
        source=settings.source,
        manifests=[
            raw_packages.manifest_of(settings.source, name) for name in raw_packages.to_unpack()
        ],
        code=code("unpack.py"),
    shell:
        """
        python {params.script:q} \
            --manifests {params.manifests:q} \
            --dataset {params.resources:q}/{params.source}/dataset \
            --output {params.resources:q}/{params.source}/unpacked.tsv \
            --table {output:q} \
            2>{log:q}
        """
