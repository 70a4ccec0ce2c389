"""Wrong settings are listed with their names, by the errors of the schema's validator."""

import pytest

from cityscapes.workflow.schema import problems_of_config
from config_defaults import SCHEMA, filled


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        ({}, []),
        (filled({}), []),
        ({"check": "none"}, ["check: 'none' is not one of ['report', 'strict']"]),
        (
            {"checks": {"blurred": {"tolerance": 300}}, "colour": 1},
            [
                "Additional properties are not allowed ('colour' was unexpected)",
                "checks: blurred: tolerance: 300 is greater than the maximum of 254",
            ],
        ),
        (
            {"spilts": ["val"]},
            [
                "Additional properties are not allowed ('spilts' was unexpected)"
                " (did you mean splits or site?)"
            ],
        ),
        (
            {"predictions": {"a b": {"task": "pixel", "path": "x", "clases": ["road"]}}},
            [
                "predictions: 'a b' does not match: right are up to 100 letters, digits and _",
                "predictions: a b: Additional properties are not allowed ('clases' was unexpected)"
                " (did you mean classes?)",
            ],
        ),
        ({"kinds": ["labelIds", "x"]}, ["kinds: 1: 'x' is not one of"]),
        ({"predictions": {"a": {"task": "pixel"}}}, ["predictions: a: 'path' is a required"]),
    ],
)
def test_each_wrong_setting_is_a_line(config, problems):
    found = problems_of_config(config, SCHEMA)
    assert len(found) == len(problems)
    assert all(line.startswith(problem) for line, problem in zip(found, problems, strict=True))


def test_of_several_forms_the_closest_is_named():
    schema = {"properties": {"a": {"anyOf": [{"type": "integer"}, {"enum": ["x"]}]}}}
    assert problems_of_config({"a": 1}, schema) == []
    (line,) = problems_of_config({"a": []}, schema)
    assert line.startswith("a: [] is not")
