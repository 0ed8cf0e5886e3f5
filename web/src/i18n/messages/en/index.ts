import { forms } from './forms';
import { frame } from './frame';
import { ledgers } from './ledgers';
import { record } from './record';
import { values } from './values';
import { watch } from './watch';

export const en = { frame, watch, record, forms, ledgers, values };
