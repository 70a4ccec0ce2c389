"""What belongs to the user is never written, replaced or removed: not by any target, nor by clean.

Each test takes the contents of the raw dataset and of the user's own files before and after.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from cityscapes.png import write as png
from small_project import (
    EVERYTHING,
    MAKERS,
    SETS,
    VAL,
    configure,
    contents_below,
    fail,
    image,
    link,
    make_project,
    run_as,
    run_once,
    times_of_images,
)
from tiny import (
    images_of,
    panoptic_images_of,
    panoptic_json_of,
    polygons_path,
    snakemake,
    succeed,
    write_polygons,
    write_released,
)

PLACES = ["", "gtFine", "gtFine/val", VAL]
OTHER = png.encode(np.full((16, 32), 11, dtype=np.uint8))  # a whole image that we never make


@pytest.fixture
def fresh(tmp_path):
    """A small project in which nothing was made."""
    folder = tmp_path / "fresh"
    make_project(folder)
    return folder


@pytest.fixture
def open_folder():
    """A folder that every user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="ownership-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def needs_root_and(*tools):
    """Skip where users cannot be changed, or nothing mounted."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}")


def as_user(user, group, umask="022"):
    """A command that runs another as a user without any rights; skips where that cannot be.

    Python may lie in the home of root, which nobody else may enter: there a folder with nothing
    but Python is mounted over it, for that command alone.
    """
    needs_root_and("setpriv", "unshare")
    python = Path(sys.base_prefix).resolve()
    closed = [path for path in [python, *python.parents] if not path.stat().st_mode & 0o001]
    opened = (
        f"mount --bind {python} /mnt && mount -t tmpfs -o mode=755 none {closed[-1]} && "
        f"mkdir -p {python} && mount --bind /mnt {python} && "
        if closed
        else ""
    )
    ids = f"--reuid={user} --regid={group} --clear-groups"
    command = f'{opened} umask {umask} && exec setpriv {ids} "$@"'
    prefix = ["unshare", "-m", "sh", "-c", command, "sh"]
    if subprocess.run([*prefix, sys.executable, "-c", ""], capture_output=True).returncode:
        pytest.skip("another user cannot run this Python here")
    return prefix


def run_all(folder, prefix=()):
    """Run all targets and then clean; exit codes and what was printed, of both."""
    made = run_as(prefix, folder, *MAKERS)
    cleaned = run_as(prefix, folder, "clean")
    return made, cleaned


def refused(done, *paths):
    """See to it that a run was refused by a message that names these paths, close together."""
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout, done.stdout
    assert "Execute " not in done.stdout, done.stdout  # before any job started
    lines = done.stdout.splitlines()
    messages = [" ".join(lines[number : number + 3]) for number in range(len(lines))]
    assert any(all(str(path) in text for path in paths) for text in messages), done.stdout


def results_listed(folder):
    """Path below the results -> type, of what is there without following links."""
    return {
        str(path.relative_to(folder)): stat.S_IFMT(path.lstat().st_mode)
        for path in (folder / "results").rglob("*")
    }


# Dataset and results in one place


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
def test_results_that_lead_into_the_dataset_are_refused(fresh, place, absolute):
    where, goal = fresh / "results" / place, fresh / "data" / place
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(goal if absolute else os.path.relpath(goal, where.parent))
    raw, before = contents_below(fresh / "data"), results_listed(fresh)
    done = snakemake(fresh, *MAKERS)
    assert contents_below(fresh / "data") == raw
    refused(done, Path("results", place), Path("data", place))
    assert results_listed(fresh) == before
    if not absolute:
        snakemake(fresh, "clean")
        assert contents_below(fresh / "data") == raw
        assert where.is_symlink()


@pytest.mark.parametrize(
    ("place", "goal", "target"),
    [
        ("statistics/gtFine_val", "data/gtFine/val", "statistics_all"),
        ("exports/file_lists", "data/gtFine", "results/exports/file_lists/gtFine/hrnet/val.lst"),
        ("evaluation/mine", "pixel", "evaluate_all"),
        ("manifests/gtFine", "data/gtFine", "prepare_all"),
    ],
)
def test_no_folder_of_reports_leads_elsewhere(fresh, place, goal, target):
    where = fresh / "results" / place
    where.parent.mkdir(parents=True)
    where.symlink_to(fresh / goal)
    users = contents_below(fresh / "data"), contents_below(fresh / "pixel")
    done = snakemake(fresh, target)
    assert (contents_below(fresh / "data"), contents_below(fresh / "pixel")) == users
    refused(done, f"results/{place}", goal)


def test_a_mounted_dataset_in_the_results_is_refused(fresh):
    needs_root_and("unshare")
    (fresh / "results/gtFine").mkdir(parents=True)
    mount = f"mount --bind {fresh}/data/gtFine {fresh}/results/gtFine"
    if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    raw = contents_below(fresh / "data")
    prefix = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    done, _ = run_all(fresh, prefix)
    assert contents_below(fresh / "data") == raw
    refused(done, "results/gtFine", "data/gtFine")
    assert not (fresh / "results/manifests").exists()


def test_a_dataset_below_the_results_is_refused(fresh):
    (fresh / "results/checks").mkdir(parents=True)
    (fresh / "data").rename(fresh / "results/checks/ds")
    configure(fresh, dataset="results/checks/ds")
    raw = contents_below(fresh / "results")
    done, _ = run_all(fresh)
    assert contents_below(fresh / "results") == raw
    refused(done, "results/checks/ds", "results")


@pytest.mark.parametrize("dataset", [".", "absolute"])
def test_results_below_the_dataset_are_refused(fresh, dataset):
    data = fresh / "data"
    for name in ("config", "pixel", "panoptic"):
        (fresh / name).rename(data / name)
    configure(data, dataset=str(data) if dataset == "absolute" else ".")
    raw = contents_below(data / "gtFine")
    done, _ = run_all(data)
    assert contents_below(data / "gtFine") == raw
    refused(done, "results", str(data) if dataset == "absolute" else "dataset")
    assert not (data / "results").exists()


def test_files_shared_by_hard_links_are_not_ours(fresh):
    write_released(fresh / "data")
    (fresh / "results/gtFine/val").mkdir(parents=True)
    shutil.copytree(fresh / "data" / VAL, fresh / "results" / VAL, copy_function=os.link)
    raw, shared = contents_below(fresh / "data"), contents_below(fresh / "results" / VAL)
    done, cleaned = run_all(fresh)
    assert contents_below(fresh / "data") == raw
    assert done.returncode != 0
    assert "Traceback" not in done.stdout, done.stdout
    assert f"results/{link(294)}" in done.stdout
    left = contents_below(fresh / "results" / VAL)
    polygons = {path for path in shared if path.endswith("_polygons.json")}
    assert {path: left[path] for path in polygons} == {path: shared[path] for path in polygons}
    assert "Traceback" not in cleaned.stdout


def test_a_dataset_that_is_read_only_is_enough(open_folder):
    nobody = as_user(65534, 65534)
    make_project(open_folder)
    # Images of the release: what is compared, and never to be replaced.
    write_released(open_folder / "data")
    for path in [open_folder, *open_folder.rglob("*")]:
        os.chown(path, 65534, 65534)
    subprocess.run(["chmod", "-R", "a-w", open_folder / "data"], check=True)
    raw = contents_below(open_folder / "data")
    writable = subprocess.run([*nobody, "test", "-w", open_folder / "data"], check=False)
    assert writable.returncode != 0
    home = {"HOME": str(open_folder), "USER": "nobody"}
    for target in (MAKERS, ["clean"]):
        done = run_as(nobody, open_folder, *target, **home)
        assert done.returncode == 0, done.stdout
        if target is MAKERS:
            assert (open_folder / "results" / image(294, "labelIds")).is_file()
    assert not (open_folder / "results" / image(294, "labelIds")).exists()
    assert contents_below(open_folder / "data") == raw


# The user's files in the results


def put(folder, files):
    """Write files of the user's below the results; path -> content."""
    for path, content in files.items():
        (folder / "results" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "results" / path).write_bytes(content)


def still_there(folder, files):
    """Whether the user's files are what they were."""
    for path, content in files.items():
        where = folder / "results" / path
        assert where.exists(), f"{path} was removed"
        assert not where.is_symlink(), f"{path} was replaced by a link"
        assert where.read_bytes() == content, f"{path} was replaced"
    return True


def test_a_users_own_files_survive_everything_and_clean_lists_them(work):
    own = {
        **{"evaluation/notes.txt": b"my notes", "checks/figure.svg": b"<svg/>"},
        **{"evaluation/mine/my.csv": b"1,2", "manifests/notes.txt": b"notes"},
        f"{VAL}/notes.txt": b"frankfurt",
        image(9999, "labelIds"): OTHER,
        link(9999): b'{"mine": 1}',
        "gtFine/cityscapes_panoptic_val/mine_000000_000001_gtFine_panoptic.png": OTHER,
    }
    put(work, own)
    raw = contents_below(work / "data")
    run_once(work)
    assert still_there(work, own)
    # Frames that come and go are no reason either.
    shard = "gtFine/val/lindau"
    shutil.copytree(work / "data" / shard, work / "lindau")
    shutil.rmtree(work / "data" / shard)
    run_once(work, "prepare_all")
    assert not images_of(shard, 19) & times_of_images(work).keys()
    shutil.copytree(work / "lindau", work / "data" / shard)
    assert still_there(work, own)

    output = succeed(work, "clean")
    said = output + (work / "logs/clean.log").read_text()
    assert still_there(work, own)
    for path in own:
        assert f"results/{path}" in said
    left = {path for path, what in contents_below(work / "results").items() if what[0] != "folder"}
    assert left == set(own)
    assert contents_below(work / "data") == raw


@pytest.mark.parametrize(
    ("files", "target"),
    [
        (
            {
                "checks/problems.csv": b"my,own\n",
                "evaluation/comparison.csv": b"my,own\n",
                "gtFine/cityscapes_panoptic_val.json": b'{"my": "own"}',
            },
            EVERYTHING,
        ),
        ({image(576, "labelIds"): OTHER, image(576, "color"): OTHER}, ["prepare_all"]),
        (
            {"checks/problems.csv": b"my,own\n", "checks/boxes.csv": b"my,own\n"},
            ["results/checks/summary.txt", "check_tables"],
        ),
    ],
    ids=["reports", "images", "by name"],
)
def test_a_file_that_was_there_before_is_not_replaced(fresh, files, target):
    configure(fresh, {"mine": SETS["mine"]})  # waits for no panoptic file
    put(fresh, files)
    output = "".join(fail(fresh, one) for one in target)
    assert still_there(fresh, files)
    for path in files:
        assert f"results/{path}" in output
    succeed(fresh, "clean")
    assert still_there(fresh, files)


def test_a_file_in_place_of_a_link_stops_the_run(work):
    path = work / "results" / link(576)
    polygons = path.read_bytes().replace(b"[20, 7]", b"[19, 7]")
    path.unlink()
    path.write_bytes(polygons)  # as `sed -i` does
    raw = contents_below(work / "data")
    output = fail(work, "prepare_all")
    assert still_there(work, {link(576): polygons})
    lines = output.splitlines()
    (first, *_) = (number for number, line in enumerate(lines) if f"results/{link(576)}" in line)
    advice = " ".join(lines[first : first + 6])
    assert "edits" in advice or "dataset" in advice
    fail(work, "prepare_all")
    succeed(work, "clean")
    assert still_there(work, {link(576): polygons})
    assert contents_below(work / "data") == raw


def replaced(folder):
    """Path below replaced/ -> content, of what the workflow kept of the user's."""
    if not (folder / "replaced").exists():
        return {}
    return {
        path: what[1]
        for path, what in contents_below(folder / "replaced").items()
        if what[0] == "file"
    }


def test_of_what_a_user_changed_in_our_files_a_copy_is_kept(work):
    edited, cut = image(294, "labelIds"), image(294, "color")
    panoptic, report = "gtFine/cityscapes_panoptic_val_trainId.json", "checks/problems.csv"
    ours = {path: (work / "results" / path).read_bytes() for path in (edited, cut, panoptic)}
    theirs = {
        edited: OTHER,
        panoptic: ours[panoptic].replace(b'"file_name"', b'"file_nom"'),
        report: b"severity,check\nmy,own\n",
    }
    assert theirs[panoptic] != ours[panoptic]
    put(work, theirs | {cut: ours[cut][: len(ours[cut]) // 2]})
    # Reports are made again as a raw file changed: one that is wrong for the checks alone.
    (work / "data/gtFine/val/lindau/odd.txt").write_text("odd")
    write_polygons(polygons_path(work / "data", "gtFine/val/lindau", 19), shift=1)
    output = succeed(work, *EVERYTHING)
    assert {path: (work / "results" / path).read_bytes() for path in (edited, cut)} == {
        path: ours[path] for path in (edited, cut)
    }
    assert (work / "results" / report).read_bytes() != theirs[report]
    assert replaced(work) == theirs
    for path in theirs:
        assert f"replaced/{path}" in output

    # Once more, with another content: both copies are kept.
    other = png.encode(np.full((16, 32), 12, dtype=np.uint8))
    put(work, {edited: other})
    output = succeed(work, "prepare_all")
    assert (work / "results" / edited).read_bytes() == ours[edited]
    kept = replaced(work)
    assert kept.pop(edited) == OTHER
    second = kept.keys() - theirs.keys()
    assert {kept[path] for path in second} == {other}
    assert {str(Path(path).parent) for path in second} == {VAL}
    succeed(work, "clean")
    assert {*replaced(work).values()} == {*theirs.values(), other}


def test_an_edited_file_is_not_removed_by_clean(work):
    edited = {image(294, "labelIds"): OTHER, "checks/problems.csv": b"my,own\n"}
    put(work, edited)
    output = succeed(work, "clean")
    assert still_there(work, edited)
    said = output + (work / "logs/clean.log").read_text()
    for path in edited:
        assert f"results/{path}" in said
    left = contents_below(work / "results")
    assert {path for path, what in left.items() if what[0] != "folder"} == set(edited)


# Names that somebody else may have put there


def test_planted_temporary_links_are_not_followed(fresh):
    """Names of temporary files that can be told before: of this host's next processes."""
    victim = fresh / "victim"
    victim.write_bytes(b"mine")
    host = os.uname().nodename
    # Where processes can be numbered from 1 the test does not depend on what else runs here.
    prefix = ["unshare", "--pid", "--fork", "--mount-proc"] if shutil.which("unshare") else []
    if prefix and not subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pid = 0
    else:
        prefix = []
        with subprocess.Popen(["true"]) as process:
            pid = process.pid
    for path in (
        *(image(294, "labelIds"), "gtFine/cityscapes_panoptic_val.json"),
        *("checks/problems.csv", "evaluation/comparison.csv"),
    ):
        where = fresh / "results" / path
        where.parent.mkdir(parents=True, exist_ok=True)
        names = [f".{where.name}.tmp", f".{where.name}..tmp", f"{where.name}.tmp"]
        names += [f".{where.name}.{host}.{pid + later}.tmp" for later in range(3000)]
        for name in names:
            where.with_name(name).symlink_to(victim)
    # Whether it succeeds is not the question.
    done = run_as(prefix, fresh, *EVERYTHING)
    assert "Traceback" not in done.stdout
    assert victim.read_bytes() == b"mine"
    for path in (fresh / "results").rglob("*"):
        if path.is_symlink() and path.suffix != ".tmp":
            assert os.path.realpath(path) != str(victim)


# Users and groups


def check_permissions(folder, group, umask):
    """See to it that all that was written follows umask and the setgid bit of its folder."""
    wrong = []
    for top in ("results", "logs"):
        for path in [folder / top, *(folder / top).rglob("*")]:
            if path.is_symlink():
                continue
            status = path.stat()
            expected = 0o2777 & ~umask if path.is_dir() else 0o666 & ~umask
            if (stat.S_IMODE(status.st_mode), status.st_gid) != (expected, group):
                wrong.append(f"{path}: {stat.filemode(status.st_mode)}, group {status.st_gid}")
    assert not wrong, "\n".join(wrong)


def another_group():
    """A group other than ours that files may be given to."""
    if os.geteuid() == 0:
        return 65534
    groups = [group for group in os.getgroups() if group != os.getegid()]
    if not groups:
        pytest.skip("needs root, or a second group")
    return groups[0]


def test_files_follow_umask_and_setgid(fresh):
    group = another_group()
    os.chown(fresh, -1, group)
    fresh.chmod(0o2770)
    private = ["sh", "-c", 'umask 027; exec "$@"', "sh"]
    done = run_as(private, fresh, *EVERYTHING)
    assert done.returncode == 0, done.stdout
    check_permissions(fresh, group, 0o027)
    # What is written a second time, too.
    write_polygons(polygons_path(fresh / "data", VAL, 576), shift=5)
    os.unlink(fresh / "results" / image(294, "labelIds"))
    done = run_as(private, fresh, "prepare_all")
    assert done.returncode == 0, done.stdout
    check_permissions(fresh, group, 0o027)


def test_two_members_of_a_group_work_in_one_folder(open_folder):
    needs_root_and("setpriv")
    group, first, second = 61000, 61001, 61002
    make_project(open_folder)
    for path in [open_folder, *open_folder.rglob("*")]:
        os.chown(path, first, group)
        path.chmod(0o2775 if path.is_dir() else 0o664)

    def run_by(user):
        name = {"HOME": str(open_folder / f"home{user}"), "USER": f"member{user}"}
        prefix = as_user(user, group, umask="002")
        done = run_as(prefix, open_folder, "prepare_all", **name)
        assert done.returncode == 0, done.stdout
        return done.stdout

    run_by(first)
    check_permissions(open_folder, group, 0o002)
    before = times_of_images(open_folder)
    write_polygons(polygons_path(open_folder / "data", VAL, 576), shift=5)
    run_by(second)
    check_permissions(open_folder, group, 0o002)
    after = times_of_images(open_folder)
    written = {path for path in after if after[path] != before.get(path)}
    edited = images_of(VAL, 576) | panoptic_images_of(VAL, 576) | panoptic_json_of("val")
    assert written - {link(576)} == edited
    owners = {path: (open_folder / "results" / path).lstat().st_uid for path in after}
    assert {owners[path] for path in after.keys() - written - {link(576)}} == {first}
    assert {owners[path] for path in images_of(VAL, 576)} == {second}
    # And back.
    assert "Nothing to be done" in run_by(first)
