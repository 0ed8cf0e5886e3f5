// What is being written on the hotline, of each circle by itself, so that nothing goes to whom it was not written for and
// nothing is lost by looking elsewhere on the page.

class Writing {
  to = $state('');
  text = $state('');
  urgent = $state(false);

  clear(): void {
    [this.to, this.text, this.urgent] = ['', '', false];
  }
}

const begun = new Map<string, Writing>();

export function writingOf(user: string, circle: string): Writing {
  const key = `${user} ${circle}`;
  const found = begun.get(key) ?? new Writing();
  begun.set(key, found);
  return found;
}
