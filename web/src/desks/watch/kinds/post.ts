import { drawPlace } from '../../../map/drawing';
import { known } from '../../../state/objects';
import PostForm from '../forms/PostForm.svelte';
import { joined, type KindView, nameOf, textOf, whereOf } from './kind';

export const post: KindView = {
  kind: 'post',
  icon: () => 'post',
  title: (object, w) => {
    const fields = known(object);
    const type = fields['post_type'] ? w.of(w.m.values.postType, fields['post_type']) : w.m.values.kind.post;
    return joined(nameOf(fields, w) || whereOf(fields, w), type);
  },
  text: textOf('note'),
  draw: drawPlace,
  symbol: ({ post_type: type, status }) => `post/${String(type ?? 'post')}/${String(status ?? 'manned')}`,
  form: PostForm,
  beginning: () => ({ fields: { post_type: 'post', status: 'manned', height_m: 5, range_day_m: 5000, range_night_m: 1500 }, withhold: [], grid: 10_000, hour: 0 }),
  missing: (fields, w) => (fields['place'] ? null : w.m.forms.needPlace),
};
