// Symbols of the map. Frames after APP-6 (milsymbol): friendly and neutral ones only, for posts, centres and what
// happened. There is no hostile frame here and none may be added: this is not a picture of targets.

import ms from 'milsymbol';
import { icons } from '../ui/icons';
import { canvas, DENSITY, type Ink } from './canvas';

const FRIEND_INSTALLATION = '1003200000';
const FRIEND_INSTALLATION_PLANNED = '1003201000';
const NEUTRAL_INSTALLATION = '1004200000';
const NEUTRAL_INSTALLATION_PLANNED = '1004201000';
const NEUTRAL_ACTIVITY = '1004400000';

const GLYPHS: Record<string, string> = {
  post: 'M8 20V4.5l9 4-9 4',
  checkpoint: 'M4 20V9M4 11 20 8.5M8.5 10.400v3M13 9.700v3M17 9v3',
  joint_checkpoint: 'M3.5 20V6.500M3.5 8.5 20.5 6M20.5 20v-6.500M20.5 15.5 3.5 13',
  contact_point: 'M3.5 6h17v10h-8.500L8 20v-4H3.500Z',
  centre: icons.centre,
};

const PAPER = '#ffffff';
const INK = '#12201f';

interface Frame {
  sidc: string;
  fill: string;
  glyph: string | null;
  crossed?: boolean;
  size: number;
}

/** `incident/raid`, `post/base/vacated`, `centre/active`, `log` with the colour of the party that said it. */
function frameOf(symbol: string, colour: string): Frame | null {
  const [kind, type = '', status = ''] = symbol.split('/');
  if (kind === 'incident') {
    const glyph = icons[(type in icons ? type : 'other') as keyof typeof icons];
    return { sidc: `${NEUTRAL_ACTIVITY}1300000000`, fill: '#ffe2a3', glyph, size: 17 };
  }
  if (kind === 'post') {
    const head = status === 'planned' ? FRIEND_INSTALLATION_PLANNED : FRIEND_INSTALLATION;
    const fill = status === 'manned' ? tint(colour) : PAPER;
    const glyph = type === 'base' ? null : (GLYPHS[type] ?? GLYPHS['post'] ?? null);
    return { sidc: `${head}${type === 'base' ? '120800' : '000000'}0000`, fill, glyph, crossed: status === 'vacated', size: 17 };
  }
  if (kind === 'centre') {
    const planned = type === 'agreed' || type === 'preparing';
    const head = planned ? NEUTRAL_INSTALLATION_PLANNED : NEUTRAL_INSTALLATION;
    const fill = type === 'active' ? '#bfe6c8' : type === 'closed' || type === 'suspended' ? '#e3e3de' : PAPER;
    return { sidc: `${head}0000000000`, fill, glyph: GLYPHS['centre'] ?? null, crossed: type === 'closed', size: 19 };
  }
  return null;
}

export function drawSymbol(symbol: string, colour: string, coarse: boolean, rough: string): ImageData {
  const frame = frameOf(symbol, colour);
  const body = frame ? framed(frame) : dot(colour);
  return coarse ? somewhere(body, rough) : read(body);
}

function framed({ sidc, fill, glyph, crossed, size }: Frame): HTMLCanvasElement {
  const symbol = new ms.Symbol(sidc, {
    size: size * DENSITY,
    fillColor: fill,
    iconColor: INK,
    strokeWidth: 5,
    outlineWidth: 5,
    outlineColor: PAPER,
  });
  const sheet = symbol.asCanvas();
  const ink = sheet.getContext('2d');
  if (!ink) return sheet;
  // milsymbol leaves its own scale on the canvas; the middle is where it says the octagon's is, not the sheet's.
  ink.setTransform(1, 0, 0, 1, 0, 0);
  const { x, y } = symbol.getOctagonAnchor();
  if (glyph) stroke(ink, glyph, x, y, size * DENSITY * 0.96);
  if (crossed) {
    ink.strokeStyle = INK;
    ink.lineWidth = 1.6 * DENSITY;
    ink.beginPath();
    ink.moveTo(x - size * DENSITY * 0.75, y + size * DENSITY * 0.5);
    ink.lineTo(x + size * DENSITY * 0.75, y - size * DENSITY * 0.5);
    ink.stroke();
  }
  return sheet;
}

function stroke(ink: Ink, path: string, x: number, y: number, size: number): void {
  ink.save();
  ink.translate(x - size / 2, y - size / 2);
  ink.scale(size / 24, size / 24);
  ink.strokeStyle = INK;
  ink.lineWidth = 2;
  ink.lineCap = 'round';
  ink.lineJoin = 'round';
  ink.stroke(new Path2D(path));
  ink.restore();
}

/** What was said or done somewhere: a round mark with lines of writing, no military frame. */
function dot(colour: string): HTMLCanvasElement {
  const size = 22;
  const { ink } = canvas(size, size);
  ink.beginPath();
  ink.arc(size / 2, size / 2, size / 2 - 2, 0, 2 * Math.PI);
  ink.fillStyle = PAPER;
  ink.fill();
  ink.lineWidth = 2.2;
  ink.strokeStyle = colour;
  ink.stroke();
  ink.beginPath();
  for (const [y, half] of [[8.5, 4], [11.2, 4], [13.9, 2.4]] as const) {
    ink.moveTo(size / 2 - half, y);
    ink.lineTo(size / 2 + half, y);
  }
  ink.lineWidth = 1.3;
  ink.stroke();
  return ink.canvas;
}

/** Smaller, in a dashed ring: somewhere here, not at this point. */
function somewhere(body: HTMLCanvasElement, rough: string): ImageData {
  const size = 40;
  const { ink, take } = canvas(size, size);
  ink.beginPath();
  ink.arc(size / 2, size / 2, size / 2 - 2, 0, 2 * Math.PI);
  ink.globalAlpha = 0.82;
  ink.fillStyle = PAPER;
  ink.fill();
  ink.globalAlpha = 1;
  ink.setLineDash([4, 3.2]);
  ink.lineWidth = 1.8;
  ink.strokeStyle = rough;
  ink.stroke();
  const scale = Math.min(1, 25 / (Math.max(body.width, body.height) / DENSITY));
  const width = (body.width / DENSITY) * scale;
  const height = (body.height / DENSITY) * scale;
  ink.drawImage(body, (size - width) / 2, (size - height) / 2, width, height);
  return take();
}

function read(sheet: HTMLCanvasElement): ImageData {
  const ink = sheet.getContext('2d');
  if (!ink) throw new Error('no 2d canvas');
  return ink.getImageData(0, 0, sheet.width, sheet.height);
}

/** A light tint of a party's colour, so that the drawing in it stays readable. */
function tint(colour: string): string {
  const part = (at: number): number => Math.round(parseInt(colour.slice(at, at + 2), 16) * 0.32 + 255 * 0.68);
  return `rgb(${part(1)}, ${part(3)}, ${part(5)})`;
}
