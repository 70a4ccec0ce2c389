"""Which city a frame of a split is of, where names of frames do not tell."""

import pytest

from cityscapes.errors import DataError
from cityscapes.evaluation.cities import cities_of
from cityscapes.incremental.tables import write_tracked


@pytest.fixture
def tables(tmp_path):
    """Makes the tables of cities, city -> names of its frames."""

    def make(**cities):
        paths = []
        for city, frames in cities.items():
            paths.append(tmp_path / f"{city}.labels.tsv")
            write_tracked(paths[-1], ["frame"], [{"frame": frame} for frame in frames], [])
        return paths

    return make


def test_the_table_tells_the_city(tables):
    paths = tables(new=["1", "new_2"], new_york=["new_york_1"])
    assert cities_of(paths, in_one_file=False) == {
        "1": "new",
        "new_2": "new",
        "new_york_1": "new_york",
    }


def test_panoptic_files_name_a_frame_with_its_city(tables):
    paths = tables(a=["1", "a_2"], b=["1"])
    assert cities_of(paths, in_one_file=True) == {"a_1": "a", "a_2": "a", "b_1": "b"}


def test_frames_of_one_name_in_two_cities_are_listed(tables):
    paths = tables(a=["1", "2"], b=["1", "2", "3"])
    with pytest.raises(
        DataError, match="rename them:\n  1: a frame of a and one of b\n  2: "
    ) as e:
        cities_of(paths, in_one_file=False)
    assert len(str(e.value).splitlines()) == 3
