import type { Pose, Wish } from '@avatarforge/contracts';

const VIEW_WORDS = {
  front: 'front view, facing the viewer',
  back: 'back view, seen from behind',
  side: 'side profile view',
  quarter: 'three-quarter view',
} as const satisfies Record<Pose, string>;

/** The text for the text encoder: `<prompt>, wearing <clothing>, <style> art style, <view words>`. */
export function buildPromptText(
  { prompt, clothing, style }: Pick<Wish, 'prompt' | 'clothing' | 'style'>,
  view: Pose | null,
): string {
  const parts = [
    prompt,
    clothing && `wearing ${clothing}`,
    style && `${style} art style`,
    view && VIEW_WORDS[view],
  ];
  return parts.filter(Boolean).join(', ');
}
