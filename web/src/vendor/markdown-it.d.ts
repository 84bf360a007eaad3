// What the client uses of the tokenizer.
export interface Token {
  type: string;
  tag: string;
  // 1 where something opens, -1 where it closes, and 0 for what does neither.
  nesting: number;
  level: number;
  content: string;
  // What stands behind the fence of code.
  info: string;
  // The first line, and the one after the last.
  map: [number, number] | null;
  children: Token[] | null;
  attrGet(name: string): string | null;
}

export interface InlineState {
  src: string;
  pos: number;
  pending: string;
  push(type: string, tag: string, nesting: number): Token;
}

export default class MarkdownIt {
  constructor(preset: 'zero', options?: { maxNesting?: number });
  enable(rules: string[]): this;
  parse(text: string, env: object): Token[];
  validateLink: (address: string) => boolean;
  normalizeLink: (address: string) => string;
  inline: {
    ruler: { before(name: string, rule: string, apply: (state: InlineState, silent: boolean) => boolean): void };
  };
}
