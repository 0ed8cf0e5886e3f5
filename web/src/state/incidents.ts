/** Kinds that are said and read at the Incidents desk: what follows from reports, not the reports. */
export const COMPARING: ReadonlySet<string> = new Set(['grading', 'same_event', 'finding']);
