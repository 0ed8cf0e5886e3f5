// Which complaint is open at the desk.

class Open {
  ref = $state<string | null>(null);
}

export const open = new Open();
