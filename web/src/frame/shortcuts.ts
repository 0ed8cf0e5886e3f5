// Keys that work anywhere on a desk, unless one is typing.

import { desk, type DeskName } from '../state/desk.svelte';

/** What a desk writes when it is asked for something new. */
const FIRST: Partial<Record<DeskName, string>> = { movements: 'activity', accord: 'meeting', centres: 'watch_handover' };

function typing(event: KeyboardEvent): boolean {
  const at = event.target;
  return (
    at instanceof HTMLElement &&
    (at.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(at.tagName))
  );
}

export function shortcuts(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.key === 'Escape') {
    if (typing(event)) (event.target as HTMLElement).blur();
    else desk.letGo();
    return;
  }
  if (typing(event)) return;
  // By the key's place, so that they work with an Arabic or Kurdish keyboard too.
  if (event.code === 'KeyN') {
    event.preventDefault();
    desk.write(FIRST[desk.name] ?? 'incident');
  } else if (event.code === 'KeyR') {
    // to the bell, where Enter says that it was read: one key alone must not silence it by mistake
    const read = document.querySelector<HTMLElement>('[data-testid="bell-read"]');
    if (!read) return;
    event.preventDefault();
    read.focus();
  } else if (event.key === '?' || event.key === '؟') {
    event.preventDefault();
    desk.help = true;
  } else if (event.code === 'Slash') {
    event.preventDefault();
    desk.searching = true;
  } else if (event.code === 'Digit1') desk.go('watch');
  else if (event.code === 'Digit2') desk.go('movements');
  else if (event.code === 'Digit3') desk.go('gaps');
  else if (event.code === 'Digit4') desk.go('accord');
  else if (event.code === 'Digit5') desk.go('centres');
  else if (event.code === 'Digit7') desk.go('incidents');
  else if (event.code === 'Digit6') desk.go('ledger');
}
