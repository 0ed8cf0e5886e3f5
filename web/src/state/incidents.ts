/** Kinds that are said and read at the Incidents desk: what follows from reports, not the reports; and requests. */
export const COMPARING: ReadonlySet<string> = new Set(['grading', 'same_event', 'finding', 'request', 'request_step']);
