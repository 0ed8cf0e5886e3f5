// The talk of the circle at hand: files and meetings as the node works them out, asked anew with every turn of the
// accord; and which of them is looked at.

import { type BodyView, type Files, type FileView, type MeetingView, talkApi, type TalkView } from '../api/talk';

export type MeetingsPage = 'meetings' | 'understandings' | 'bodies';

class TalkState {
  files = $state.raw<Files | null>(null);
  view = $state.raw<TalkView | null>(null);
  problem = $state.raw<unknown>(null);
  file = $state<string | null>(null);
  meeting = $state<string | null>(null);
  page = $state<MeetingsPage>('meetings');
  #circle: string | null = null;
  #asked = 0;

  /** Called with every turn; an answer that a later question overtook is thrown away. */
  async ask(circle: string | null): Promise<void> {
    if (circle !== this.#circle) {
      this.#circle = circle;
      this.files = this.view = this.file = this.meeting = null;
    }
    if (!circle) return;
    const asked = ++this.#asked;
    try {
      const [files, view] = await Promise.all([talkApi.files(circle), talkApi.meetings(circle)]);
      if (asked !== this.#asked) return;
      this.files = files;
      this.view = view;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = error;
    }
  }

  fileOf(ref: string | null): FileView | undefined {
    return this.files?.files.find((one) => one.ref === ref || one.sides.some((side) => side.ref === ref || side.revision === ref));
  }
  meetingOf(ref: string | null): MeetingView | undefined {
    return this.view?.board.meetings.find(
      (one) =>
        one.ref === ref ||
        one.understandings.includes(ref ?? '') ||
        one.sides.some((side) => side.ref === ref) ||
        one.minutes.some((minutes) => minutes.ref === ref),
    );
  }
  bodyOf(ref: string | null): BodyView | undefined {
    return this.view?.bodies.find((one) => one.ref === ref || one.proposed.some((change) => change.thing === ref) || one.in_force?.thing === ref);
  }
}

export const talk = new TalkState();
