"""What the rules of the submissions use."""

from cityscapes.workflow.submissions import Submissions

submissions = Submissions(settings, shards)
ask(lambda: submissions.sets)  # report problems of the settings before any job runs


def of_submission(attribute):
    """A function of wildcards that returns a setting of the job's submission."""
    return lambda wildcards: str(getattr(submissions.sets[wildcards.set], attribute))


def submitted(wildcards):
    """The zip files of all submissions."""
    await_unpacked()
    return free(ask(submissions.files))


def expected_frames(wildcards):
    """Number of frames that the benchmark requires; 0 if any number is accepted."""
    await_unpacked()
    return ask(submissions.expected, wildcards.set, ask(checks.published_splits))
