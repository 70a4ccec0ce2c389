// Who saved something and when, in words: "saved by NAME on DATE", as far as it is known.

export function savedBy({ user, date }) {
  return ["saved", user && `by ${user}`, date && `on ${date}`].filter(Boolean).join(" ");
}
