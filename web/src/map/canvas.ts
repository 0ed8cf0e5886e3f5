// Drawing aids shared by labels and symbols: canvases at twice the density, so that they are sharp on any screen.

export const DENSITY = 2;

export type Ink = CanvasRenderingContext2D;

export function canvas(width: number, height: number): { ink: Ink; take: () => ImageData } {
  const sheet = document.createElement('canvas');
  sheet.width = Math.max(1, Math.ceil(width * DENSITY));
  sheet.height = Math.max(1, Math.ceil(height * DENSITY));
  const ink = sheet.getContext('2d', { willReadFrequently: true });
  if (!ink) throw new Error('no 2d canvas');
  ink.scale(DENSITY, DENSITY);
  return { ink, take: () => ink.getImageData(0, 0, sheet.width, sheet.height) };
}

/** Diagonal lines on nothing: ground where something is somewhere. */
export function hatch(colour: string): ImageData {
  const size = 10;
  const { ink, take } = canvas(size, size);
  ink.strokeStyle = colour;
  ink.globalAlpha = 0.5;
  ink.lineWidth = 1.1;
  ink.beginPath();
  for (const x of [-size, 0, size]) {
    ink.moveTo(x, size);
    ink.lineTo(x + size, 0);
  }
  ink.stroke();
  return take();
}
