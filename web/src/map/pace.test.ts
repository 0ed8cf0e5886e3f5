import { describe, expect, it } from 'vitest';
import { tooSlow } from './pace';

describe('the pace of a map', () => {
  it('says nothing of a few frames', () => {
    expect(tooSlow([400, 400, 400, 400, 400])).toBe(false);
  });
  it('looks at the last frames alone', () => {
    expect(tooSlow([16, 16, 16, 16, 16, 16, 40, 40, 40, 40, 40, 40])).toBe(true);
    expect(tooSlow([40, 40, 40, 40, 40, 40, 16, 16, 16, 16, 16, 16])).toBe(false);
  });
  it('bears one jerk among smooth frames', () => {
    expect(tooSlow([16, 16, 90, 16, 16, 16])).toBe(false);
  });
});
