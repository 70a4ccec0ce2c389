"""What the rules of the packages ask for."""

from cityscapes.packages import account_socket, credentials
from cityscapes.workflow.packages import Packages

# First of all: no other job than those that ask for it is to find the account in its environment.
ACCOUNT = credentials.take_from_environment()
raw_packages = Packages(settings)
SITE_HOST = ask(credentials.host_of, config["site"])


def is_download(job):
    """Whether a job fetches a package; the rules of a module have names of their own."""
    return job.rule.name == rules.download_package.rule.name


def needs_account(job):
    """Whether a job will speak to the site."""
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
