import { colorNames } from './colorNames';

// How many words may stand between a colour and its noun ("blue steel plate armour").
const reach = 3;

/** What a prompt says, word by word. */
export class PromptWords {
  private readonly text: string;
  private readonly words: readonly string[];

  constructor(prompt: string) {
    const plain = prompt.toLowerCase().replaceAll(/[^\p{L}\p{N}/\s-]+/gu, ' , ');
    this.words = plain.split(/[\s-]+/).filter((word) => word !== '');
    this.text = ` ${this.words.join(' ')} `;
  }

  /** Whether any of the words or phrases occurs; a plural counts as well. */
  has(phrases: readonly string[]): boolean {
    return phrases.some(
      (phrase) => this.text.includes(` ${phrase} `) || this.text.includes(` ${phrase}s `),
    );
  }

  /** Whether the adjective stands shortly before one of the nouns, whatever is between them. */
  describes(adjective: string, nouns: readonly string[]): boolean {
    return this.words.some((word, at) => {
      if (word !== adjective) return false;
      return this.after(at).some((noun) => nouns.includes(noun));
    });
  }

  /** The colour named before one of the nouns. */
  colorOf(nouns: readonly string[]): string | undefined {
    for (const [at, word] of this.words.entries()) {
      if (nouns.includes(word) || nouns.includes(word.replace(/s$/, ''))) {
        const color = this.colorBefore(at);
        if (color !== undefined) return color;
      }
    }
    return undefined;
  }

  /** The first colour that none of the nouns claims. */
  looseColor(claimants: readonly string[]): string | undefined {
    for (const [at, word] of this.words.entries()) {
      const color = colorOfWord(word);
      const near = this.after(at);
      if (color !== undefined && !near.some((noun) => claimants.includes(noun))) return color;
    }
    return undefined;
  }

  /** What follows "wearing", "in a" and the like, up to the next comma. */
  wearing(): string | undefined {
    const match = / (?:wearing|wears|dressed in|clad in) (?:an? |the )?([^,]+)/.exec(this.text);
    return match?.[1]?.trim();
  }

  /** The next words of the same phrase. */
  private after(at: number): readonly string[] {
    const following = this.words.slice(at + 1, at + 1 + reach);
    const end = following.indexOf(',');
    return end < 0 ? following : following.slice(0, end);
  }

  private colorBefore(at: number): string | undefined {
    for (let back = 1; back <= reach; back += 1) {
      const word = this.words[at - back];
      if (word === undefined || word === ',') return undefined;
      const color = colorOfWord(word);
      if (color !== undefined) return color;
    }
    return undefined;
  }
}

function colorOfWord(word: string): string | undefined {
  return Object.hasOwn(colorNames, word) ? colorNames[word] : undefined;
}
