"""The files that prepare_all asks for."""

from cityscapes.layout import GROUND_TRUTH_TYPES
from cityscapes.workflow.panoptic import Panoptic
from cityscapes.workflow.settings import Settings
from cityscapes.workflow.shards import Shards


def prepared_files(settings: Settings, shards: Shards) -> list[str]:
    """Return all of them: tables, checked splits, links and panoptic files."""
    wanted = [f"{settings.results}/tables/raw_links.tsv"]
    for shard in shards.all:
        first_group = "labels" if shard.type in GROUND_TRUTH_TYPES else "depth"
        wanted += shards.tables(shard)
        wanted.append(
            f"{settings.results}/tables/{shard.type}/{shard.split}.{first_group}.checked.tsv"
        )
    wanted += Panoptic(settings, shards).files()
    return sorted(set(wanted))
