"""The account at the website, for the rules of the packages."""

from cityscapes.packages import account_socket, credentials

# First of all: only the jobs that need the account may find it in their environment.
ACCOUNT = credentials.take_from_environment()
SITE_HOST = ask(credentials.host_of, config["site"])


def is_download(job):
    """True if a job downloads a package; in a module, the rule has another name."""
    return job.rule.name == rules.download_package.rule.name


def needs_account(job):
    """True if a job will connect to the website."""
    if not is_download(job):
        return job.rule.name == rules.packages_list.rule.name
    return not raw_packages.is_fetched(job.wildcards.package)


def ask_for_account():
    """Ask for username and password once, before the jobs that need them start.

    They ask for it by a socket; what a netrc file holds they find themselves.
    """
    jobs = list(filter(needs_account, workflow.dag.needrun_jobs()))
    if not jobs:
        return
    account = ask(credentials.find_credentials, SITE_HOST, ACCOUNT)
    try:
        account = account or credentials.ask_credentials(SITE_HOST)
    except DataError as error:
        names = [job.wildcards.package for job in jobs if is_download(job)]
        raise WorkflowError(f"{raw_packages.missing_zips(names)}{error}") from None
    os.environ[credentials.SOCKET] = account_socket.hand_on(*account)
