// The messages that exist are those of the English file; Arabic and Sorani must have every one of them, with the
// same parameters, or the compiler stops the build.

import { ar } from './messages/ar';
import { ckb } from './messages/ckb';
import { en } from './messages/en';
import type { Lang } from '../api/types';

type Widened<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { [K in keyof T]: Widened<T[K]> };

export type Messages = Widened<typeof en>;

export const catalogue: Record<Lang, Messages> = { en, ar, ckb };
