// The ledgers of the archive: read, checked, and folded into things as a node folds them. Nothing here draws.

/** The items of the archive by name, as bytes. */
function readItems() {
  const items = new Map();
  for (const element of document.querySelectorAll('script[data-item]')) {
    items.set(element.dataset.item, element);
  }
  return { names: [...items.keys()], read: (name) => fromBase64(items.get(name).textContent) };
}

const readJson = (bytes) => JSON.parse(strictText.decode(bytes));

/** Circles, cards and ledgers as the archive names them. */
async function readArchive(items) {
  const manifest = readJson(items.read('tansiq.json'));
  const circles = [];
  const cards = new Map();
  for (const name of items.names) {
    if (name.startsWith('circles/')) {
      const bytes = items.read(name);
      circles.push({ ...readJson(bytes), digest: toHex(await sha256(strip(bytes))) });
    } else if (name.startsWith('cards/')) {
      const card = JSON.parse(readNote(items.read(name)).text);
      cards.set(card.party, card);
    }
  }
  const ledgers = manifest.ledgers.map((one) => ({ ...one, party: one.origin.split('/')[0] }));
  return { manifest, circles, cards, ledgers, notices: items.names.filter((name) => name.startsWith('notices/')).length };
}

function strip(bytes) {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] <= 32) end -= 1;
  return bytes.subarray(0, end);
}

/** Check one ledger from its bytes. The answer says everything that was found wrong; nothing is thrown. */
async function checkLedger(archive, items, ledger, able, progress) {
  const found = { ledger, entries: [], head: null, signed: null, receipts: [], problems: [], circle: null, missing: 0 };
  const wrong = (code, index = null) => {
    if (found.problems.length < 50) found.problems.push({ code, index });
  };
  try {
    await readLedger(archive, items, ledger, able, found, wrong, progress);
  } catch (error) {
    wrong('unreadable');
    console.error(error);
  }
  return found;
}

async function readLedger(archive, items, ledger, able, found, wrong, progress) {
  if (toHex(await sha256(encoder.encode(ledger.origin))) !== ledger.hash) wrong('name');
  const circle = archive.circles.find((one) => `${ledger.party}/${one.id}/${one.epoch}` === ledger.origin);
  const member = circle?.members.find((one) => one.party === ledger.party);
  if (member === undefined) {
    wrong('circle');
    return;
  }
  found.circle = circle;
  found.member = member;
  found.head = readHead(items.read(`${ledger.hash}/checkpoint`));
  if (found.head.origin !== ledger.origin) wrong('name');
  found.signed = able ? await logSigned(found.head, fromBase64(member.log)) : null;
  if (found.signed === false) wrong('signature');
  await readEntries(items, ledger, found, wrong, progress);
  if (found.entries.length !== found.head.size) wrong('count');
  const older = olderHeads(items, ledger);
  const sizes = [found.head.size, ...older.map((head) => head.size)];
  const roots = await rootsAt(found.entries.map((entry) => entry.leaf), sizes);
  if (!same(roots.get(found.head.size) ?? [], found.head.root)) wrong('root');
  for (const head of [...older, found.head]) {
    const holds = head.origin === ledger.origin && same(roots.get(head.size) ?? [], head.root);
    if (!holds || (able && !(await logSigned(head, fromBase64(member.log))))) wrong('older', head.size);
    else found.receipts.push(...(await receiptsOn(head, circle.members, able)));
  }
  if (found.receipts.some((receipt) => receipt.holds === false)) wrong('receipt');
  found.receipts.sort((one, other) => one.time - other.time);
  const opening = found.entries[0];
  if (opening?.body.type !== 'circle' || opening.fields.descriptor !== circle.digest) wrong('descriptor', 0);
}

function olderHeads(items, ledger) {
  return items.names
    .filter((name) => name.startsWith(`${ledger.hash}/checkpoints/`))
    .flatMap((name) => readBundle(items.read(name)).map(readHead));
}

async function readEntries(items, ledger, found, wrong, progress) {
  const prefix = `${ledger.hash}/tile/entries/`;
  const frames = [];
  for (const name of items.names.filter((one) => one.startsWith(prefix))) {
    const bodies = readBundle(items.read(name));
    const told = readFrames(items.read(name.replace('/tile/entries/', '/disclosures/')));
    if (bodies.length !== told.length) wrong('frames');
    const leaves = await Promise.all(bodies.map(leafHash));
    bodies.forEach((bytes, at) => {
      found.entries.push({ index: found.entries.length, leaf: leaves[at], body: readJson(bytes), fields: {}, told: [] });
      frames.push(told[at]);
    });
    progress(found.entries.length, ledger.size);
  }
  const erased = new Set(found.entries.filter((one) => one.body.type === 'erase').map((one) => one.body.revises));
  for (const entry of found.entries) await openFields(found, entry, frames[entry.index], erased, wrong);
}

/** Open what was told with an entry: as committed to, and each field among the digests of the entry it belongs to. */
async function openFields(found, entry, frame, erased, wrong) {
  const owner = found.entries[frame.subject];
  const tell = entry.body.type === 'tell';
  const right = tell ? owner?.body.id === entry.body.revises && frame.subject < entry.index : frame.subject === entry.index;
  if (owner === undefined || !right) {
    wrong('subject', entry.index);
    return;
  }
  entry.subject = frame.subject;
  if (frame.text === '') {
    if (entry.body.told === null) return;
    if (erased.has(owner.body.id) || erased.has(owner.body.revises)) entry.erased = true;
    else wrong('untold', entry.index);
    return;
  }
  if (toUrl64(await sha256(encoder.encode(frame.text))) !== entry.body.told) wrong('told', entry.index);
  const digests = new Set(owner.body._sd);
  for (const text of frame.text.split('~')) {
    if (!digests.has(toUrl64(await sha256(encoder.encode(text))))) {
      wrong('disclosure', entry.index);
      continue;
    }
    const [, name, value] = readJson(fromUrl64(text));
    owner.fields[name] = value;
    entry.told.push(name);
  }
}

/** The things that follow from a ledger: a first entry, its later versions over it, and what was told later. */
function foldLedger(found) {
  const first = new Map();
  const byId = new Map(found.entries.map((entry) => [entry.body.id, entry]));
  for (const entry of found.entries) {
    const { body } = entry;
    const named = byId.get(body.revises);
    const root = body.revises === null ? entry : byId.get(named?.body.revises ?? body.revises);
    const thing = first.get(root?.body.id);
    if (body.type === 'tell' || body.type === 'erase') thing?.entries.push(entry);
    else if (body.revises === null) first.set(body.id, { found, kind: body.type, entries: [entry], versions: [entry] });
    else if (thing !== undefined && thing.kind === body.type) {
      thing.entries.push(entry);
      thing.versions.push(entry);
    }
  }
  return [...first.values()].map((thing) => {
    const head = thing.versions[0];
    const fields = Object.assign({}, ...thing.versions.map((entry) => entry.fields));
    const erased = thing.entries.some((entry) => entry.body.type === 'erase');
    return { ...thing, head: head.body, index: head.index, fields, erased, at: timeOf(fields) ?? head.body.at };
  });
}

function timeOf(fields) {
  const when = fields.when ?? fields.when_coarse ?? fields.since;
  if (typeof when === 'number') return when;
  return typeof when?.from === 'number' ? when.from : null;
}
