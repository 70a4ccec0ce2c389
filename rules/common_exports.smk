"""What the rules of the exports use."""

from cityscapes.exports.registry import EXPORTS
from cityscapes.files.config_paths import config_path
from cityscapes.workflow.exports import Exports

exports = Exports(settings, shards)
EXPORT_RULES = ask(exports.rules)


def of_export(method, made):
    """A function of wildcards that returns `method` of the export and the job's split."""
    return lambda wildcards: ask(
        method,
        made.export,
        wildcards.get("type", "gtFine"),
        made.split or wildcards.split,
    )


def state_of_export(made):
    """A function of wildcards: the state of the files that a job of this rule writes."""
    return lambda wildcards: ask(
        exports.state,
        made,
        wildcards.get("type", "gtFine"),
        made.split or wildcards.split,
    )


def exported_by(*names):
    """A function of wildcards that returns the files of these exports, or of all in the config."""

    def files(wildcards):
        await_unpacked()
        return [*free(ask(exports.files, names)), "results/tables/raw_links.tsv"]

    return files
