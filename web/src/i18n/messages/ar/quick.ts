import type { Messages } from '../../catalogue';

export const quick: Messages['quick'] = {
  hint: 'الرقم يختار، وEnter ينتقل، وCtrl+Enter يطلب المعاينة.',
  whenHint: 'الآن · 14:05 · -15 · أمس 22:10',
  badTime: 'اكتب 14:05، أو -15 لما قبل دقائق، أو -2س لما قبل ساعات، أو أمس 22:10.',
  placeTold: (s) => `يُتاح مربعاً بطول ${s} كم. يُغيَّر في الاستمارة الكاملة.`,
  placeNotTold: 'لا يُتاح مكان. يُغيَّر في الاستمارة الكاملة.',
  notSaid: 'لم يُذكر',
  toldBy: 'هاتفياً من',
  ourOwn: 'بلاغنا',
  behalfNote: (party) => `أُدخل نيابة عن ${party} كما أُبلغ به هاتفياً، ويُوسم بذلك حيثما عُرض.`,
  telephone: (party) => `هاتفياً من ${party}`,
  full: 'الاستمارة الكاملة',
  less: 'البلاغ السريع',
  gradeStep: (n) => `الخطوة ${n} من ٢.`,
  gradeSource: 'ما مدى موثوقية المصدر، أيّاً كان ما يقوله الآن؟',
  gradeInfo: 'ما مدى صحة هذه المعلومة، أيّاً كان قائلها؟',
  gradeNext: 'إلى المعلومة',
  gradeBack: 'رجوع إلى المصدر',
};
