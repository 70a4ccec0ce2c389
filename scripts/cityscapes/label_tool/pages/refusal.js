// What an operation returns where it cannot be done, with the reason for people to read.

export class Refusal {
  constructor(reason) {
    this.reason = reason;
  }
}

export function refuse(reason) {
  return new Refusal(reason);
}
