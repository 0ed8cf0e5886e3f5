// Whether the own node answers: as of the last question to it.

class Link {
  up = $state(true);
}

export const link = new Link();
