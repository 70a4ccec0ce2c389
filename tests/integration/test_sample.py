"""The sample generator: its packages are complete, consistent with each other and repeatable."""

import io
import json
import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import sample as script
from cityscapes.checks.formats import BETAS
from cityscapes.checks.validated import parse_validated
from cityscapes.ground_truth.images import FrameImages
from cityscapes.ground_truth.polygons import parse_annotation
from cityscapes.labels import read_labels
from cityscapes.sample.camera import rig
from cityscapes.sample.fog import distance, foggy
from cityscapes.sample.frames import CITIES, spread
from cityscapes.sample.packages import PACKAGES, TYPES, PackageWriter

LABELS = Path(__file__).parents[2] / "config" / "labels.csv"
WIDTH, HEIGHT = 256, 128
FRANKFURT = "val/frankfurt/frankfurt_000000_000294"


def draw(output: Path, **changed) -> Path:
    flags = {"frames": 14, "width": WIDTH, "height": HEIGHT, "seed": 0, "types": list(TYPES)}
    script.main(output=output, labels=LABELS, **{**flags, "jobs": 1, **changed})
    return output


def read(folder: Path) -> dict[str, bytes]:
    """Content by inner path, of all packages of a folder."""
    contents = {}
    for path in sorted(folder.glob("*.zip")):
        with zipfile.ZipFile(path) as package:
            names = [name for name in package.namelist() if "/" in name]
            contents |= {name: package.read(name) for name in names}
    return contents


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> Path:
    return draw(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def files(packages) -> dict[str, bytes]:
    return read(packages)


def test_the_same_flags_make_the_same_bytes_with_any_number_of_jobs(tmp_path):
    # Slow (seconds): the sample is drawn twice, with all types, as small as it can be.
    small = {"frames": 6, "width": 128, "height": 64}
    alone = draw(tmp_path / "alone", **small)
    pair = draw(tmp_path / "pair", **small, jobs=2)
    assert sorted(p.name for p in pair.iterdir()) == sorted(p.name for p in alone.iterdir())
    for package in alone.iterdir():
        assert package.read_bytes() == (pair / package.name).read_bytes(), package.name


def test_another_seed_draws_other_streets(tmp_path):
    flags = {"frames": 3, "width": 64, "height": 32, "types": ["gtFine"]}
    one, other = (read(draw(tmp_path / str(seed), **flags, seed=seed)) for seed in (0, 1))
    assert one.keys() == other.keys()
    assert one != other


def test_a_larger_sample_holds_the_files_of_a_smaller_one_and_types_change_nothing(
    files, tmp_path
):
    more = read(draw(tmp_path, frames=25, types=["gtCoarse", "camera", "disparity"]))
    for name in [name for name in more if name in files]:
        assert more[name] == files[name], name
    assert len(spread(14, {"train", "val"})) == 14
    assert set(spread(14, {"train", "val"})) < set(spread(25, {"train", "val"}))


def test_every_city_has_a_frame_before_any_has_two():
    frames = spread(len(CITIES), {city.split for city in CITIES})
    assert sorted(frame.city for frame in frames) == sorted(city.name for city in CITIES)
    assert "frankfurt_000000_000294" in [frame.name for frame in frames]


def test_every_official_package_is_there_and_says_that_it_is_synthetic(packages):
    names = sorted(path.name for path in packages.iterdir())
    assert names == sorted(package.name for package in PACKAGES)
    for name in names:
        with zipfile.ZipFile(packages / name) as package:
            assert package.testzip() is None
            assert package.namelist()[:2] == ["README", "license.txt"]
            assert "synthetic" in (package.read("README") + package.read("license.txt")).decode()


def test_files_lie_where_the_official_ones_lie(files):
    path = re.compile(
        r"(?P<type>\w+)/(?P<split>\w+)/(?P<city>[\w-]+)/(?P=city)_\d{6}_\d{6}_(?P<kind>[a-zA-Z0-9]+"
        r"(_blurred|_foggy)?)"
        r"(?P<ending>(_polygons|_color|_instanceIds|_labelIds|_beta_0\.\d+)?\.(png|json|txt))"
    )
    for name in files:
        parts = path.fullmatch(name)
        assert parts, name
        assert parts["type"] in (parts["kind"], parts["kind"] + "_sequence"), name


def test_every_frame_has_all_files_of_its_types(files):
    per_frame = {kind: 4 if kind in ("gtFine", "gtCoarse") else 1 for kind in TYPES}
    frames = spread(14, {city.split for city in CITIES})
    for package in PACKAGES:
        if re.search("16bit|foggy", package.type):  # large: made for a few frames only
            continue
        for split in package.splits:
            there = [name for name in files if name.startswith(f"{package.type}/{split}/")]
            expected = sum(frame.split == split for frame in frames) * per_frame[package.type]
            assert len(there) == expected, (package.type, split)


@pytest.mark.parametrize(
    ("ending", "dtype", "channels"),
    [
        ("_labelIds.png", np.uint8, None),
        ("_instanceIds.png", np.uint16, None),
        ("_color.png", np.uint8, 4),
        ("_leftImg8bit.png", np.uint8, 3),
        ("_leftImg8bit_foggy_beta_0.02.png", np.uint8, 3),
        ("_rightImg8bit.png", np.uint8, 3),
        ("_leftImg8bit_blurred.png", np.uint8, 3),
        ("_leftImg16bit.png", np.uint16, 3),
        ("_rightImg16bit.png", np.uint16, 3),
        ("_disparity.png", np.uint16, None),
    ],
)
def test_images_have_the_size_and_depth_of_their_type(files, ending, dtype, channels):
    images = [image(files[name]) for name in files if name.endswith(ending)]
    assert images
    for found in images:
        assert found.shape == (HEIGHT, WIDTH) + ((channels,) if channels else ())
        assert found.dtype == dtype


def test_label_images_are_what_the_library_paints_from_the_polygons(files):
    table = read_labels(LABELS)
    for name in [name for name in files if name.endswith("_polygons.json")]:
        images = FrameImages(parse_annotation(files[name], table), table, "released")
        for kind in ("labelIds", "instanceIds"):
            painted = image(files[name.replace("polygons.json", f"{kind}.png")])
            np.testing.assert_array_equal(painted, images.image(kind), err_msg=name)


def test_polygons_are_written_as_the_real_ones(files):
    for name in [name for name in files if name.endswith("_polygons.json")]:
        text = files[name].decode()
        document = json.loads(text)
        assert list(document) == ["imgHeight", "imgWidth", "objects"]
        assert text == json.dumps(document, indent=4)
        labels = [drawn["label"] for drawn in document["objects"]]
        assert labels[-3:] == ["ego vehicle", "rectification border", "out of roi"]
        for drawn in document["objects"]:
            assert len(drawn["polygon"]) >= 3
            assert {type(x) for point in drawn["polygon"] for x in point} == {int}


def test_annotations_of_test_are_withheld_but_its_images_are_not(files):
    name = "test/berlin/berlin_000000_000019"
    assert len(json.loads(files[f"gtFine/{name}_gtFine_polygons.json"])["objects"]) == 3
    assert set(np.unique(image(files[f"gtFine/{name}_gtFine_labelIds.png"]))) == {0, 1, 2, 3}
    assert json.loads(files[f"gtBbox3d/{name}_gtBbox3d.json"])["objects"] == []
    assert np.unique(image(files[f"leftImg8bit/{name}_leftImg8bit.png"])).size > 100


def test_every_class_appears_in_train_and_val(tmp_path):
    table = read_labels(LABELS)
    drawn, shown = set(), set()
    for name, content in read(draw(tmp_path, frames=20, types=["gtFine"])).items():
        if "/test/" not in name and name.endswith("_polygons.json"):
            drawn |= {each["label"] for each in json.loads(content)["objects"]}
        elif "/test/" not in name and name.endswith("_labelIds.png"):
            shown |= set(np.unique(image(content)).tolist())
    assert shown == {label.id for label in table if label.id >= 0}
    assert {"license plate", "persongroup", "cargroup", "bicyclegroup"} <= drawn


def test_objects_reach_out_of_the_image_and_some_are_deleted(tmp_path):
    contents = read(draw(tmp_path, frames=20, types=["gtFine"]))
    objects = [
        drawn
        for name, content in contents.items()
        if name.endswith("_polygons.json")
        for drawn in json.loads(content)["objects"]
    ]
    points = np.concatenate([drawn["polygon"] for drawn in objects])
    assert points.min() < 0
    assert points[:, 0].max() > WIDTH
    assert points[:, 1].max() > HEIGHT
    assert 1 <= sum(drawn.get("deleted", 0) for drawn in objects) <= 6


def test_coarse_labels_leave_much_out_and_agree_with_the_fine_ones(files):
    for name in [name for name in files if re.search(r"gtCoarse/(train|val)/.*labelIds", name)]:
        coarse, fine = image(files[name]), image(files[name.replace("gtCoarse", "gtFine")])
        annotated = coarse > 3
        assert 0.2 < annotated.mean() < 0.9
        assert (coarse == fine)[annotated].mean() > 0.9


def test_boxes_of_people_lie_on_the_pixels_of_their_instance(files):
    boxes = 0
    for name in [name for name in files if name.endswith("_gtBboxCityPersons.json")]:
        instances = instances_of(files, name, "gtBboxCityPersons")
        for person in json.loads(files[name])["objects"]:
            x, y, width, height = person["bboxVis"]
            window = instances[y : y + height, x : x + width]
            assert (window == person["instanceId"]).any()
            if person["instanceId"] >= 1000:
                where = np.argwhere(instances == person["instanceId"])
                assert [x, y] == where.min(axis=0)[::-1].tolist()
                assert [width, height] == (np.ptp(where, axis=0)[::-1] + 1).tolist()
            left, top, full_width, full_height = person["bbox"]
            assert left <= x and x + width <= left + full_width
            assert top <= y and y + height <= top + full_height
            boxes += 1
    assert boxes > 20


def test_boxes_of_vehicles_fit_the_picture(files):
    vehicles = 0
    for name in [name for name in files if name.endswith("_gtBbox3d.json")]:
        record = json.loads(files[name])
        sensor = record["sensor"]
        for vehicle in record["objects"]:
            assert np.linalg.norm(vehicle["3d"]["rotation"]) == pytest.approx(1)
            x, y = pixel_of(vehicle["3d"]["center"], sensor)
            left, top, width, height = vehicle["2d"]["amodal"]
            if vehicle["truncation"] == 0:
                assert left - 1 <= x <= left + width
                assert top - 1 <= y <= top + height
            instances = instances_of(files, name, "gtBbox3d")
            left, top, width, height = vehicle["2d"]["modal"]
            window = instances[top : top + height, left : left + width]
            assert (window == vehicle["instanceId"]).any()
            assert 0 <= vehicle["occlusion"] <= 1
            vehicles += 1
    assert vehicles > 20


def test_disparity_of_the_road_is_that_of_the_ground_plane(files):
    record = json.loads(files[f"camera/{FRANKFURT}_camera.json"])
    camera = {**record["intrinsic"], **record["extrinsic"]}
    encoded = image(files[f"disparity/{FRANKFURT}_disparity.png"]).astype(float)
    road = image(files[f"gtFine/{FRANKFURT}_gtFine_labelIds.png"]) == 7
    # Well inside the road, for outlines and pixels differ by one at the borders.
    road = cv2.erode(road.astype(np.uint8), np.ones((5, 5))).astype(bool) & (encoded > 1)
    rows, columns = np.nonzero(road)
    assert len(rows) > 1000

    depth = camera["baseline"] * camera["fx"] / ((encoded[rows, columns] - 1) / 256)
    down = (rows - camera["v0"]) / camera["fy"]
    ground = camera["z"] / (np.sin(camera["pitch"]) + np.cos(camera["pitch"]) * down)
    np.testing.assert_allclose(depth, ground, rtol=0.02)


def test_disparity_leads_from_the_left_picture_to_the_right_one(files):
    left = image(files[f"leftImg8bit/{FRANKFURT}_leftImg8bit.png"]).astype(int)
    right = image(files[f"rightImg8bit/{FRANKFURT}_rightImg8bit.png"])
    encoded = image(files[f"disparity/{FRANKFURT}_disparity.png"])
    disparity = np.maximum(encoded.astype(np.float32) - 1, 0) / 256
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    found = cv2.remap(right, x - disparity, y, cv2.INTER_LINEAR).astype(int)
    near = disparity > 2
    assert near.sum() > 3000
    moved = np.abs(found - left)[near].mean()
    assert moved < 0.5 * np.abs(right.astype(int) - left)[near].mean()


def test_disparity_has_holes_and_pixels_at_infinity(files):
    encoded = [image(files[name]) for name in files if name.endswith("_disparity.png")]
    assert all((each == 0).any() for each in encoded)
    assert any((each == 1).any() for each in encoded)


def test_blurring_changes_little_and_16_bits_are_used(files):
    left = image(files[f"leftImg8bit/{FRANKFURT}_leftImg8bit.png"])
    blurred = image(files[f"leftImg8bit_blurred/{FRANKFURT}_leftImg8bit_blurred.png"])
    assert 0 < (left != blurred).any(axis=2).mean() < 0.2
    deep = image(files[f"leftImg16bit/{FRANKFURT}_leftImg16bit.png"])
    assert np.unique(deep).size > 1000


def test_fog_thickens_with_its_beta_and_the_distance(files):
    there = sorted(name for name in files if name.startswith("leftImg8bit_foggy/"))
    assert there == [
        f"leftImg8bit_foggy/{frame}_leftImg8bit_foggy_beta_{beta}.png"
        for frame in ("train/aachen/aachen_000000_000019", FRANKFURT)
        for beta in BETAS
    ]
    clear = image(files[f"leftImg8bit/{FRANKFURT}_leftImg8bit.png"]).astype(float)
    disparity = image(files[f"disparity/{FRANKFURT}_disparity.png"]).astype(float)
    near, far = disparity > 256 * 8, (disparity > 1) & (disparity < 256)
    images = [clear] + [
        image(files[f"leftImg8bit_foggy/{FRANKFURT}_leftImg8bit_foggy_beta_{beta}.png"]).astype(
            float
        )
        for beta in BETAS
    ]
    for place in (near, far):
        contrasts = [each[place].std() for each in images]
        assert contrasts == sorted(contrasts, reverse=True)
    assert (
        images[-1][far].std() / clear[far].std() < 0.6 * images[-1][near].std() / clear[near].std()
    )


def test_fog_follows_its_formula():
    camera = rig("aachen", 64, 32)
    disparity = np.zeros((32, 64), np.float32)
    disparity[20:] = camera.baseline * camera.fx / 50  # a wall, 50 m ahead
    metres = distance(disparity, camera)
    assert np.isinf(metres[:20]).all()
    assert metres[20:].min() == pytest.approx(50, rel=0.02)
    assert metres[31, 0] > metres[31, 32] > 50
    white, light = np.full((32, 64, 3), 255, np.uint8), np.array([100.0, 110.0, 120.0])
    seen = foggy(white, metres, light, 0.02)
    assert (seen[:20] == [100, 110, 120]).all()
    share = np.exp(-0.02 * metres[25, 30])
    assert seen[25, 30] == pytest.approx(255 * share + light * (1 - share), abs=0.51)
    assert (foggy(white, metres, light, 1e-9)[20:] == 255).all()


def test_records_have_the_fields_of_the_real_ones(files):
    vehicle = json.loads(files[f"vehicle/{FRANKFURT}_vehicle.json"])
    assert sorted(vehicle) == [
        "gpsHeading", "gpsLatitude", "gpsLongitude", "outsideTemperature", "speed", "yawRate",
    ]  # fmt: skip
    camera = json.loads(files[f"camera/{FRANKFURT}_camera.json"])
    assert sorted(camera["intrinsic"]) == ["fx", "fy", "u0", "v0"]
    assert sorted(camera["extrinsic"]) == ["baseline", "pitch", "roll", "x", "y", "yaw", "z"]
    time = int(files[f"timestamp_sequence/{FRANKFURT}_timestamp.txt"])
    assert time == pytest.approx(294 / 17 * 1e9, rel=0.01)


@pytest.mark.parametrize(("width", "height"), [(64, 32), (100, 60)])
def test_small_and_odd_sizes_work(tmp_path, width, height):
    made = read(draw(tmp_path, frames=11, width=width, height=height))
    table = read_labels(LABELS)
    for name in [name for name in made if name.endswith("_polygons.json")]:
        assert parse_annotation(made[name], table).width == width


def test_a_failure_leaves_no_package_behind(tmp_path):
    with pytest.raises(RuntimeError), PackageWriter(tmp_path, ["camera"]) as packages:
        packages.add(spread(1, {"val"})[0], "camera", ".json", b"{}")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def image(content: bytes) -> np.ndarray:
    """A PNG as it is stored: dtype, channels red first."""
    if content[24] == 16 and content[25] == 2:  # Pillow reads 16-bit RGB as 8 bits
        return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)[..., ::-1]
    return np.asarray(Image.open(io.BytesIO(content)))


def instances_of(files: dict[str, bytes], name: str, kind: str) -> np.ndarray:
    return image(
        files[name.replace(f"{kind}.json", "gtFine_instanceIds.png").replace(kind, "gtFine")]
    )


def pixel_of(point: list[float], sensor: dict) -> tuple[float, float]:
    """Where a point in vehicle coordinates is seen, by the sensor of its own record."""
    ahead, left, up = np.array(sensor["sensor_T_ISO_8855"]) @ [*point, 1.0]
    return sensor["u0"] - sensor["fx"] * left / ahead, sensor["v0"] - sensor["fy"] * up / ahead


def test_votes_on_boxes_add_up_and_name_what_is_there(files):
    boxes = [
        (instances_of(files, name, "gtBboxValidated"), box)
        for name in files
        if name.endswith("_gtBboxValidated.json")
        for box in parse_validated(files[name])
    ]
    assert len(boxes) > 20
    by_id = read_labels(LABELS).by_id
    right = 0
    for instances, box in boxes:
        assert sum(box.soft_label) == pytest.approx(1, abs=1e-3)
        assert max(box.votes.values()) == box.votes[box.label]
        x1, y1, x2, y2 = map(int, box.corners)
        ids = np.unique(instances[y1 : y2 + 1, x1 : x2 + 1])
        shown = {by_id[int(v) // 1000 if v >= 1000 else int(v)].name for v in ids}
        right += box.label in shown
    assert right > 0.8 * len(boxes)
    assert any(box.added for _, box in boxes)
