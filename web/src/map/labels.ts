// Names on the map, drawn by the browser's own text engine and given to the map as images: the map library shapes
// Arabic letter by letter and breaks Sorani joins (ێ ڵ ە), the browser shapes all three languages rightly.

import { looksRtl } from '../format/text';
import { canvas } from './canvas';
import type { Palette } from './palette';

interface Style {
  px: number;
  weight: number;
  colour: keyof Palette;
  halo: number;
  spacing?: number;
  italic?: boolean;
}

export const LABEL_STYLES = {
  country: { px: 15, weight: 500, colour: 'country', halo: 3, spacing: 2 },
  city: { px: 14, weight: 600, colour: 'label', halo: 3.5 },
  town: { px: 12, weight: 500, colour: 'label', halo: 3 },
  village: { px: 11, weight: 400, colour: 'town', halo: 3 },
  object: { px: 12.5, weight: 700, colour: 'ink', halo: 4 },
  area: { px: 12.5, weight: 700, colour: 'area', halo: 4 },
  count: { px: 11.5, weight: 700, colour: 'halo', halo: 0 },
  tally: { px: 11.5, weight: 700, colour: 'rough', halo: 3 },
} as const satisfies Record<string, Style>;

export type LabelStyle = keyof typeof LABEL_STYLES;

const FAMILY = "'Plex', 'Vazirmatn', sans-serif";

/** The fonts must be there before the first label is drawn, or it is drawn in another. */
export async function loadLabelFonts(): Promise<void> {
  const wanted = ['400', '500', '600', '700'].flatMap((weight) => [
    document.fonts.load(`${weight} 14px Plex`, 'Kirkuk'),
    document.fonts.load(`${weight} 14px Vazirmatn`, 'هەولێر ڕێککەوتن گوڵەکان'),
  ]);
  await Promise.allSettled(wanted);
}

export function drawLabel(name: LabelStyle, text: string, palette: Palette): ImageData {
  const style: Style = LABEL_STYLES[name];
  const rtl = looksRtl(text);
  const px = rtl ? style.px * 1.06 : style.px;
  const font = `${style.weight} ${px}px ${FAMILY}`;
  const spacing = style.spacing && !rtl ? `${style.spacing}px` : '0px';

  const probe = canvas(1, 1).ink;
  probe.font = font;
  probe.letterSpacing = spacing;
  const lines = wrap(text, (part) => probe.measureText(part).width);
  const width = Math.max(...lines.map((line) => probe.measureText(line).width)) + style.halo * 2 + 2;
  const leading = px * 1.35;
  const height = leading * lines.length + style.halo * 2;

  const { ink, take } = canvas(width, height);
  ink.font = font;
  ink.letterSpacing = spacing;
  ink.direction = rtl ? 'rtl' : 'ltr';
  ink.textAlign = 'center';
  ink.textBaseline = 'middle';
  ink.lineJoin = 'round';
  ink.lineWidth = style.halo;
  ink.strokeStyle = palette.halo;
  ink.fillStyle = palette[style.colour];
  if (style.halo > 0) lines.forEach((line, i) => ink.strokeText(line, width / 2, style.halo + leading * (i + 0.5)));
  lines.forEach((line, i) => ink.fillText(line, width / 2, style.halo + leading * (i + 0.5)));
  return take();
}

/** At most two lines, broken near the middle where the text is long. */
function wrap(text: string, measure: (part: string) => number): string[] {
  if (measure(text) < 130) return [text];
  const parts = text.split(' ');
  let best = [text];
  let least = Infinity;
  for (let i = 1; i < parts.length; i++) {
    const lines = [parts.slice(0, i).join(' '), parts.slice(i).join(' ')];
    const widest = Math.max(...lines.map(measure));
    if (widest < least) [least, best] = [widest, lines];
  }
  return best;
}
