export const accord = {
  parts: 'بەشەکانی ڕێککەوتن',
  centres: 'سەنتەرەکان',
  sections: {
    files: 'دۆسیەکان',
    meetings: 'کۆبوونەوەکان',
    texts: 'دەقەکان',
    signing: 'واژووکردن',
    promises: 'پابەندبوونەکان',
    complaints: 'سکاڵاکان',
    kept: 'تۆماری پابەندی',
    terms: 'ڕێساکانی کار',
    reports: 'ڕاپۆرتەکان',
  },
};
