"""The names and formats of the files of each raw type.

Pure standard library: the Snakefile imports it each time it is read.
"""

from typing import NamedTuple

SPLITS = ("train", "val", "test", "train_extra", "demoVideo")


class ImageFormat(NamedTuple):
    """A PNG format: bits per channel, and the colour type of the PNG specification, table 11.1."""

    bits: int
    color_type: int
    wide: bool = False  # its values are measurements, above 255 in every image


GREY_8 = ImageFormat(8, 0)
GREY_16 = ImageFormat(16, 0)
WIDE_GREY_16 = ImageFormat(16, 0, wide=True)
RGB_8 = ImageFormat(8, 2)
WIDE_RGB_16 = ImageFormat(16, 2, wide=True)
RGBA_8 = ImageFormat(8, 6)

_LABELS = {
    "_polygons.json": None,
    "_labelIds.png": GREY_8,
    "_instanceIds.png": GREY_16,
    "_color.png": RGBA_8,
}

# Attenuation coefficients of the simulated fog, in 1/m (Sakaridis et al., Semantic Foggy Scene
# Understanding with Synthetic Data, IJCV 2018).
BETAS = ("0.005", "0.01", "0.02")
_FOGGY: dict[str, ImageFormat | None] = {f"_beta_{beta}.png": RGB_8 for beta in BETAS}
_TRANSMITTANCE: dict[str, ImageFormat | None] = {f"_beta_{beta}.png": GREY_8 for beta in BETAS}

# Of the simulated rain: alpha, beta and size of the drops go together, each with twelve patterns
# (Hu et al., Depth-Attentional Features for Single-Image Rain Removal, CVPR 2019).
_RAIN: dict[str, ImageFormat | None] = {
    f"_alpha_{alpha}_beta_{beta}_dropsize_{size}_pattern_{pattern}.png": RGB_8
    for alpha, beta, size in (
        ("0.01", "0.005", "0.01"),
        ("0.02", "0.01", "0.005"),
        ("0.03", "0.015", "0.002"),
    )
    for pattern in range(1, 13)
}

# Type -> ending after `<city>_<sequence>_<frame>_<stem>` -> format, None for text.
TYPES: dict[str, dict[str, ImageFormat | None]] = {
    "gtFine": _LABELS,
    "gtCoarse": _LABELS,
    "gtBbox3d": {".json": None},
    "gtBboxCityPersons": {".json": None},
    "gtBboxValidated": {".json": None},
    "leftImg8bit": {".png": RGB_8},
    "leftImg8bit_blurred": {".png": RGB_8},
    "leftImg8bit_sequence": {".png": RGB_8},
    "rightImg8bit": {".png": RGB_8},
    "rightImg8bit_sequence": {".png": RGB_8},
    "leftImg16bit": {".png": WIDE_RGB_16},
    "rightImg16bit": {".png": WIDE_RGB_16},
    "disparity": {".png": WIDE_GREY_16},
    "disparity_sequence": {".png": WIDE_GREY_16},
    "camera": {".json": None},
    "vehicle": {".json": None},
    "vehicle_sequence": {".json": None},
    "timestamp": {".txt": None},
    "timestamp_sequence": {".txt": None},
    "leftImg8bit_foggy": _FOGGY,
    "leftImg8bit_foggyDBF": _FOGGY,
    "leftImg8bit_transmittance": _TRANSMITTANCE,
    "leftImg8bit_transmittanceDBF": _TRANSMITTANCE,
    "leftImg8bit_rain": _RAIN,
}

# Derived from the left images by their publishers: for all frames, or for a selection.
SIMULATED = tuple(
    f"leftImg8bit_{weather}"
    for weather in ("foggy", "foggyDBF", "transmittance", "transmittanceDBF", "rain")
)

# Files that the reference tools add to the ground truth: not in the packages, but expected.
DERIVED_ENDINGS = ("_labelTrainIds.png", "_instanceTrainIds.png")


def stem(kind: str) -> str:
    """Return the type as it appears in file names.

    Only the folder shows that it was recorded as video, or that fog was simulated with a
    dual-reference cross-bilateral filter (DBF).
    """
    return kind.removesuffix("_sequence").removesuffix("DBF")


def is_video(kind: str) -> bool:
    """Return True if a type has all frames of a recording, not only the annotated ones."""
    return kind.endswith("_sequence") or kind == "timestamp"


def slot(kind: str, ending: str) -> str:
    """Return a short name for a frame's file: `gtFine_labelIds`, `leftImg8bit_foggy_beta_0.01`."""
    return kind + ending.rpartition(".")[0]


class Slot(NamedTuple):
    """One file of a frame: its type, the end of its name, and its format (None for text)."""

    type: str
    ending: str
    format: ImageFormat | None


SLOTS = {
    slot(kind, ending): Slot(kind, ending, form)
    for kind, endings in TYPES.items()
    for ending, form in endings.items()
}

# Groups of files in which copies under other names are searched: slot -> group. Blurred
# images and those of a sequence are by right equal to others, and so are small text files.
COPY_GROUPS = {
    **{name: name for name, (kind, *_) in SLOTS.items() if kind in ("gtFine", "gtCoarse")},
    "leftImg8bit": "camera images",
    "rightImg8bit": "camera images",
    "leftImg8bit_blurred": "blurred images",
    "leftImg16bit": "16-bit images",
    "rightImg16bit": "16-bit images",
    "disparity": "disparity",
    **{name: kind for name, (kind, *_) in SLOTS.items() if kind in SIMULATED},
}
