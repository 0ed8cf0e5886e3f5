export const accord = {
  parts: 'أجزاء الاتفاق',
  centres: 'المراكز',
  sections: {
    files: 'الملفات',
    meetings: 'الاجتماعات',
    texts: 'النصوص',
    signing: 'التوقيع',
    promises: 'الالتزامات',
    complaints: 'الشكاوى',
    kept: 'سجل الوفاء بالالتزامات',
    terms: 'ضوابط العمل',
    reports: 'التقارير',
  },
};
