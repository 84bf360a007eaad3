// What the client uses of the emoji: each group's name, and its emoji line by line.
export const GROUPS: [string, string][];
