// What the page shows. Text goes in as text only; there is no way from a record to markup.

const STEP = 100;
const ENDINGS = { 'application/pdf': 'pdf', 'text/plain': 'txt', 'text/csv': 'csv', 'application/zip': 'zip' };
const state = { lang: 'ar', archive: null, results: [], things: [], able: true, query: '', party: '', kind: '', limit: STEP };
const word = () => WORDS[state.lang];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'class') made.className = value;
    else if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const code = (text) => element('span', { class: 'code' }, text);
const digits = (text) => (state.lang === 'en' ? String(text) : String(text).replace(/[0-9]/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[digit]));
const two = (number) => String(number).padStart(2, '0');

function time(ms) {
  const at = new Date(ms);
  const link = state.lang === 'ckb' ? 'ی' : '';
  const day = `${at.getDate()}${link} ${word().months[at.getMonth()]}${link} ${at.getFullYear()}`;
  return digits(`${day}${state.lang === 'en' ? ',' : '،'} ${two(at.getHours())}:${two(at.getMinutes())}`);
}

function nameIn(names) {
  return names?.[state.lang] ?? names?.en ?? names?.ar ?? names?.ckb ?? '';
}

const partyName = (party) => nameIn(state.archive.cards.get(party)?.names) || party;
const kindName = (kind) => word().kindOf[kind] ?? kind;
const fieldName = (name) => word().fieldOf[name] ?? name;
const degrees = (value) => (value / 1e7).toFixed(5);

function shownValue(kind, name, value) {
  const words = word();
  const known = words.valueOf[`${kind}.${name}`] ?? words.valueOf[name];
  if (value === true || value === false) return value ? words.yes : words.no;
  if (typeof value === 'string') return known?.[value] ?? value;
  if (typeof value === 'number') return name === 'since' ? time(value) : digits(value);
  if (value === null) return '–';
  if (Array.isArray(value)) {
    if (Array.isArray(value[0])) return fill(words.points, { n: digits(value.length) });
    return value.map((one) => (name === 'members' || name === 'to' ? partyName(one) : shownValue(kind, name, one))).join('\n');
  }
  if ('mgrs' in value) return `${value.mgrs} · ${fill(words.square, { n: digits(value.size / 1000) })}`;
  if ('lat' in value && 'lon' in value) {
    const where = `\u2066${degrees(value.lat)}, ${degrees(value.lon)}\u2069`;
    const named = nameIn(value.names);
    return `${named ? `${named} · ` : ''}${where} · ${fill(words.accurate, { n: digits(value.accuracy) })}`;
  }
  if ('from' in value) return value.to && value.to !== value.from ? `${time(value.from)} – ${time(value.to)}` : time(value.from);
  if ('min' in value) return digits(value.min === value.max ? value.min : `${value.min}–${value.max}`);
  if ('en' in value || 'ar' in value || 'ckb' in value) return nameIn(value);
  return Object.entries(value).map(([key, one]) => `${key}: ${typeof one === 'object' ? JSON.stringify(one) : one}`).join('\n');
}

function headline(thing) {
  const { fields, kind } = thing;
  const title = nameIn(fields.title) || nameIn(fields.names);
  const what = fields.category ?? fields.state ?? fields.status;
  const sort = what ? shownValue(kind, fields.category ? 'category' : fields.state ? 'state' : 'status', what) : '';
  return [title, sort, title ? '' : (fields.text ?? '').slice(0, 160)].filter(Boolean).join(' · ') || kindName(kind);
}

function drawTop() {
  const words = word();
  const { manifest, circles } = state.archive;
  const newest = circles[circles.length - 1];
  document.documentElement.lang = state.lang;
  document.documentElement.dir = state.lang === 'en' ? 'ltr' : 'rtl';
  document.title = `${words.title} ${nameIn(newest?.names)}`;
  const languages = LANGUAGES.map((lang) =>
    element('button', { type: 'button', lang, 'data-testid': `lang-${lang}`, 'aria-pressed': String(lang === state.lang), onclick: () => choose(lang) }, WORDS[lang].self),
  );
  document.getElementById('top').replaceChildren(
    element('div', { class: 'bar' },
      element('div', {}, element('h1', {}, document.title), element('p', {}, `${words.by} ${partyName(manifest.by)} · ${time(manifest.made)}`)),
      element('div', { class: 'langs', role: 'group' }, ...languages)),
    ...(circles.some((circle) => circle.exercise) ? [element('p', { class: 'exercise' }, words.exercise)] : []),
  );
}

function verdict() {
  const words = word();
  if (state.results.length < state.archive.ledgers.length) return ['', words.checking];
  if (state.results.some((one) => one.problems.length > 0)) return ['bad', words.allBad];
  return state.able ? ['good', words.allGood] : ['', words.noSignatures];
}

function drawChecks() {
  const words = word();
  const [mood, said] = verdict();
  const open = new Set([...document.querySelectorAll('.ledger[open]')].map((one) => one.dataset.origin));
  const { notices } = state.archive;
  document.getElementById('checks').replaceChildren(
    element('h2', {}, words.checks),
    element('p', { class: `verdict ${mood}`, 'data-testid': 'verdict', 'data-mood': mood }, said),
    ...state.archive.ledgers.map((ledger) => drawLedger(ledger, open.has(ledger.origin))),
    element('p', { class: 'hint' }, ...words.trust.split('`').map((part, at) => (at % 2 ? code(part) : part))),
    ...(notices > 0 ? [element('p', { class: 'hint' }, fill(words.notices, { n: digits(notices) }))] : []),
  );
}

function drawLedger(ledger, open) {
  const words = word();
  const found = state.results.find((one) => one.ledger === ledger);
  const mood = found === undefined ? 'wait' : found.problems.length > 0 ? 'bad' : found.signed === null ? 'wait' : 'good';
  const said = { wait: found === undefined ? words.checking : words.unsure, good: words.good, bad: words.bad }[mood];
  const epoch = state.archive.ledgers.some((one) => one !== ledger && one.party === ledger.party) ? ` (${digits(ledger.origin.split('/')[2])})` : '';
  const summary = element('summary', {},
    element('strong', {}, partyName(ledger.party) + epoch),
    element('span', { class: 'who' }, `${words.records}: ${digits(ledger.size)}`),
    element('span', { class: `pill ${mood}`, 'data-testid': `ledger-${ledger.party}` }, said));
  return element('details', { class: 'ledger', 'data-origin': ledger.origin, 'data-mood': mood, open: open || mood === 'bad' ? '' : null },
    summary, element('div', { class: 'inside' }, ...(found === undefined ? [] : ledgerFacts(ledger, found))));
}

function ledgerFacts(ledger, found) {
  const words = word();
  const wrong = found.problems.slice(0, 10).map((one) =>
    element('p', { class: 'problem' }, fill(words.wrong[one.code], { index: digits(one.index ?? 0) })));
  const latest = new Map();
  for (const one of found.receipts) {
    if (one.party !== ledger.party && one.holds !== false && (latest.get(one.party)?.size ?? -1) < one.size) latest.set(one.party, one);
  }
  const receipts = [...latest.values()].map((one) =>
    element('li', {}, fill(words.holds, { party: partyName(one.party), size: digits(one.size), time: time(one.time * 1000) })));
  const broken = found.receipts.filter((one) => one.holds === false).map((one) =>
    element('li', { class: 'problem' }, fill(words.badReceipt, { party: partyName(one.party) })));
  return [
    ...wrong,
    ...facts([
      [words.key, code(found.member?.log ?? '–')],
      [words.root, code(found.head === null ? '–' : toBase64(found.head.root))],
      [words.ledger, code(ledger.origin)],
      [words.descriptor, code(found.circle?.digest ?? '–')],
    ]),
    element('h3', {}, words.receipts),
    element('ul', {}, ...(receipts.length + broken.length ? [...receipts, ...broken] : [element('li', {}, words.noReceipts)])),
  ];
}

const facts = (rows) => [element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]))];

function drawRecords() {
  const words = word();
  const parties = [...new Set(state.archive.ledgers.map((one) => one.party))];
  const kinds = [...new Set(state.things.map((one) => one.kind))];
  const list = element('div', { id: 'list' });
  document.getElementById('records').replaceChildren(
    element('h2', {}, words.records),
    element('div', { class: 'filters' },
      element('label', { class: 'wide' }, words.search,
        element('input', { type: 'search', 'data-testid': 'search', value: state.query, oninput: (event) => narrow({ query: event.target.value }) })),
      chooser(words.party, 'party', parties, partyName),
      chooser(words.kind, 'kind', kinds, kindName)),
    list,
  );
  drawList();
}

function chooser(title, name, values, say) {
  const options = [['', word().all], ...values.map((value) => [value, say(value)])].map(([value, text]) =>
    element('option', { value, selected: state[name] === value ? '' : null }, text));
  return element('label', {}, title, element('select', { 'data-testid': name, onchange: (event) => narrow({ [name]: event.target.value }) }, ...options));
}

function narrow(change) {
  Object.assign(state, change, { limit: STEP });
  drawList();
}

/** Letters as a search compares them: no marks, one spelling of what keyboards write differently. */
function plain(text) {
  return text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f\u064b-\u0652\u0670\u0640\u200c\u200d]/g, '')
    .replace(/[أإآ]/g, 'ا').replace(/[ىی]/g, 'ي').replace(/ک/g, 'ك').replace(/[ەة]/g, 'ه')
    .replace(/[٠-٩]/g, (digit) => '٠١٢٣٤٥٦٧٨٩'.indexOf(digit)).replace(/[۰-۹]/g, (digit) => '۰۱۲۳۴۵۶۷۸۹'.indexOf(digit));
}

function matching() {
  const wanted = plain(state.query).split(/\s+/).filter(Boolean);
  return state.things.filter((thing) => {
    if ((state.party && thing.found.ledger.party !== state.party) || (state.kind && thing.kind !== state.kind)) return false;
    if (wanted.length === 0) return true;
    thing.text ??= plain(`${JSON.stringify(thing.fields)} ${thing.head.id} ${LANGUAGES.map((lang) => WORDS[lang].kindOf[thing.kind] ?? '').join(' ')}`);
    return wanted.every((one) => thing.text.includes(one));
  });
}

function drawList() {
  const words = word();
  const all = matching();
  const shown = all.slice(0, state.limit).map(drawThing);
  const more = element('button', { type: 'button', class: 'more', onclick: () => { state.limit += STEP; drawList(); } }, words.more);
  document.getElementById('list').replaceChildren(
    element('p', { class: 'hint', 'data-testid': 'count' }, fill(words.shown, { n: digits(all.length), all: digits(state.things.length) })),
    ...(shown.length ? shown : [element('p', {}, words.nothing)]),
    ...(all.length > state.limit ? [more] : []),
  );
}

function drawThing(thing) {
  const inside = element('div', { class: 'inside' });
  const open = (event) => {
    if (event.target.open && inside.childElementCount === 0) inside.append(...thingFacts(thing));
  };
  return element('details', { class: 'record', 'data-testid': 'record', ontoggle: open },
    element('summary', {},
      element('span', {}, time(thing.at)),
      element('span', { class: 'what' }, element('bdi', {}, headline(thing))),
      element('span', { class: 'who' }, kindName(thing.kind)),
      element('span', { class: 'who' }, partyName(thing.found.ledger.party))),
    inside);
}

function thingFacts(thing) {
  const words = word();
  const rows = Object.entries(thing.fields).map(([name, value]) =>
    [fieldName(name), element('bdi', {}, shownValue(thing.kind, name, value))]);
  const { label } = thing.head;
  const held = thing.found.receipts.find((one) => one.party !== thing.found.ledger.party && one.holds !== false && one.size > thing.index);
  const history = thing.entries.map((entry) => {
    const { type } = entry.body;
    const what = type === 'tell' || type === 'erase' ? words[type] : entry.index === thing.index ? words.version : words.correction;
    const told = entry.told.length ? ` · ${fill(words.told, { fields: entry.told.map(fieldName).join(state.lang === 'en' ? '; ' : '؛ ') })}` : '';
    return element('li', {}, `${fill(words.entry, { index: digits(entry.index) })} · ${time(entry.body.at)} · ${what}${told}`);
  });
  return [
    thing.erased ? element('p', { class: 'notice' }, words.erased) : null,
    ...(rows.length ? facts(rows) : [element('p', { class: 'hint' }, words.untold)]),
    ...drawAttachments(thing),
    element('h3', {}, words.place),
    ...facts([
      [words.claimed, time(thing.head.at)],
      ...(held === undefined ? [] : [[words.before, `${time(held.time * 1000)} (${partyName(held.party)})`]]),
      [words.label, code(`${label.policy} ${label.classification} TLP:${label.tlp}`)],
      ...(thing.head.about === null ? [] : [[words.about, code(thing.head.about)]]),
      [words.ref, code(`${thing.found.ledger.party}/${thing.head.id}`)],
    ]),
    element('h3', {}, words.history),
    element('ul', {}, ...history),
  ].filter((one) => one !== null);
}

/** What the entries of a thing name as attached; each is checked against its digest before anything is shown of it. */
function drawAttachments(thing) {
  const digests = thing.entries.flatMap((entry) => entry.body.blobs);
  if (digests.length === 0) return [];
  const list = element('ul', { class: 'attached' }, ...digests.map((digest) => {
    const place = element('li', { 'data-testid': 'attachment' }, word().checking);
    drawAttachment(place, `${thing.found.ledger.hash}/blobs/${digest}`, digest, thing.erased);
    return place;
  }));
  return [element('h3', {}, word().attachments), list];
}

function dataAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(new Blob([blob.content], { type: blob.media }));
  });
}

async function drawAttachment(place, name, digest, erased) {
  const words = word();
  if (!state.items.names.includes(name)) {
    place.replaceChildren(...fill(erased ? words.erasedToo : words.notInPage, { name: `\`${name}\`` }).split('`').map((part, at) => (at % 2 ? code(part) : part)));
    return;
  }
  const bytes = state.items.read(name);
  if (toHex(await sha256(bytes)) !== digest) {
    place.replaceChildren(element('p', { class: 'problem' }, words.otherFile));
    return;
  }
  let blob = { media: 'application/octet-stream', content: bytes };
  try {
    blob = readBlob(bytes);
  } catch { /* sealed by another program: handed out as it is */ }
  const picture = isPicture(blob.media, blob.content);
  const address = URL.createObjectURL(new Blob([blob.content], { type: picture ? blob.media : 'application/octet-stream' }));
  const ending = picture ? blob.media.slice(6).replace('jpeg', 'jpg') : 'bin';
  const link = element('a', { href: address, download: `${digest.slice(0, 12)}.${ENDINGS[blob.media] ?? ending}`, 'data-testid': 'save' }, words.save);
  const size = digits(Math.max(1, Math.round(blob.content.length / 1024)));
  // shown from a data address: the page's policy lets no other picture in
  const shown = picture ? [element('img', { src: await dataAddress(blob), alt: words.attachments })] : [];
  place.replaceChildren(...shown, element('p', {}, `${fill(words.kilobytes, { n: size })} · ${words.digestHolds} · `, link));
}

function choose(lang) {
  state.lang = lang;
  drawTop();
  drawChecks();
  drawRecords();
}

async function start() {
  const asked = (navigator.languages ?? []).map((one) => one.slice(0, 2)).find((one) => ['ar', 'ku', 'en'].includes(one) || one === 'ck');
  state.lang = { ar: 'ar', ku: 'ckb', ck: 'ckb', en: 'en' }[asked] ?? 'ar';
  if (globalThis.crypto?.subtle === undefined) {
    document.getElementById('top').append(element('p', { class: 'notice' }, LANGUAGES.map((lang) => WORDS[lang].noCrypto).join(' · ')));
    return;
  }
  const items = readItems();
  state.items = items;
  state.archive = await readArchive(items);
  state.able = await knowsEd25519();
  choose(state.lang);
  for (const ledger of state.archive.ledgers) {
    const pill = () => document.querySelector(`.ledger[data-origin="${ledger.origin}"] .pill`);
    const found = await checkLedger(state.archive, items, ledger, state.able, (done, all) => {
      const place = pill();
      if (place !== null && all > 2000) place.textContent = digits(`${Math.floor((100 * done) / all)}%`);
    });
    state.results.push(found);
    // not spread into push: an argument for each of a hundred thousand records is too many for some browsers
    for (const thing of foldLedger(found)) state.things.push(thing);
    drawChecks();
  }
  state.things.sort((one, other) => other.at - one.at);
  drawChecks();
  drawRecords();
}

start().catch((error) => {
  console.error(error);
  document.getElementById('top').append(element('p', { class: 'notice', 'data-testid': 'broken' }, LANGUAGES.map((lang) => WORDS[lang].wrong.unreadable).join(' · ')));
});
