// What the client uses of uqr.

/** The modules of a QR code, row by row; `true` is dark. A border of light ones surrounds it. */
export function encode(
  text: string,
  options?: { ecc?: 'L' | 'M' | 'Q' | 'H'; border?: number },
): { size: number; data: boolean[][] };
