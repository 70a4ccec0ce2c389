"""What the rules of the submissions ask for."""

from cityscapes.workflow.submissions import Submissions

submissions = Submissions(settings, shards)
ask(lambda: submissions.sets)  # what is wrong with them is said at once


def of_submission(attribute):
    """A function of wildcards: what the config says of the job's submission."""
    return lambda wildcards: str(getattr(submissions.sets[wildcards.set], attribute))


def submitted(wildcards):
    """The zip files of all submissions."""
    await_unpacked()
    return free(ask(submissions.files))


def expected_frames(wildcards):
    """How many frames the benchmark wants; 0 where any number will do."""
    await_unpacked()
    return ask(submissions.expected, wildcards.set, ask(checks.published_splits))
