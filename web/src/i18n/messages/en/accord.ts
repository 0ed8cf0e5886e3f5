export const accord = {
  parts: 'Parts of the accord',
  centres: 'Centres',
  sections: {
    files: 'Files',
    meetings: 'Meetings',
    texts: 'Texts',
    signing: 'Signing',
    promises: 'Commitments',
    complaints: 'Complaints',
    kept: 'Kept-promise record',
    terms: 'Terms of reference',
    reports: 'Reports',
  },
};
