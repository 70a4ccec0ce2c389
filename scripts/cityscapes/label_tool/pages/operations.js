// What can be done to a frame: functions that make functions state -> state, for Model.apply. A state
// that comes back itself says that there was nothing to do; a Refusal says why it cannot be done.
// Options of all that touch objects: `locked`, the keys of those that must stay as they are.

export * from "./operations_drawing.js";
export * from "./operations_objects.js";
export * from "./operations_order.js";
export * from "./operations_points.js";
export * from "./operations_results.js";
export * from "./selection.js";
