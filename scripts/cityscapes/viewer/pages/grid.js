// Where the cards of a list lie, and which of their rows are in sight. Pure.

export function gridOf(count, width, card) {
  const columns = Math.max(1, Math.floor(width / card.width));
  return {
    columns,
    rows: Math.ceil(count / columns),
    height: Math.ceil(count / columns) * card.height,
    left: Math.max(0, Math.floor((width - columns * card.width) / 2)),
  };
}

// First row and last row + 1, with one more on each side.
export function rowsInSight(grid, top, height, card) {
  const first = Math.max(0, Math.floor(top / card.height) - 1);
  const end = Math.min(grid.rows, Math.ceil((top + height) / card.height) + 1);
  return [Math.min(first, end), end];
}
