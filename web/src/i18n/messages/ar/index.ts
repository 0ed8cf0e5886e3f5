import type { Messages } from '../../catalogue';
import { accord } from './accord';
import { answer } from './answer';
import { complaints } from './complaints';
import { forms } from './forms';
import { frame } from './frame';
import { gaps } from './gaps';
import { inputs } from './inputs';
import { ledgers } from './ledgers';
import { moves } from './moves';
import { numbers } from './numbers';
import { positions } from './positions';
import { record } from './record';
import { rules } from './rules';
import { trust } from './trust';
import { values } from './values';
import { watch } from './watch';

export const ar: Messages = { frame, watch, record, forms, gaps, answer, inputs, numbers, ledgers, moves, trust, values, positions, accord, complaints, rules };
