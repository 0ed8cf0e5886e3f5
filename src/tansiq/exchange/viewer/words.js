// The languages of the page, the first two from right to left; each has its words in a file of its own.

const LANGUAGES = ['ar', 'ckb', 'en'];
const WORDS = {};
