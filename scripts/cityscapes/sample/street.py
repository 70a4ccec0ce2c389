"""The scene: the objects of a street, in painting order from far to near."""

from dataclasses import dataclass, field, replace

import numpy as np

from cityscapes.sample import furniture, houses, people, plants, vehicles
from cityscapes.sample.layout import Layout, layout
from cityscapes.sample.shapes import Thing, moved, place
from cityscapes.sample.surfaces import surfaces

# Painting ranks: a larger one is painted earlier. Standing things are ranked by their distance,
# the row of fronts is behind all of them, and far things are behind the fronts.
FAR_AWAY = 10_000.0
FRONTS = 1_000.0
# Metres up to which a number plate is annotated.
LEGIBLE = 27.0


def street(rng: np.random.Generator, theme: int) -> list[Thing]:
    """Make up a street with the extras of a theme: its things in painting order."""
    plan = layout(rng, theme)
    scene = _Scene(plan)
    _background(rng, scene)
    for side in (-1, 1):
        _fronts(rng, scene, side)
        _gardens(rng, scene, side)
        _greenery(rng, scene, side)
        _furniture(rng, scene, side)
        _parked(rng, scene, side)
        _pedestrians(rng, scene, side)
    _structures(rng, scene)
    _traffic(rng, scene)
    if plan.has("hidden"):
        _hidden(rng, scene)
    things = surfaces(rng, plan) + scene.in_order()
    return _with_a_deleted_one(rng, things) if plan.has("deleted") else things


@dataclass
class _Scene:
    """Things with their painting ranks, as they are put into the street."""

    plan: Layout
    ranked: list[tuple[float, list[Thing]]] = field(default_factory=list)

    def put(
        self, things: list[Thing], s: float, t: float, turn: float = 0.0, rank: float | None = None
    ) -> None:
        """Put things at s, t, turned against the heading of the street."""
        x, y, heading = self.plan.at(s, t)
        self._add(place(things, x, y, heading + turn), s, rank)

    def show(self, things: list[Thing], s: float, t: float, rank: float | None = None) -> None:
        """Put things at s, t that face the camera, whatever the bend of the street."""
        x, y, _ = self.plan.at(s, t)
        self._add(place(things, x, y), s, rank)

    def _add(self, placed: list[Thing], s: float, rank: float | None) -> None:
        rank = s if rank is None else rank
        if s > LEGIBLE:
            placed = [thing for thing in placed if thing.label != "license plate"]
        if s > self.plan.closed_at:  # behind the portal
            rank += FRONTS
        self.ranked.append((rank, placed))

    def in_order(self) -> list[Thing]:
        ordered = sorted(self.ranked, key=lambda entry: -entry[0])
        return [thing for _, things in ordered for thing in things]


def _background(rng: np.random.Generator, scene: _Scene) -> None:
    """The end of the street: woods and a few far houses."""
    scene.show(plants.wood(rng, 320, 14, 60), 255, 0, FAR_AWAY)
    for t in (-45, 25):
        side = 1 if t < 0 else -1
        width, storeys = rng.uniform(14, 30), int(rng.integers(2, 6))
        row = houses.house(rng, side, width, storeys, plain=True)
        scene.put(row, 215 + rng.uniform(0, 20), t, turn=side * 1.2, rank=FAR_AWAY - 1)
    scene.show(plants.wood(rng, 50, 10, 30), 190, rng.uniform(-40, 40), FAR_AWAY - 2)


def _fronts(rng: np.random.Generator, scene: _Scene, side: int) -> None:
    """A row of houses, in blocks that are annotated as one, with gaps between the blocks."""
    t = scene.plan.edge(scene.plan.front, side)
    open_land = scene.plan.has("guard rail")
    s = rng.uniform(5, 9)
    while s < 165:
        if rng.random() < (0.75 if open_land else 0.25):
            s += _gap(rng, scene, side, s, t)
            continue
        count = int(rng.integers(3, 7))
        widths = rng.uniform(9, 16, size=count)
        starts = s + np.concatenate([[0], np.cumsum(widths)[:-1]])
        patches = []
        for start, width in reversed(list(zip(starts, widths, strict=True))):
            built = houses.house(rng, side, width, int(rng.integers(2, 6)), plain=start > 80)
            x, y, heading = scene.plan.at(start, t)
            patches += [patch for thing in place(built, x, y, heading) for patch in thing.patches]
        s += float(widths.sum())
        scene.ranked.append((FRONTS + s, [Thing("building", patches)]))


def _gap(rng: np.random.Generator, scene: _Scene, side: int, s: float, t: float) -> float:
    """Make a plot without a house; return its length."""
    length = rng.uniform(8, 18)
    kind = rng.integers(3)
    if kind == 0:
        barrier = houses.wall(rng, side, length, rng.uniform(1.4, 2.4))
    elif kind == 1:
        barrier = houses.fence(rng, side, length, rng.uniform(1.0, 1.8))
    else:
        barrier = []
    rank = FRONTS + s + length
    for k in range(rng.integers(1, 3)):
        behind = s + length * (0.3 + 0.5 * k)
        trees = plants.tree(rng, rng.uniform(7, 11), _corners(rng, behind, 8))
        scene.show(trees, behind, t + side * rng.uniform(3, 8), rank + 0.1 - 0.05 * k)
    if barrier:
        scene.put(barrier, s, t, rank=rank)
    return length


def _gardens(rng: np.random.Generator, scene: _Scene, side: int) -> None:
    """A fence or a low wall between the pavement and the houses."""
    if scene.plan.has("fence"):
        s, length = rng.uniform(14, 18), rng.uniform(18, 30)
        maker = houses.fence if side < 0 else [houses.fence, houses.wall][rng.integers(2)]
        barrier = maker(rng, side, length, rng.uniform(1.1, 1.6))
        t = scene.plan.edge(scene.plan.pavement, side) + side * 0.2
        scene.put(barrier, s, t, rank=s + length)


def _greenery(rng: np.random.Generator, scene: _Scene, side: int) -> None:
    """Street trees in a row, and bushes before the houses."""
    if rng.random() < 0.45:
        t = scene.plan.edge(scene.plan.kerb, side) + side * 0.9
        for s in np.arange(rng.uniform(14, 30), 95, rng.uniform(18, 30)):
            s += rng.uniform(-2, 2)
            tree = plants.tree(rng, rng.uniform(5.5, 9), _corners(rng, s, 7))
            scene.show(tree, s, t)
    for _ in range(rng.integers(1, 4)):
        s = rng.uniform(14, 70)
        t = scene.plan.edge(scene.plan.front, side) - side * 0.7
        hedge = plants.bush(rng, rng.uniform(1, 3), rng.uniform(0.7, 1.6), _corners(rng, s, 2))
        scene.show(hedge, s, t)


def _furniture(rng: np.random.Generator, scene: _Scene, side: int) -> None:
    """Lamps, signs, lights, bollards and other objects."""
    kerb = scene.plan.edge(scene.plan.kerb, side)
    more = 2 if scene.plan.has("busy") else 1
    for s in np.arange(rng.uniform(12, 30), 140, 30):
        scene.show(furniture.lamp(rng, towards=side), s, kerb + side * 0.4)
    for _ in range(rng.integers(3, 7) * more):
        s = rng.uniform(12, 60) if rng.random() < 0.5 else rng.uniform(60, 250)
        sign = furniture.traffic_sign(rng, towards_camera=rng.random() < 0.75)
        scene.show(sign, s, kerb + side * rng.uniform(0.3, 0.7))
    for _ in range(rng.integers(0, 3)):
        scene.show(furniture.traffic_light(rng), rng.uniform(18, 60), kerb + side * 0.3)
    if rng.random() < 0.5:
        start = rng.uniform(10, 25)
        for s in start + 1.8 * np.arange(rng.integers(3, 6) * more):
            scene.show(furniture.bollard(rng), s, kerb + side * 0.35)
    for _ in range(rng.integers(0, 3)):
        maker = [furniture.bin_or_box, furniture.bench, furniture.advertising_column]
        thing = maker[rng.integers(3)](rng)
        scene.show(thing, rng.uniform(14, 60), kerb + side * rng.uniform(1.2, 2.2))


def _parked(rng: np.random.Generator, scene: _Scene, side: int) -> None:
    """Parked cars; the far end of the row is one `cargroup` in some scenes."""
    t = scene.plan.edge(scene.plan.road, side) + side * 1.15
    turn = 0.0 if side < 0 else np.pi
    full = rng.uniform(0.3, 0.8) * (1.3 if scene.plan.has("busy") else 1.0)
    s = rng.uniform(11, 17)
    stop = rng.uniform(40, 62)
    while s < stop:
        if rng.random() < full:
            maker = vehicles.van if rng.random() < 0.12 else vehicles.car
            scene.put(maker(rng), s, t + rng.uniform(-0.1, 0.1), turn + rng.uniform(-0.03, 0.03))
        s += rng.uniform(5.2, 6.6)
    if scene.plan.has("groups"):
        _car_group(rng, scene, s + 6, t, turn)
    if scene.plan.has("caravan") and side < 0:
        scene.put(vehicles.caravan(rng), stop + 3, t - 0.1, turn)
        scene.put(vehicles.van(rng, "caravan"), rng.uniform(22, 26), t - 2.6, turn)


def _car_group(
    rng: np.random.Generator, scene: _Scene, start: float, t: float, turn: float
) -> None:
    patches = []
    for s in start + 5.6 * np.arange(rng.integers(4, 8))[::-1]:
        x, y, heading = scene.plan.at(float(s), t)
        placed = place(vehicles.car(rng)[:1], x, y, heading + turn)
        patches += [patch for thing in placed for patch in thing.patches]
    scene.ranked.append((start, [Thing("cargroup", patches)]))


def _pedestrians(rng: np.random.Generator, scene: _Scene, side: int) -> None:
    kerb, far_edge = (scene.plan.edge(p, side) for p in (scene.plan.kerb, scene.plan.pavement))
    number = rng.integers(9, 17) if scene.plan.has("crowd") else rng.integers(3, 8)
    if scene.plan.has("busy"):
        number = 3 * number + 12
    for _ in range(number):
        s = rng.uniform(11, 34) if rng.random() < 0.4 else rng.uniform(30, 130)
        height = rng.uniform(1.05, 1.4) if rng.random() < 0.1 else None
        walker = people.person(rng, height)
        scene.show(walker, s, rng.uniform(min(kerb, far_edge), max(kerb, far_edge)))
    if scene.plan.has("groups") and side < 0:
        group = people.people_group(rng, int(rng.integers(3, 7)))
        scene.show(group, rng.uniform(45, 90), kerb + side * 1.2)
        bicycles = [
            patch
            for k in range(4)
            for thing in vehicles.two_wheeler(rng, "bicycle")
            for patch in moved(thing.patches, -0.3 * k, 0.6 * k)
        ]
        s = rng.uniform(20, 40)
        scene.show([Thing("bicyclegroup", bicycles)], s, kerb + side * 1.6)
    if scene.plan.has("dynamic") and side < 0:
        # A pram pushed across the street, before all that drives.
        s, t = rng.uniform(15, 20), rng.uniform(-1.6, 1.4)
        scene.show(people.person(rng), s, t + 0.55)
        scene.show(furniture.pram(rng), s - 0.1, t)
    if rng.random() < 0.2:
        s, t = rng.uniform(14, 35), far_edge - side * 0.8
        scene.show(furniture.bench(rng), s, t)
        scene.show(people.sitting_person(rng), s - 0.1, t)


def _structures(rng: np.random.Generator, scene: _Scene) -> None:
    """Bridges, tunnels, barriers and gantries."""
    plan = scene.plan
    half = max(abs(plan.kerb[0]), plan.kerb[1]) + 1.0
    if plan.has("bridge"):
        scene.show(houses.bridge(rng, half + 2), rng.uniform(55, 75), 0.0)
    if plan.has("tunnel"):
        portal = houses.tunnel(rng, half)
        scene.show(portal, plan.closed_at, 1.0, FRONTS + plan.closed_at)
    if plan.has("guard rail"):
        side = -1
        t = plan.edge(plan.kerb, side)
        for s in (9.0, 33.0):
            scene.put(houses.guard_rail(side, 24.0), s, t, rank=s + 24)
    if plan.has("polegroup"):
        scene.show(furniture.gantry(rng, half - 1), rng.uniform(35, 60), 0.5)


def _traffic(rng: np.random.Generator, scene: _Scene) -> None:
    """Vehicles that drive: ahead in our lane, oncoming in the other, riders between."""
    plan = scene.plan
    oncoming = 3.6
    s = rng.uniform(22, 48)
    for label in [kind for kind in ("truck", "bus") if plan.has(kind)]:
        scene.put(getattr(vehicles, label)(rng), s + 6, 0.1)
        s += rng.uniform(22, 30)
    for _ in range(rng.integers(1, 4)):
        scene.put(vehicles.car(rng), s, rng.uniform(-0.2, 0.3))
        s += rng.uniform(12, 35)
    s = rng.uniform(16, 30)
    for _ in range(rng.integers(0, 4)):
        scene.put(vehicles.car(rng), s, oncoming + rng.uniform(-0.2, 0.2), np.pi)
        s += rng.uniform(10, 35)
    if plan.has("rail"):
        scene.put(vehicles.train(rng), rng.uniform(48, 70), plan.road[1] - 1.9, np.pi)
    if plan.has("trailer"):
        s = rng.uniform(26, 40)
        scene.put(vehicles.trailer(rng), s, plan.road[0] - 1.15)
    _riders(rng, scene)


def _riders(rng: np.random.Generator, scene: _Scene) -> None:
    for _ in range(rng.integers(0, 3)):
        s, t = rng.uniform(14, 60), rng.choice([-1.6, 2.0, 4.8]) + rng.uniform(-0.2, 0.2)
        mount = vehicles.two_wheeler_from_behind(rng, "bicycle")
        scene.show([*mount, *people.rider(rng, 0.45)], s, t)
    if rng.random() < 0.3 or scene.plan.has("motorcycle"):
        label = "motorcycle" if scene.plan.has("motorcycle") else "bicycle"
        s = rng.uniform(14, 30)
        scene.show([*vehicles.two_wheeler(rng, label), *people.rider(rng, 0.45)], s, 5.2)
    for _ in range(rng.integers(0, 3)):
        side = int(rng.choice([-1, 1]))
        t = scene.plan.edge(scene.plan.kerb, side) + side * 0.8
        scene.show(vehicles.two_wheeler(rng, "bicycle"), rng.uniform(12, 40), t)
    if scene.plan.has("motorcycle"):
        mount = vehicles.two_wheeler_from_behind(rng, "motorcycle")
        scene.show([*mount, *people.rider(rng, 0.4)], rng.uniform(12, 22), -0.6)


def _hidden(rng: np.random.Generator, scene: _Scene) -> None:
    """A car and a person hidden behind a lorry: they are annotated, but no pixel shows them."""
    s = rng.uniform(42, 50)
    scene.put(vehicles.truck(rng), s, 0.0)
    scene.put(vehicles.car(rng)[:1], s + 9, 0.0)
    scene.show(people.person(rng), s + 8, 0.1)


def _with_a_deleted_one(rng: np.random.Generator, things: list[Thing]) -> list[Thing]:
    """Add a second outline of an object, marked as deleted, as the label tool leaves it."""
    index = int(rng.choice([k for k, thing in enumerate(things) if thing.label == "car"]))
    removed = replace(things[index], deleted=True)
    return [*things[: index + 1], removed, *things[index + 1 :]]


def _corners(rng: np.random.Generator, s: float, size: float) -> int:
    """Return the number of corners an annotator gives a ragged outline of a size in metres."""
    pixels = size * 2260 / s
    return int(np.clip(0.12 * pixels * rng.uniform(0.7, 1.4), 12, 170))
