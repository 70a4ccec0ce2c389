// The tools, by name, in the order of their buttons.

import { BoxesTool } from "./tool_boxes.js";
import { DrawTool } from "./tool_draw.js";
import { SelectTool } from "./tool_select.js";
import { SliceTool } from "./tool_slice.js";
import { VerticesTool } from "./tool_vertices.js";

export const TOOLS = [
  ["select", "Select", "q"],
  ["draw", "Draw", "d"],
  ["vertices", "Vertices", "w"],
  ["slice", "Slice", "x"],
  ["boxes", "Boxes", "r"],
];

const MAKE = { select: SelectTool, draw: DrawTool, vertices: VerticesTool, slice: SliceTool, boxes: BoxesTool };

export function toolsOf(editor) {
  return new Map(Object.entries(MAKE).map(([name, Tool]) => [name, new Tool(editor)]));
}
