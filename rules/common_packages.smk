"""Helpers that the rules of packages.smk call; no rule lives here."""

from cityscapes import credentials

SITE_HOST = or_stop(credentials.host_of, config["site"])

if "download" in sys.argv and not PACKAGES:
    raise WorkflowError(
        "nothing to download: name what you want as `packages` in the config, such as "
        "[gtFine_trainvaltest]; `snakemake --cores 1 packages_list` prints what there is"
    )


def zip_path(source, package):
    """Where the zip file of a package lies or is to lie."""
    folder = "resources/sample/packages" if source == "sample" else PACKAGES_FOLDER
    return f"{folder}/{package}.zip"


def package_zip(wildcards, output):
    """The zip file that a job unpacks; as it is given the output, Snakemake does not track it."""
    return zip_path(wildcards.source, wildcards.package)


def empty_package(wildcards, output):
    """What to do with a package that holds no file: a sample of few frames has such ones."""
    return "allow" if wildcards.source == "sample" else "refuse"


def fetched_zip(wildcards, output):
    """The zip file that a job fetches, not tracked either."""
    return zip_path("cityscapes", wildcards.package)


def fetched_beside(wildcards, output):
    """The other zip files that this run fetches: the disk must have room for all."""
    return [f"{package}.zip" for package in packages_to_fetch() if package != wildcards.package]


def packages_to_fetch():
    """The packages of the config that are neither there as zip files nor unpacked."""
    return [package for package in PACKAGES if not is_fetched(package)]


def is_fetched(package):
    """Whether nothing of a package is to be asked of the site."""
    manifest = Path(manifest_of_package("cityscapes", package))
    return os.path.exists(zip_path("cityscapes", package)) or packages.is_unpacked(
        manifest, Path(PACKAGES_DATASET)
    )


def packages_to_unpack():
    """The packages of the config; without any, those of the sample."""
    return PACKAGES or [Path(path).stem for path in sample_packages()]


def receipt_of(package):
    """The file that stands for a package that was fetched."""
    return f"resources/cityscapes/downloaded/{package}.tsv"


def receipts(wildcards):
    """The files that stand for all packages of the config."""
    return [receipt_of(package) for package in PACKAGES]


def package_source(wildcards):
    """What a job that unpacks waits for: the package's receipt, or that it is drawn."""
    if wildcards.source == "sample":
        return zip_path("sample", wildcards.package)
    return receipt_of(wildcards.package)


def manifest_of_package(source, package):
    """The file that stands for all files of a package that was unpacked."""
    return f"resources/{source}/unpacked/{package}.tsv"


def fetched_token(wildcards):
    """A param that changes when a zip file was removed, and is not unpacked."""
    package = wildcards.package
    paths = (
        receipt_of(package),
        zip_path("cityscapes", package),
        manifest_of_package("cityscapes", package),
        PACKAGES_DATASET,
    )
    return packages.fetched_token(*map(Path, paths))


def unpacked_token(wildcards):
    """A param that changes when the content of a package's zip file does."""
    paths = (
        manifest_of_package(wildcards.source, wildcards.package),
        zip_path(wildcards.source, wildcards.package),
        f"resources/{wildcards.source}/dataset",
    )
    return or_stop(packages.unpacked_token, *map(Path, paths))


def needs_account(job):
    """Whether a job will speak to the site."""
    if job.rule.name != "download_package":
        return job.rule.name == "packages_list"
    return not is_fetched(job.wildcards.package)


def ask_for_account():
    """Ask for username and password once, before the jobs that need them start.

    What is typed reaches the jobs by the environment, where a user may have set it, too; what a
    netrc file holds they find themselves.
    """
    jobs = list(filter(needs_account, workflow.dag.needrun_jobs()))
    if not jobs or or_stop(credentials.find_credentials, SITE_HOST):
        return
    try:
        account = credentials.ask_credentials(SITE_HOST)
    except DataError as error:
        names = sorted(
            job.wildcards.package for job in jobs if job.rule.name == "download_package"
        )
        missing = packages.missing_zips(names, Path(PACKAGES_FOLDER))
        raise WorkflowError(f"{missing}{error}") from None
    os.environ.update(zip((credentials.USERNAME, credentials.PASSWORD), account))
