import type { Messages } from '../../catalogue';
import { accord } from './accord';
import { answer } from './answer';
import { forms } from './forms';
import { frame } from './frame';
import { gaps } from './gaps';
import { inputs } from './inputs';
import { ledgers } from './ledgers';
import { moves } from './moves';
import { numbers } from './numbers';
import { positions } from './positions';
import { record } from './record';
import { signing } from './signing';
import { texts } from './texts';
import { trust } from './trust';
import { values } from './values';
import { watch } from './watch';

export const ar: Messages = { frame, watch, record, forms, gaps, answer, inputs, numbers, ledgers, moves, trust, values, positions, accord, signing, texts };
