// The live stream of one circle. EventSource resumes by Last-Event-ID while it lives; when the browser gives the
// connection up, a new one is opened after the highest `seq` that was seen.

import type { Ledgers, PictureObject } from './types';

export interface StreamHandlers {
  after: () => number;
  object: (object: PictureObject) => void;
  heads: (ledgers: Ledgers | null) => void;
  refusal: () => void;
  /** More reports of incidents came at once than are sent one by one. */
  crowd: () => void;
  state: (open: boolean) => void;
}

const PATIENCE = [1000, 2000, 5000, 10_000];

/** Opens the stream and keeps it open; the answer closes it. */
export function openStream(circle: string, handlers: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let tries = 0;
  let closed = false;

  const open = (): void => {
    source = new EventSource(`/api/v1/stream?circle=${circle}&after=${handlers.after()}&crowd=apart`);
    source.onopen = () => {
      tries = 0;
      handlers.state(true);
    };
    source.addEventListener('object', (event) => handlers.object(JSON.parse(event.data) as PictureObject));
    source.addEventListener('heads', (event) => handlers.heads(parse(event.data)));
    source.addEventListener('crowd', () => handlers.crowd());
    source.addEventListener('refusal', () => handlers.refusal());
    source.onerror = () => {
      handlers.state(false);
      if (source?.readyState === EventSource.CLOSED && !closed) {
        timer = window.setTimeout(open, PATIENCE[Math.min(tries++, PATIENCE.length - 1)]);
      }
    };
  };

  open();
  return () => {
    closed = true;
    window.clearTimeout(timer);
    source?.close();
  };
}

function parse(data: string): Ledgers | null {
  try {
    const value = JSON.parse(data) as Ledgers;
    return Array.isArray(value.ledgers) ? value : null;
  } catch {
    return null;
  }
}
