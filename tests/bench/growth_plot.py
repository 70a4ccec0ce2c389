"""CPU seconds against frames as an SVG picture: both axes logarithmic, a line a kind of run."""

from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 85, 150, 20, 50
# Told apart by colour-blind readers, too (Okabe and Ito), and named at the end of each line.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
APART = 16  # pixels between two names


def growth_plot(frames: list[int], lines: dict[str, list[float]]) -> str:
    """SVG text: for each named line the seconds at each number of frames, in ascending order."""
    every = [seconds for line in lines.values() for seconds in line]
    across = Axis(frames[0], frames[-1], LEFT, WIDTH - RIGHT)
    up = Axis(10 ** floor(log10(min(every))), 10 ** ceil(log10(max(every))), HEIGHT - BOTTOM, TOP)
    parts = [*frame_grid(frames, across), *second_grid(up), *linear_guide(across, up)]
    for color, seconds in zip(COLORS, lines.values(), strict=False):
        points = [(across(x), up(y)) for x, y in zip(frames, seconds, strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>' for x, y in points]
    parts += names(lines, up)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="13">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"])


class Axis:
    """Where a value stands on a logarithmic axis, in pixels."""

    def __init__(self, low: float, high: float, begin: float, end: float):
        self.low, self.high, self.begin, self.end = low, high, begin, end

    def __call__(self, value: float) -> float:
        share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low) or 1)
        return self.begin + share * (self.end - self.begin)


def frame_grid(frames: list[int], across: Axis):
    bottom = HEIGHT - BOTTOM
    for count in frames:
        x = across(count)
        yield line(x, TOP, x, bottom, "#ddd")
        yield text(x, bottom + 18, f"{count:,}", "middle")
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "annotated frames", "middle")


def second_grid(up: Axis):
    power = up.low
    while power <= up.high * 1.001:
        y = up(power)
        yield line(LEFT, y, WIDTH - RIGHT, y, "#ddd")
        yield text(LEFT - 8, y + 4, f"{power:,.4g}", "end")
        power *= 10
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'<g transform="rotate(-90 14 {middle})">'
    yield turned + text(14, middle, "CPU seconds of all processes", "middle") + "</g>"


def linear_guide(across: Axis, up: Axis):
    """A dashed line of the slope that ten times the seconds for ten times the frames have."""
    begin, seconds = across.low, up.high * across.low / across.high
    if seconds < up.low:
        begin, seconds = begin * up.low / seconds, up.low
    x, y = across(begin), up(seconds)
    yield line(x, y, across(across.high), up(up.high), "#999", ' stroke-dasharray="4 4"')
    yield text(x + 30, y - 8, "linear", "start", "#777")


def names(lines: dict[str, list[float]], up: Axis):
    """The names of the lines at their ends, moved apart where they would overlap."""
    ends = zip((up(seconds[-1]) for seconds in lines.values()), lines, COLORS, strict=False)
    baseline = 0
    for y, name, color in sorted(ends):
        baseline = max(y + 4, baseline + APART)
        yield text(WIDTH - RIGHT + 8, baseline, name, "start", color)


def line(x1: float, y1: float, x2: float, y2: float, color: str, more: str = "") -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{color}"{more}/>'


def text(x: float, y: float, words: str, anchor: str, color: str = "#333") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"'
    return f"<text {place}>{escape(words)}</text>"
