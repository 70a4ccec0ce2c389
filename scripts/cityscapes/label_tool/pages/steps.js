// A state and the steps that led to it, to undo and redo. States are {selection, next, …}: never
// changed, always replaced, so that those before and after share what they have in common.

import { Refusal } from "./refusal.js";

// ASSUME: nobody undoes more steps.
const MOST_STEPS = 20_000;

export class Steps {
  #past = [];
  #future = [];

  constructor(state) {
    this.state = state;
    this.reason = "";
  }

  // Apply a function state -> state. True where something changed; else `reason` says why it was
  // refused, and is empty where there was nothing to do. A change of the selection is no step.
  apply(operation) {
    const next = operation(this.state);
    this.reason = next instanceof Refusal ? next.reason : "";
    if (next instanceof Refusal || next === this.state) return false;
    if (isStep(this.state, next)) {
      this.#past.push(this.state);
      if (this.#past.length > MOST_STEPS) this.#past.shift();
      this.#future = [];
    }
    this.state = next;
    return true;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  undo() {
    return this.#step(this.#past, this.#future);
  }

  redo() {
    return this.#step(this.#future, this.#past);
  }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.state);
    const state = from.pop();
    // A key is never given twice: what the page knows by it, such as a lock, is of one object.
    this.state = { ...state, next: Math.max(state.next, this.state.next) };
    return true;
  }

  // Replace all states, as after a save.
  map(change) {
    this.#past = this.#past.map(change);
    this.#future = this.#future.map(change);
    this.state = change(this.state);
  }
}

function isStep(before, after) {
  return Object.keys(after).some(
    (name) => name !== "selection" && name !== "next" && before[name] !== after[name],
  );
}
