"""Helpers that the rules of packages.smk call; no rule lives here."""

from urllib.parse import urlsplit

from cityscapes import credentials

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


def fetched_zip(wildcards, output):
    """The zip file that a job fetches, not tracked either."""
    return zip_path("cityscapes", wildcards.package)


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
    """A param that changes when a zip file was removed before it was unpacked."""
    package = wildcards.package
    paths = (
        receipt_of(package),
        zip_path("cityscapes", package),
        manifest_of_package("cityscapes", package),
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
    package = job.wildcards.package
    places = (zip_path("cityscapes", package), manifest_of_package("cityscapes", package))
    return not any(map(os.path.exists, places))


def ask_for_account():
    """Ask for username and password once, before the jobs that need them start.

    They reach the jobs by the environment, where a user may have set them, too.
    """
    if not any(map(needs_account, workflow.dag.needrun_jobs())):
        return
    host = urlsplit(config["site"]).hostname
    account = or_stop(credentials.account, host)
    os.environ.update(zip((credentials.USERNAME, credentials.PASSWORD), account))
