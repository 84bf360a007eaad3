// What the client uses of the highlighter.
export type CodeNode =
  | { type: 'text'; value: string }
  | { type: 'element'; properties: { className: string[] }; children: CodeNode[] };

// Whether it knows a language by this name.
export function registered(language: string): boolean;

export function highlight(language: string, code: string): { children: CodeNode[] };
